// Many subscriptions at once, on every transport of GraphQL: each has all of its results, the first included.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createClient } from 'graphql-sse';
import { Results } from './support/graphql.mjs';
import { eventually } from './support/process.mjs';
import { startServer } from './support/server.mjs';
import { range } from './support/v1.mjs';

const COUNT = 200;

const server = await startServer({
  users: { admin: 'admin' },
  settings: { 'graphql.operations_per_connection': 400 },
});
after(() => server.stop());
const token = await server.token('admin');
const publish = (message) => server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red', message });

const HEARTBEAT = 'subscription { heartbeat(intervalSeconds: 60) { serverTime } }';
const PRESENCE = 'subscription { userPresence { userId } }';
const ALERTS = 'subscription { resilienceAlerts { message } }';
const resumed = (cursor) => `subscription { resilienceAlerts(after: "${cursor}") { message } }`;

/** The next `count` results, by operation. */
async function resultsOf(client, count) {
  const by = new Map();
  for (; count > 0; --count) {
    const { id, type, payload } = await client.nextJson();
    assert.ok(['next', 'data'].includes(type), `${type} of ${id}`);
    by.set(id, [...(by.get(id) ?? []), payload.data]);
  }
  return by;
}

for (const [protocol, type] of [['graphql-transport-ws', 'subscribe'], ['graphql-ws', 'start']]) {
  const burst = async (query) => {
    const client = server.open({ route: '/graphql', query: { token }, protocols: [protocol] });
    await client.upgraded;
    client.send({ type: 'connection_init' });
    assert.equal((await client.nextJson()).type, 'connection_ack');
    for (const i of range(1, COUNT)) client.send({ id: `${i}`, type, payload: { query } });
    return client;
  };

  for (const [what, query] of [['heartbeats', HEARTBEAT], ['presence', PRESENCE]]) {
    test(`${protocol}: a burst of ${what} has all first results`, async () => {
      const client = await burst(query);
      const results = await resultsOf(client, COUNT);
      assert.equal(results.size, COUNT);
      await client.close();
    });
  }

  test(`${protocol}: a burst of subscriptions to events has every event`, async () => {
    const { events: [{ cursor }] } = await publish('before');
    await publish('missed');
    const client = await burst(resumed(cursor));
    for (const data of (await resultsOf(client, COUNT)).values()) {
      assert.deepEqual(data, [{ resilienceAlerts: { message: 'missed' } }]);
    }
    await publish('live');
    const live = await resultsOf(client, COUNT);
    assert.equal(live.size, COUNT);
    for (const data of live.values()) assert.deepEqual(data, [{ resilienceAlerts: { message: 'live' } }]);
    await client.close();
  });
}

test('a burst on one stream of server-sent events has every first result and every event', async () => {
  const headers = { Authorization: `Bearer ${token}` };
  const client = createClient({
    url: new URL('/graphql', server.url).href, singleConnection: true, lazy: false, headers, retryAttempts: 0,
  });
  try {
    const begin = (query) => range(1, COUNT / 2).map(() => new Results((sink) => client.subscribe({ query }, sink)));
    const beats = begin(HEARTBEAT);
    const alerts = begin(ALERTS);
    for (const beat of beats) assert.ok((await beat.value()).serverTime);
    const counted = async () => (await (await server.request('/api/v1/stats', { headers })).json()).graphql_subscriptions;
    await eventually(async () => assert.equal(await counted(), COUNT / 2));
    await publish('live');
    for (const alert of alerts) assert.deepEqual(await alert.value(), { message: 'live' });
  } finally {
    client.dispose();
  }
});
