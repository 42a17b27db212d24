// GraphQL over server-sent events through npm graphql-sse, in both of its modes.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createClient } from 'graphql-sse';
import { Results } from './support/graphql.mjs';
import { eventually } from './support/process.mjs';
import { startServer } from './support/server.mjs';

const server = await startServer({ users: { admin: 'admin' } });
after(() => server.stop());
const headers = { Authorization: `Bearer ${await server.token('admin')}` };

const subscriptions = async () => (await (await server.request('/api/v1/stats', { headers })).json()).graphql_subscriptions;
const publish = (message) => server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red', message });

for (const singleConnection of [false, true]) {
  test(`${singleConnection ? 'single connection' : 'distinct connections'}: queries, subscriptions, errors, ends`, async () => {
    // Lazy, graphql-sse 2.5 may take the end of a former connection for that of the present one, and loses it (seen under Node 18).
    const client = createClient({ url: new URL('/graphql', server.url).href, singleConnection, lazy: false, headers, retryAttempts: 0 });
    const subscribe = (query) => new Results((sink) => client.subscribe({ query }, sink));
    const before = await subscriptions();
    try {
      const query = subscribe('{ viewer { username } }');
      assert.deepEqual(await query.next(), { data: { viewer: { username: 'admin' } } });
      assert.deepEqual(await query.next(), { complete: true });

      const one = subscribe('subscription { resilienceAlerts { message } }');
      const two = subscribe('subscription { resilienceAlerts { text: message } }');
      await eventually(async () => assert.equal(await subscriptions(), before + 2));
      await publish('hé');
      assert.deepEqual(await one.value(), { message: 'hé' });
      assert.deepEqual(await two.value(), { text: 'hé' });
      one.stop();
      await eventually(async () => assert.equal(await subscriptions(), before + 1));
      await publish('second');
      assert.deepEqual(await two.value(), { text: 'second' });

      const wrong = subscribe('{ nope }');
      assert.match(JSON.stringify(await wrong.next()), /Cannot query field/);
    } finally {
      client.dispose();
    }
    await eventually(async () => assert.equal(await subscriptions(), before));
  });
}

test('a reserved stream can be opened once, by the user who reserved it', async () => {
  const open = (token) => server.request('/graphql', { headers: { accept: 'text/event-stream', 'x-graphql-event-stream-token': token } });
  assert.equal((await server.request('/graphql', { method: 'PUT' })).status, 401);
  assert.equal((await open('11111111-1111-4111-8111-111111111111')).status, 404);
  const reserved = await server.request('/graphql', { method: 'PUT', headers });
  assert.equal(reserved.status, 201);
  const token = await reserved.text();
  const stream = await open(token);
  assert.equal(stream.status, 200);
  assert.equal((await open(token)).status, 409);
  await stream.body.cancel();
});
