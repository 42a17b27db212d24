// GraphQL by multipart/mixed;subscriptionSpec=1.0, read part by part: what clients like Apollo's send and are
// sent. What happens to slow clients and ended users: graphql_slow_clients and graphql_live_session.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { requestStream } from './support/event_stream.mjs';
import { eventually } from './support/process.mjs';
import { startServer } from './support/server.mjs';
import { take } from './support/streams.mjs';

const PARTS = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0';
const ALERTS = 'subscription { resilienceAlerts { message } }';

const servers = [];
after(() => Promise.all(servers.map((one) => one.stop())));
async function start(settings) {
  const server = await startServer({ users: { admin: 'admin' }, settings });
  servers.push(server);
  return server;
}
const server = await start();

const bearer = async (where) => ({ authorization: `Bearer ${await where.token('admin')}` });
async function request(query, { where = server, accept = PARTS, headers } = {}) {
  const url = new URL('/graphql', where.url);
  url.searchParams.set('query', query);
  return requestStream(url, { headers: { accept, ...(headers ?? (await bearer(where))) } });
}
const publish = (where, message) => where.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red', message });
const subscribed = (where) => eventually(async () => assert.equal((await where.counters()).graphql_subscriptions, 1));

test('each result is a part of its own, and arrives at once', async () => {
  const { status, headers, stream } = await request(ALERTS);
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0');
  assert.equal(headers['transfer-encoding'], 'chunked');
  await subscribed(server);
  for (const message of ['one', '\r\n--graphql--\r\n']) {
    await publish(server, message);
    assert.deepEqual(await stream.nextMessage(), { data: { payload: { data: { resilienceAlerts: { message } } } } });
  }
  await stream.close();
});

test('a stream begins with a heartbeat, and a quiet one has more', async () => {
  const where = await start({ 'websocket.ping_interval_s': 1 });
  const { stream } = await request(ALERTS, { where });
  assert.deepEqual(await take(stream, 3), [{ comment: '' }, { comment: '' }, { comment: '' }]);
  await stream.close();
});

test('a server that shuts down says so in the stream, and ends it', async () => {
  const where = await start();
  const { stream } = await request(ALERTS, { where });
  await subscribed(where);
  where.signal('SIGTERM');
  const [{ data }, ...rest] = await stream.untilEnd();
  assert.deepEqual([data.payload, rest], [null, [{ end: true }]]);
  assert.equal(data.errors[0].extensions.name, 'unavailable');
  assert.match(data.errors[0].message, /shutting down/);
  assert.ok(stream.complete);
  assert.deepEqual(await where.exited(), { code: 0, signal: null });
});

test('without JSON in Accept everything comes as parts: queries, errors', async () => {
  const ask = async (query) => (await request(query)).stream.untilEnd();
  assert.deepEqual(await ask('{ viewer { username } }'),
    [{ data: { payload: { data: { viewer: { username: 'admin' } } } } }, { end: true }]);
  const [{ data: invalid }, end] = await ask('subscription { resilienceAlerts { nope } }');
  assert.match(invalid.payload.errors[0].message, /Cannot query field/);
  assert.deepEqual(end, { end: true });
  const [{ data: refused }] = await ask('subscription { heartbeat(intervalSeconds: 0) { timestamp } }');
  assert.deepEqual([refused.payload.data, refused.payload.errors[0].extensions.name], [null, 'invalid_field']);
});

test('with JSON in Accept only subscriptions come as parts', async () => {
  const accept = `${PARTS},application/graphql-response+json,application/json;q=0.9`;
  const ask = (query) => server.post('/graphql', { query }, { accept, authorization });
  const { authorization } = await bearer(server);
  for (const [query, status] of [['{ viewer { username } }', 200], ['subscription { resilienceAlerts { nope } }', 400], ['{', 400]]) {
    const answer = await ask(query);
    assert.deepEqual([answer.status, answer.headers.get('content-type')],
      [status, 'application/graphql-response+json; charset=utf-8'], query);
  }
});

test('a request that is refused has no parts', async () => {
  for (const accept of [PARTS, `${PARTS},application/json`]) {
    const { status, headers, body } = await request(ALERTS, { accept, headers: {} });
    assert.deepEqual([status, headers['content-type']], [401, 'application/json; charset=utf-8']);
    assert.equal(body.errors[0].extensions.name, 'unauthenticated');
  }
  const mutation = 'mutation { discardDeadLetters(selection: {all: true}, reason: "r") { letters } }';
  assert.equal((await request(mutation)).status, 405);
});
