// The drain request: does the same as SIGTERM, for an admin who cannot send a signal; only once,
// and recorded in the audit.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { after, test } from 'node:test';
import { run, withPatience } from './support/process.mjs';
import { everyRole, startServer } from './support/server.mjs';
import { connect, range, subscribe, untilClosed } from './support/v1.mjs';

const server = await startServer({ users: everyRole() });
after(() => server.stop());

const PATH = '/api/v1/server/drain';
const bearer = async (name) => ({ authorization: `Bearer ${await server.token(name)}` });
const drain = async (body, as = 'admin') => server.post(PATH, body, await bearer(as));

async function lastAudit() {
  const response = await server.request('/api/v1/bus/audit?limit=1', { headers: await bearer('admin') });
  return (await response.json()).audit[0];
}

function assertRefusal({ status, body }, expected, name, path = '') {
  assert.deepEqual([status, body.error.name, body.error.path], [expected, name, path], JSON.stringify(body));
}

/**
 * Starts a request whose header the server has and whose body it waits for; it must be answered
 * whatever happens meanwhile. Returns a function that completes it.
 */
async function beginRequest(method, path, body, headers = {}) {
  const { hostname, port } = new URL(server.url);
  const request = http.request({
    hostname, port, path, method, agent: false,
    headers: { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue', ...headers },
  });
  const answered = once(request, 'response');
  request.flushHeaders();
  await withPatience(once(request, 'continue'), '100 Continue');
  return async () => {
    request.end(body);
    const [response] = await withPatience(answered, `the answer to ${method} ${path}`);
    let text = '';
    for await (const chunk of response) text += chunk;
    return { status: response.statusCode, body: JSON.parse(text) };
  };
}

/** The same for a GET: a connection that has been answered once, and the start of the next head. */
async function beginGet(path) {
  const { hostname, port } = new URL(server.url);
  const socket = net.connect({ host: hostname, port });
  socket.write(`GET /health/live HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  for (let seen = ''; !seen.endsWith('}');) seen += (await withPatience(once(socket, 'data'), 'an answer'))[0];
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n`);
  return async () => {
    socket.end('Connection: close\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += chunk;
    const [head, body] = text.split('\r\n\r\n');
    return { status: Number(head.split(' ')[1]), body: JSON.parse(body) };
  };
}

async function tokenFile(name) {
  const file = server.file(`token-${name}`);
  fs.writeFileSync(file, `${await server.token(name)}\n`, { mode: 0o600 });
  return file;
}

const command = async (name, ...more) => run(['drain', '--url', server.url, '--token-file', await tokenFile(name), ...more]);

/**
 * Asserts a shutdown as by SIGTERM: all clients notified and closed with 1001, exit status 0. Then
 * starts the server again.
 */
async function assertWentDown(clients) {
  for (const end of await Promise.all(clients.map(untilClosed))) {
    assert.deepEqual([end.code, end.name], [1001, 'server_draining']);
    assert.equal(end.seen.at(-1).event_type, 'server_draining');
  }
  assert.deepEqual(await server.exited(), { code: 0, signal: null });
  await server.closeClients();
  await server.start();
}

test('only an admin may drain, and an invalid request is rejected with its path; the server keeps running', async () => {
  const client = await connect(server);
  await subscribe(client);
  for (const role of Object.keys(everyRole()).filter((name) => name !== 'admin')) {
    assertRefusal(await drain({}, role), 403, 'forbidden');
  }
  for (const headers of [{}, { 'x-api-key': server.apiKey }]) {
    assert.equal((await server.post(PATH, {}, headers)).status, 401);
  }
  assertRefusal(await drain({ window_s: -1 }), 422, 'invalid_field', '/window_s');
  assertRefusal(await drain({ window_s: 3601 }), 422, 'invalid_field', '/window_s');
  assertRefusal(await drain({ window_s: '10' }), 422, 'invalid_field', '/window_s');
  assertRefusal(await drain({ reason: '' }), 422, 'invalid_field', '/reason');
  assertRefusal(await drain({ window: 10 }), 422, 'invalid_field', '/window');
  assertRefusal(await drain('[]'), 422, 'invalid_field');
  assertRefusal(await drain('{'), 400, 'bad_json');
  assert.equal(await lastAudit(), undefined, 'what was refused was not done');
  assert.equal((await server.request('/health/ready')).status, 200);
  await server.assertNothingElse(client);
  await server.closeClients();
});

test('by HTTP: accepted, then as SIGTERM; a second request gets an error; the audit names the admin', async () => {
  const clients = await Promise.all(range(1, 5).map(() => connect(server)));
  for (const client of clients) await subscribe(client);
  const headers = await bearer('admin');
  const second = await beginRequest('POST', PATH, '{}', headers);
  const probe = await beginGet('/health/ready');
  const first = await drain({ window_s: 2, reason: 'a new kernel' });
  assert.equal(first.status, 202, first.text);
  assert.deepEqual(Object.keys(first.body), ['draining', 'window_s', 'connections']);
  assert.deepEqual([first.body.draining, first.body.window_s], [true, 2]);
  assert.ok(first.body.connections >= 7);
  const ready = await probe();
  assert.deepEqual([ready.status, ready.body.status], [503, 'not_ready']);
  const refused = await second();
  assertRefusal(refused, 409, 'conflict');
  assert.match(refused.body.error.message, /shutting down already/);
  await assertWentDown(clients);
  const { requested_by: who, action, subject, count, reason } = await lastAudit();
  assert.deepEqual([who, action, subject, reason],
    [`user:${server.user('admin').id}`, 'drain', 'server', 'a new kernel']);
  assert.equal(count, first.body.connections);
});

test('by command line: one line, status 0; published events are there afterwards', async () => {
  const client = await connect(server);
  await subscribe(client);
  const refused = await command('coordinator');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /status 403/);
  const { events: [{ cursor }] } = await server.broadcast('schedule_updated', { update_type: 'modified', message: randomUUID() });
  const { code, stdout, stderr } = await command('admin', '--window', '0', '--reason', 'moving house');
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^going down: \d+ connections within 0 seconds\n$/);
  await assertWentDown([client]);
  assert.equal((await lastAudit()).reason, 'moving house');
  const again = await connect(server);
  again.send({ action: 'resume', id: 1, cursor });
  assert.equal((await again.nextJson()).recovered, true);
});

test('without a server the command reports that', async () => {
  const file = await tokenFile('admin');
  const { url } = server;
  await server.closeClients();
  server.signal('SIGTERM');
  await server.exited();
  const { code, stderr } = await run(['drain', '--url', url, '--token-file', file]);
  assert.equal(code, 1);
  assert.match(stderr, /no answer from/);
  await server.start();
});
