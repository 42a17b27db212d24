// Running GraphQL operations end when their user's token expires or is revoked, or when the user is
// deactivated. Events that a changed role may not see stop at once. On every transport.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { requestStream } from './support/event_stream.mjs';
import { claims, now, payloadOf, sign } from './support/jwt.mjs';
import { eventually } from './support/process.mjs';
import { startServer } from './support/server.mjs';

// With one loop all sessions are checked in one pass: when one has its new role, all have.
const server = await startServer({
  users: { admin: 'admin', expiring: 'rn', leaver: 'rn', resident: 'resident', promoted: 'rn' }, settings: { loops: 1 },
});
after(() => server.stop());
const streams = [];
afterEach(async () => {
  await server.closeClients();
  await Promise.all(streams.splice(0).map((stream) => stream.close()));
});

const INIT = { type: 'connection_init' };
/** Signed here, because the command line tool rejects short lifetimes. */
const brief = (name, seconds) => sign(claims(server.user(name).id, { exp: now() + seconds }), server.secret);
const bearer = (token) => ({ authorization: `Bearer ${token}` });

async function openSocket(protocol, token, query) {
  const client = server.open({ route: '/graphql', query: { token }, protocols: [protocol] });
  client.socket.once('open', () => client.send(INIT));
  assert.equal((await client.nextJson()).type, 'connection_ack');
  const begin = protocol === 'graphql-ws' ? 'start' : 'subscribe';
  client.send({ type: begin, id: 'it', payload: { query } });
  // A query's result comes after every earlier operation has started.
  client.send({ type: begin, id: 'begun', payload: { query: '{ __typename }' } });
  while ((await client.nextJson()).type !== 'complete');
  return {
    next: async () => (await client.nextJson()).payload.data,
    assertEnded: async (code, name) => {
      const end = await client.serverClosed();
      assert.deepEqual([end.code, end.name, client.waiting], [code, name, 0]);
    },
  };
}

async function streamed({ status, stream }, read) {
  assert.equal(status, 200);
  streams.push(stream);
  return { next: async () => read((await stream.nextMessage()).data), assertEnded: async () => assert.deepEqual(await stream.untilEnd(), []) };
}

async function operationsBecome(count) {
  await eventually(async () => assert.equal((await server.counters()).graphql_subscriptions, count));
}

async function openDistinct(token, query, { accept = 'text/event-stream', read = ({ data }) => data } = {}) {
  const { graphql_subscriptions: before } = await server.counters();
  const url = new URL('/graphql', server.url);
  url.searchParams.set('query', query);
  const answer = await requestStream(url, { headers: { accept, ...bearer(token) } });
  const opened = await streamed(answer, read);
  await operationsBecome(before + 1);
  return { ...opened, stream: answer.stream };
}

/** The only one of the streams that has words for its end. */
async function openMultipart(token, query) {
  const { next, stream } = await openDistinct(token, query, {
    accept: 'multipart/mixed;subscriptionSpec=1.0', read: ({ payload }) => payload.data,
  });
  return {
    next,
    async assertEnded(code, name) {
      const [{ data }, ...rest] = await stream.untilEnd();
      assert.deepEqual([data.payload, data.errors.length, rest], [null, 1, [{ end: true }]]);
      assert.equal(data.errors[0].extensions.name, name);
      assert.notEqual(data.errors[0].message, '');
    },
  };
}

const reserve = async (token) => (await server.request('/graphql', { method: 'PUT', headers: bearer(token) })).text();
const openReserved = (reserved) =>
  requestStream(new URL('/graphql', server.url), { headers: { 'x-graphql-event-stream-token': reserved } });

async function openSingle(token, query) {
  const { graphql_subscriptions: before } = await server.counters();
  const reserved = await reserve(token);
  const opened = await streamed(await openReserved(reserved), ({ payload }) => payload.data);
  const added = await server.post('/graphql', { query, extensions: { operationId: 'it' } },
    { 'x-graphql-event-stream-token': reserved });
  assert.equal(added.status, 202, added.text);
  await operationsBecome(before + 1);
  return opened;
}

const TRANSPORTS = [
  (token, query) => openSocket('graphql-transport-ws', token, query),
  (token, query) => openSocket('graphql-ws', token, query),
  (token, query) => openDistinct(token, query),
  openSingle,
  openMultipart,
];
const ALERTS = 'subscription { resilienceAlerts { message } }';
const openAll = async (token, query = ALERTS) => {
  const all = [];
  for (const open of TRANSPORTS) all.push(await open(token, query));
  return all;
};

/**
 * Publishes an alert that everybody gets and asserts that it is the very next result of each of
 * these.
 */
async function assertNothingElse(all, field = 'resilienceAlerts') {
  const message = randomUUID();
  await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'green', message });
  for (const one of all) assert.deepEqual(await one.next(), { [field]: { message } });
}

test('operations end when their token expires, not before', async () => {
  const token = brief('expiring', 4);
  const all = await openAll(token);
  await assertNothingElse(all);
  for (const one of all) await one.assertEnded(4403, 'token_expired');
  assert.ok(now() >= payloadOf(token).exp);
});

test('logout ends all operations of the token; those of other tokens continue', async () => {
  const token = await server.newToken('resident');
  const ending = await openAll(token);
  const others = [...(await openAll(await server.newToken('resident'))), ...(await openAll(await server.token('admin')))];
  assert.equal((await server.post('/api/auth/logout', {}, bearer(token))).status, 200);
  for (const one of ending) await one.assertEnded(4403, 'token_revoked');
  await assertNothingElse(others);
});

test('deactivation ends all operations of the user, and nobody else\'s', async () => {
  const ending = [...(await openAll(await server.newToken('leaver'))), ...(await openAll(await server.newToken('leaver')))];
  const others = await openAll(await server.token('admin'));
  await server.deactivate('leaver');
  for (const one of ending) await one.assertEnded(4401, 'user_inactive');
  await assertNothingElse(others);
});

test('a change of role takes effect at once, for a person and for a kind', async () => {
  const token = await server.token('promoted');
  const person_id = randomUUID();
  const probe = server.open({ route: '/graphql', query: { token }, protocols: ['graphql-transport-ws'] });
  probe.socket.once('open', () => probe.send(INIT));
  assert.equal((await probe.nextJson()).type, 'connection_ack');
  const becomes = async (role) => {
    assert.equal((await server.cli('user', 'role', 'promoted', role)).code, 0);
    await eventually(async () => {
      probe.send({ type: 'subscribe', id: 'role', payload: { query: '{ viewer { role } }' } });
      const { payload } = await probe.nextJson();
      await probe.nextJson();
      assert.equal(payload.data.viewer.role, role);
    });
  };
  const conflict = (message) =>
    server.broadcast('conflict_detected', { person_id, conflict_type: 'double_booking', severity: 'low', message });

  await becomes('faculty');
  const following = [
    ...(await openAll(token, `subscription { conflictAlerts(filter: { personId: "${person_id}" }) { message } }`)),
    ...(await openAll(token, 'subscription { conflictAlerts { message } }')),
  ];
  const witnesses = await openAll(token);
  await conflict('faculty may');
  await becomes('rn');
  await conflict('a nurse may not');
  await assertNothingElse(witnesses);
  await becomes('coordinator');
  await conflict('a coordinator may');
  for (const one of following) {
    assert.deepEqual(await one.next(), { conflictAlerts: { message: 'faculty may' } });
    assert.deepEqual(await one.next(), { conflictAlerts: { message: 'a coordinator may' } });
  }
});

test('the token is checked when a client sends connection_init or opens its stream, not only when it connects', async () => {
  const token = brief('expiring', 3);
  const silent = ['graphql-transport-ws', 'graphql-ws'].map((protocol) =>
    server.open({ route: '/graphql', query: { token }, protocols: [protocol] }));
  for (const client of silent) await client.upgraded;
  const reserved = await reserve(token);
  await eventually(() => assert.ok(now() >= payloadOf(token).exp));
  for (const client of silent) client.send(INIT);
  for (const client of silent) {
    const end = await client.serverClosed();
    assert.deepEqual([end.code, end.name], [4403, 'token_expired']);
  }
  assert.equal(silent[0].waiting, 0, 'it is not acknowledged first');
  assert.deepEqual(JSON.parse(await silent[1].next()), {
    type: 'connection_error',
    payload: { message: 'The token has expired.', extensions: { code: 1203, name: 'token_expired' } },
  });
  const { status, body } = await openReserved(reserved);
  assert.deepEqual([status, body.errors[0].extensions.name], [401, 'token_expired']);
});
