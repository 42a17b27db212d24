// Server-sent events: the same events and cursors as rotacast.v1, by a plain GET (docs/protocol.md).
// Here: the response, access, how a stream ends. stream_resume.test.mjs has what is missed.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { after, afterEach, test } from 'node:test';
import { streamUrl } from './support/event_stream.mjs';
import { claims, now, sign } from './support/jwt.mjs';
import { eventually } from './support/process.mjs';
import { everyRole, startServer } from './support/server.mjs';
import { streamsOf, take } from './support/streams.mjs';
import { KEYS, TIME, UUID, connect, range, subscribe, update } from './support/v1.mjs';

const server = await startServer({
  users: { ...everyRole(), leaver: 'rn', crowd: 'rn' },
  settings: { 'limits.connections_per_user': 4, 'websocket.max_subscriptions': 8, 'journal.synchronous': 'NORMAL' },
});
const servers = [server];
const { bearer, request, open, openLive, closeAll } = streamsOf(server);
afterEach(async () => {
  await closeAll();
  await server.closeClients();
  await server.becomesEmpty();
});
after(() => Promise.all(servers.map((one) => one.stop())));

const brief = (name, seconds) => sign(claims(server.user(name).id, { exp: now() + seconds }), server.secret);

function assertRefused(answer, { status, code, name, path }) {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  const { error } = answer.body;
  assert.deepEqual([error.code, error.name], [code, name]);
  if (path !== undefined) assert.equal(error.path, path);
  assert.equal(answer.headers['content-type'], 'application/json');
}

// --- the response

test('a stream begins with an ack, and events are encoded as in rotacast.v1', async () => {
  const schedule = randomUUID();
  const { status, headers, stream } = await request({ schedules: [schedule] });
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'text/event-stream');
  assert.equal(headers['cache-control'], 'no-store, no-transform');
  assert.equal(headers['x-accel-buffering'], 'no');
  assert.equal(headers.connection, 'close');
  assert.deepEqual([headers['transfer-encoding'], headers['content-length']], ['chunked', undefined]);
  const first = await stream.next();
  assert.deepEqual([first.event, first.id], ['ack', first.data.cursor]);
  assert.deepEqual(Object.keys(first.data), ['event_type', 'timestamp', 'cursor']);
  assert.match(first.data.timestamp, TIME);

  const socket = await connect(server);
  await subscribe(socket, { schedules: [schedule] });
  const receipt = await update(server, schedule, 'new\nline');
  const record = await stream.next();
  assert.deepEqual(record.data, await socket.nextJson(), 'the same text as on a socket');
  assert.deepEqual(Object.keys(record), ['id', 'event', 'data']);
  assert.deepEqual([record.event, record.id], ['schedule_updated', receipt.cursor]);
  assert.equal(record.data.event_id, receipt.event_id);
  assert.match(record.data.event_id, UUID);
  assert.equal(record.data.message, 'new\nline');
});

test('fetch can read a stream, too', async () => {
  const schedule = randomUUID();
  const leave = new AbortController();
  const response = await fetch(streamUrl(server, { schedules: [schedule] }), {
    headers: await bearer('admin'), signal: leave.signal,
  });
  const text = response.body.pipeThrough(new TextDecoderStream());
  let seen = '';
  let told = false;
  for await (const part of text) {
    seen += part;
    if (!told && seen.includes('event: ack')) {
      told = true;
      await update(server, schedule, 'by fetch');
    }
    if (seen.includes('by fetch')) break;
  }
  leave.abort();
});

test('a client of HTTP/1.0 gets the records as they are, until the connection ends', async () => {
  const { hostname, port } = new URL(server.url);
  const schedule = randomUUID();
  const { pathname, search } = streamUrl(server, { schedules: [schedule] });
  const socket = net.connect(port, hostname);
  const { authorization } = await bearer('admin');
  let seen = '';
  socket.setEncoding('utf8');
  socket.on('data', (text) => (seen += text));
  socket.write(`GET ${pathname}${search} HTTP/1.0\r\nAuthorization: ${authorization}\r\n\r\n`);
  await eventually(() => assert.match(seen, /event: ack/));
  await update(server, schedule, 'as it is');
  await eventually(() => assert.match(seen, /"message":"as it is".*\n\n$/));
  socket.destroy();
  const [head, ...body] = seen.split('\r\n\r\n');
  assert.match(head, /^HTTP\/1\.0 200 OK\r\n/);
  assert.doesNotMatch(head, /transfer-encoding|content-length/i);
  assert.match(body.join('\r\n\r\n'), /^retry: 2000\nid: \S+\nevent: ack\ndata: \S+\n\nid: \S+\nevent: schedule_updated\ndata: /);
});

test('a HEAD is answered like a GET and opens no stream', async () => {
  const good = await request({}, { method: 'HEAD' });
  assert.deepEqual([good.status, good.headers['content-type']], [200, 'text/event-stream']);
  assert.equal((await request({}, { method: 'HEAD', headers: {} })).status, 401);
  assert.equal((await server.figures()).total_connections, 0);
  const post = await request({}, { method: 'POST' });
  assert.deepEqual([post.status, post.headers.allow], [405, 'GET, HEAD, OPTIONS']);
});

// --- access

test('the token is accepted in the header, in the query and, unless a foreign page sends it, in the cookie', async () => {
  const token = await server.token('admin');
  const cookie = `access_token="Bearer ${token}"`;
  const { origin } = new URL(server.url);
  for (const [query, headers, status] of [
    [{}, { authorization: `Bearer ${token}` }, 200],
    [{ token }, {}, 200],
    [{}, { cookie, origin }, 200],
    [{}, { cookie }, 200], // EventSource of our own page: browsers send no Origin then
    [{}, { cookie, 'sec-fetch-site': 'same-origin' }, 200],
    [{}, { cookie, 'sec-fetch-site': 'same-site' }, 403],
    [{}, { cookie, 'sec-fetch-site': 'cross-site' }, 403],
    [{}, { cookie, origin: 'https://elsewhere.example' }, 403],
    [{}, { cookie, origin: 'null' }, 403],
    [{ token: 'wrong' }, { cookie, origin }, 401],
  ]) {
    const answer = await request(query, { headers });
    assert.equal(answer.status, status, JSON.stringify({ query, headers: Object.keys(headers) }));
    await answer.stream?.close();
  }
});

test('a rejected client gets the reason', async () => {
  assertRefused(await request({}, { headers: {} }), { status: 401, code: 1201, name: 'token_missing' });
  const bad = [['certainly', 1202, 'token_invalid'], [brief('admin', -10), 1203, 'token_expired']];
  for (const [token, code, name] of bad) {
    const answer = await request({ token }, { headers: {} });
    assertRefused(answer, { status: 401, code, name });
    assert.equal(answer.headers['www-authenticate'], 'Bearer');
  }
});

test('an invalid query is rejected', async () => {
  const id = randomUUID();
  const wrong = { status: 422, code: 1001, name: 'invalid_field' };
  assertRefused(await request({ schedules: [id, 'x'] }), { ...wrong, path: '/schedule/1' });
  assertRefused(await request({ persons: [''] }), { ...wrong, path: '/person/0' });
  const unknown = { status: 422, code: 1011, name: 'cursor_invalid' };
  for (const cursor of ['nonsense', 'k3', ' ', `k3.${'1'.repeat(40)}`]) {
    assertRefused(await request({ cursor }), { ...unknown, path: '/cursor' });
    assertRefused(await request({ cursor: 'k3.1', lastEventId: cursor }), { ...unknown, path: '/lastEventId' });
    if (cursor === ' ') continue; // a header has no blanks around it
    const headers = { ...(await bearer('admin')), 'last-event-id': cursor };
    assertRefused(await request({ cursor: 'k3.1' }, { headers }), { ...unknown, path: '/Last-Event-ID' });
  }
});

test('the subscriptions of a stream are limited', async () => {
  const topics = (count) => ({ schedules: range(1, count).map(() => randomUUID()) });
  const answer = await request(topics(9));
  assertRefused(answer, { status: 422, code: 1101, name: 'too_many_subscriptions' });
  assert.ok(!('retry-after' in answer.headers), 'waiting does not help');
  const { schedules: [one], schedules } = topics(8);
  await openLive({ schedules: [...schedules, one] });
});

test('only users with the right may watch a person', async () => {
  const { id, personId } = server.user('resident');
  const own = await openLive({ persons: [id, personId] }, { as: 'resident' });
  const chief = await openLive({ persons: [personId] }, { as: 'faculty' });
  const answer = await request({ persons: [id, randomUUID()] }, { as: 'resident' });
  assertRefused(answer, { status: 403, code: 1300, name: 'forbidden', path: '/person/1' });
  await server.broadcast('conflict_detected', {
    person_id: personId, conflict_type: 'double_booking', severity: 'low',
  });
  for (const stream of [own, chief]) assert.equal((await stream.next()).data.person_id, personId);
});

test('the connections of a user are limited, streams and sockets together', async () => {
  const many = [await openLive({}, { as: 'crowd' }), await openLive({}, { as: 'crowd' })];
  await connect(server, 'crowd');
  await connect(server, 'crowd');
  const answer = await request({}, { as: 'crowd' });
  assertRefused(answer, { status: 429, code: 1102, name: 'too_many_connections' });
  assert.ok(Number(answer.headers['retry-after']) >= 1);
  await many[0].close();
  await eventually(async () => assert.equal((await request({}, { as: 'crowd' })).status, 200));
});

test('events for everybody come to a stream without subscriptions, and no others', async () => {
  const stream = await openLive();
  await update(server, randomUUID(), 'not for it');
  await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'green', message: 'for all' });
  const { event, data } = await stream.next();
  assert.deepEqual([event, data.message], ['resilience_alert', 'for all']);
});

// --- end of a stream

test('a stream is warned, ends when its token expires, and cannot be reopened with it', async () => {
  const token = brief('faculty', 3);
  const expiry = Number(JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).exp) * 1000;
  const { stream } = await request({ token }, { headers: {} });
  const records = await stream.untilEnd();
  assert.deepEqual(records.map(({ event }) => event), ['ack', 'token_expiring']);
  const { id, data } = records[1];
  assert.equal(id, undefined, 'it is no place');
  assert.deepEqual(Object.keys(data), KEYS.token_expiring);
  assert.equal(Date.parse(data.token_expires_at), expiry);
  assert.ok(Date.now() >= expiry, 'a token is good until it expires');
  assertRefused(await request({ token }, { headers: {} }), { status: 401, code: 1203, name: 'token_expired' });
});

test('a stream ends when its token is revoked, and when its user is deactivated', async () => {
  const token = await server.newToken('leaver');
  const { stream: revoked } = await request({ token }, { headers: {} });
  const other = await openLive({}, { as: 'leaver' });
  await server.post('/api/auth/logout', {}, { authorization: `Bearer ${token}` });
  await revoked.untilEnd();
  assert.equal(other.over, false);
  await server.deactivate('leaver');
  await other.untilEnd();
  const answer = await request({}, { as: 'leaver' });
  assertRefused(answer, { status: 401, code: 1205, name: 'user_inactive' });
});

test('comments keep an idle stream alive', async () => {
  const where = await startServer({ users: { admin: 'admin' }, settings: { 'websocket.ping_interval_s': 1 } });
  servers.push(where);
  const stream = await openLive({}, { where });
  assert.deepEqual(await take(stream, 2), [{ comment: '' }, { comment: '' }]);
});

test('a server that shuts down says when to reconnect, and the stream ends', async () => {
  const where = await startServer({ users: { admin: 'admin' } });
  servers.push(where);
  const stream = await open({}, { where });
  const first = await stream.next();
  where.signal('SIGTERM');
  const [goodbye, ...rest] = await stream.untilEnd();
  assert.deepEqual(rest, []);
  assert.deepEqual([goodbye.event, goodbye.id], ['server_draining', undefined]);
  assert.deepEqual(Object.keys(goodbye.data), KEYS.server_draining);
  assert.ok(Number(first.retry) > 0);
  assert.equal(Number(goodbye.retry), goodbye.data.reconnect_after_ms, 'for the browser, whose script has no say in it');
  assert.ok(stream.complete, 'it has ended, and was not cut off');
  assert.deepEqual(await where.exited(), { code: 0, signal: null });
});
