// What the head of a request decides is answered before its body: nobody is told to send a body that nobody
// wants, and whoever sends it unasked gets the whole answer, not a reset.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { RawConnection } from './support/raw.mjs';
import { startServer } from './support/server.mjs';

const LARGE = 2 * 1024 * 1024;
const EVENTS = 'POST /api/v1/events';
const LOGIN = 'POST /api/v1/auth/login/json';
const JSON_TYPE = 'Content-Type: application/json';

const server = await startServer({ users: { admin: 'admin', resident: 'resident' } });
const strict = await startServer({
  users: { admin: 'admin' }, settings: { 'login.attempts_per_address': 1, 'limits.connections_per_user': 1 },
});
const connections = new Set();
after(() => {
  for (const connection of connections) connection.close();
  return Promise.all([server.stop(), strict.stop()]);
});

function connect(where = server) {
  const connection = new RawConnection(where);
  connections.add(connection);
  return connection;
}
const head = (line, ...headers) => [`${line} HTTP/1.1`, 'Host: rotacast', ...headers, '', ''].join('\r\n');
const bearer = async (name, where = server) => `Authorization: Bearer ${await where.token(name)}`;
const key = `X-API-Key: ${server.apiKey}`;

const alert = JSON.stringify({ alert_type: 'n1_failure', severity: 'red', message: 'two are ill' });
const ALERTS = 'POST /api/v1/broadcast/resilience_alert';

const cases = {
  'a wrong key': [401, EVENTS, 'X-API-Key: wrong'],
  'no key': [401, EVENTS],
  'a wrong token': [401, EVENTS, 'Authorization: Bearer wrong'],
  'a key twice': [400, EVENTS, key, key],
  'a role that may not publish': [403, EVENTS, await bearer('resident')],
  'a role that may not operate': [403, 'POST /api/v1/bus/replays', await bearer('resident')],
  'a wrong key for one event': [401, 'POST /api/v1/broadcast/schedule_updated', 'X-API-Key: wrong'],
  'no such path': [404, 'POST /api/v1/nothing', key],
  'no such method': [405, 'PUT /api/v1/events', key],
  'a format of CloudEvents that is not JSON': [415, EVENTS, key, 'Content-Type: application/cloudevents+xml'],
  'an encoding that is not known': [415, EVENTS, key, 'Content-Encoding: br'],
  'a wrong `strict`': [400, `${EVENTS}?strict=maybe`, key],
  'an idempotency key that is too long': [400, EVENTS, key, `Idempotency-Key: ${'k'.repeat(256)}`],
  'GraphQL without a token': [401, 'POST /graphql', JSON_TYPE],
  'GraphQL in another type': [415, 'POST /graphql', await bearer('admin'), 'Content-Type: text/plain'],
  'a GraphQL stream without a token': [401, 'POST /graphql', JSON_TYPE, 'Accept: text/event-stream'],
  'an operation for no stream': [404, 'POST /graphql', JSON_TYPE, 'X-GraphQL-Event-Stream-Token: none'],
  'a logout without a token': [401, 'POST /api/v1/auth/logout', JSON_TYPE],
  'a WebSocket with a body': [400, 'GET /ws', 'Upgrade: websocket', 'Connection: Upgrade'],
};

for (const [what, [status, line, ...headers]] of Object.entries(cases)) {
  test(`${what}: ${status}, and a client that asks first sends no body`, async () => {
    const connection = connect();
    await connection.send(head(line, ...headers, `Content-Length: ${LARGE}`, 'Expect: 100-continue'));
    const answer = await connection.response();
    assert.equal(answer.status, status, answer.head);
    assert.match(answer.head, /^Connection: close\r$/m);
    assert.equal(await connection.untilEnd(), '');
  });

  // Reads nothing until everything is sent, as Apache and Varnish do.
  test(`${what}: ${status}, also for a client that sends 2 MB first`, async () => {
    const connection = connect();
    await connection.send(head(line, ...headers, `Content-Length: ${LARGE}`));
    await connection.send(Buffer.alloc(LARGE, 'x'));
    const answer = await connection.response();
    assert.equal(answer.status, status, answer.head);
    assert.match(answer.head, /^Connection: close\r$/m);
    assert.equal(await connection.untilEnd(), '');
  });
}

test('too many bytes: 413 in the form that is asked for', async () => {
  for (const [line, ...headers] of [[EVENTS, key], [LOGIN]]) {
    const connection = connect();
    await connection.send(head(line, ...headers, 'Accept: application/problem+json', 'Content-Length: 99999999', 'Expect: 100-continue'));
    const { status, head: top, body } = await connection.response();
    assert.equal(status, 413, top);
    assert.match(top, /^Connection: close\r$/m);
    assert.match(top, /^Content-Type: application\/problem\+json\r$/m);
    const problem = JSON.parse(body);
    assert.deepEqual([problem.status, problem.name], [413, 'too_large']);
    assert.ok(problem.instance.startsWith(line.split(' ')[1]), problem.instance);
  }
});

test('too many logins, too many streams: 429', async () => {
  assert.equal((await strict.post('/api/v1/auth/login/json', { username: 'admin', password: 'wrong' })).status, 401);
  const token = await bearer('admin', strict);
  const open = connect(strict);
  await open.send(head('GET /api/v1/events/stream', token));
  await open.until('\n\n');
  const cases = [[LOGIN, 100], ['POST /graphql', LARGE, JSON_TYPE, 'Accept: text/event-stream', token]];
  for (const [line, length, ...headers] of cases) {
    const connection = connect(strict);
    await connection.send(head(line, ...headers, `Content-Length: ${length}`, 'Expect: 100-continue'));
    const answer = await connection.response();
    assert.equal(answer.status, 429, answer.head);
    assert.match(answer.head, /^Connection: close\r$/m);
  }
});

test('who may send a body is asked for it, and the connection goes on', async () => {
  const connection = connect();
  for (let i = 0; i < 2; ++i) {
    await connection.send(head(ALERTS, key, JSON_TYPE, `Content-Length: ${alert.length}`, 'Expect: 100-continue'));
    assert.equal(await connection.until('\r\n\r\n'), 'HTTP/1.1 100 Continue\r\n\r\n');
    await connection.send(alert);
    assert.equal((await connection.response()).status, 200);
  }
});

test('a refusal keeps the connection if its body came with the head', async () => {
  const connection = connect();
  const refused = head(ALERTS, 'X-API-Key: wrong', JSON_TYPE, `Content-Length: ${alert.length}`) + alert;
  await connection.send(refused + refused + head('GET /health/live'));
  assert.equal((await connection.response()).status, 401);
  assert.equal((await connection.response()).status, 401);
  assert.equal((await connection.response()).status, 200);
});

test('a connection goes on after HEAD', async () => {
  const connection = connect();
  await connection.send(head('HEAD /health/live') + head('HEAD /nothing') + head('GET /health/live'));
  assert.equal((await connection.response({ bodiless: true })).status, 200);
  assert.equal((await connection.response({ bodiless: true })).status, 404);
  assert.equal((await connection.response()).status, 200);
});

test('fetch gets the answer, too', async () => {
  const { status, body } = await server.post('/api/v1/events', Buffer.alloc(LARGE, ' '), { 'x-api-key': 'wrong' });
  assert.deepEqual([status, body.error.name], [401, 'unauthenticated']);
});
