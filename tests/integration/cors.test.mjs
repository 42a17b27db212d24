// Cross-origin requests: pages of allowed origins may send every request of the contract and read
// every answer; other pages get nothing, and a cookie that they send does not count.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import { after, test } from 'node:test';
import { requestStream, streamUrl } from './support/event_stream.mjs';
import { run, withPatience } from './support/process.mjs';
import { startServer } from './support/server.mjs';

const APP = 'https://app.example';
const DEV = 'http://localhost:3000';
const EVIL = 'https://evil.example';

const server = await startServer({
  users: { admin: 'admin', coordinator: 'coordinator' },
  settings: { allowed_origins: `${APP}:443, ${DEV}` },
});
after(() => server.stop());

const bearer = async (name = 'admin') => ({ authorization: `Bearer ${await server.token(name)}` });
const cookie = async (name = 'admin') => ({ cookie: `access_token="Bearer ${await server.token(name)}"` });
const words = (text) => (text ?? '').split(',').map((word) => word.trim().toLowerCase()).filter(Boolean);
const corsHeaders = (headers) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));

function preflight(route, method, { origin = APP, asks = 'authorization,content-type', ...headers } = {}) {
  const asked = { origin, 'access-control-request-method': method, 'access-control-request-headers': asks };
  return server.request(route, { method: 'OPTIONS', headers: { ...asked, ...headers } });
}

function assertReadable(response, origin = APP) {
  assert.equal(response.headers.get('access-control-allow-origin'), origin);
  assert.equal(response.headers.get('access-control-allow-credentials'), 'true');
  assert.ok(words(response.headers.get('vary')).includes('origin'));
}

function assertUnreadable(response) {
  assert.deepEqual(corsHeaders(response.headers), []);
  assert.ok(words(response.headers.get('vary')).includes('origin'));
}

/** Every path of the contract with its methods, and their other names. */
function contractedRoutes() {
  const document = JSON.parse(fs.readFileSync(new URL('../../contract/openapi.json', import.meta.url), 'utf8'));
  const routes = Object.entries(document.paths).map(([path, methods]) => [
    path.replaceAll(/\{[^}]*\}/g, 'name'), Object.keys(methods).map((method) => method.toUpperCase()),
  ]);
  assert.ok(routes.length > 20);
  const others = routes.flatMap(([path, methods]) =>
    path.startsWith('/api/v1/auth/') || path.startsWith('/api/v1/ws/') || path === '/graphql'
      ? [[path === '/graphql' ? '/api/v1/graphql' : path.replace('/api/v1/', '/api/'), methods]] : []);
  assert.ok(others.length >= 6);
  return [...routes, ...others];
}

test('a preflight for every route of the contract allows its methods and the headers asked for, without credentials', async () => {
  const asks = [
    'authorization', 'content-type', 'last-event-id', 'idempotency-key', 'x-request-id', 'x-graphql-event-stream-token',
    'apollographql-client-name', 'traceparent',
  ].join(',');
  for (const [path, methods] of contractedRoutes()) {
    for (const method of methods) {
      const response = await preflight(path, method, { asks });
      const what = `${method} ${path}`;
      assert.equal(response.status, 204, what);
      assertReadable(response);
      const allowed = words(response.headers.get('access-control-allow-methods'));
      assert.ok(allowed.includes(method.toLowerCase()), `${what}: ${allowed}`);
      assert.equal(response.headers.get('access-control-allow-headers'), asks, what);
      assert.ok(Number(response.headers.get('access-control-max-age')) >= 600, what);
      assert.equal(response.headers.get('content-length'), null, 'RFC 9110 §8.6');
    }
  }
});

test('a preflight opens nothing: methods that the route lacks, unknown paths and foreign pages stay outside', async () => {
  const other = await preflight('/api/v1/presence', 'DELETE');
  assert.deepEqual(words(other.headers.get('access-control-allow-methods')), ['get', 'head', 'options']);
  const unknown = await preflight('/api/v1/nowhere', 'GET');
  assert.equal(unknown.status, 404);
  assert.equal(unknown.headers.get('access-control-allow-methods'), null);
  for (const origin of [EVIL, 'null', `${APP}.evil.example`, `${APP}:8443`, `${APP}/`, 'http://app.example', 'x'.repeat(5_000), new URL(server.url).origin]) {
    const response = await preflight('/graphql', 'POST', { origin });
    assert.equal(response.status, 204);
    assertUnreadable(response);
  }
});

test('names of headers that are none, or endless lists of them, are not sent back', async () => {
  for (const asks of ['x:y', 'a;b', '"quoted"', `x${',authorization'.repeat(500)}`]) {
    const response = await preflight('/graphql', 'POST', { asks });
    assert.equal(response.status, 204);
    assert.equal(response.headers.get('access-control-allow-headers'), null, asks.slice(0, 20));
  }
});

test('OPTIONS that is no preflight is answered with what the route takes', async () => {
  const response = await server.request('/graphql', { method: 'OPTIONS' });
  assert.equal(response.status, 204);
  assert.deepEqual(words(response.headers.get('allow')), ['get', 'head', 'post', 'put', 'delete', 'options']);
  const patch = await server.request('/graphql', { method: 'PATCH', headers: await bearer() });
  assert.equal(patch.status, 405);
  assert.equal(patch.headers.get('allow'), response.headers.get('allow'));
});

test('ten thousand preflights on one connection are answered, and then a request', async () => {
  const { hostname, port, host } = new URL(server.url);
  const socket = net.connect(Number(port), hostname);
  const head = `Host: ${host}\r\nOrigin: ${APP}\r\nAccess-Control-Request-Method: POST\r\n`;
  const count = 10_000;
  let text = '';
  const over = new Promise((resolve, reject) => {
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('end', resolve);
    socket.on('error', reject);
  });
  socket.write(`OPTIONS /graphql HTTP/1.1\r\n${head}\r\n`.repeat(count));
  socket.write(`GET /ws/health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  await withPatience(over, 'the last answer', 120_000);
  assert.equal(text.match(/^HTTP\/1\.1 204 /gm).length, count);
  assert.match(text, /\r\nHTTP\/1\.1 200 OK\r\n[^]*"status":"healthy"[^]*$/);
});

test('an allowed page logs in, asks, publishes and follows events, each answer readable', async () => {
  const origin = APP;
  const user = server.user('coordinator');
  const login = await server.post('/api/auth/login/json', { username: user.name, password: user.password }, { origin });
  assert.equal(login.status, 200, login.text);
  assertReadable(login);
  const authorization = `Bearer ${login.body.access_token}`;
  const asked = await server.post('/graphql', { query: '{ viewer { username } }' }, { origin, authorization });
  assert.equal(asked.body.data.viewer.username, user.name);
  assertReadable(asked);
  assertReadable(await server.request('/api/v1/presence', { headers: { origin: DEV, authorization } }), DEV);
  const alert = { alert_type: 'n1_failure', severity: 'green', message: randomUUID() };
  assertReadable(await server.post('/api/v1/broadcast/resilience_alert', alert, { origin, authorization }));

  for (const headers of [{ authorization }, await cookie('coordinator')]) {
    const { status, headers: got, stream } = await requestStream(streamUrl(server), { headers: { origin, ...headers } });
    assert.deepEqual([status, got['access-control-allow-origin'], got['access-control-allow-credentials']], [200, APP, 'true']);
    assert.equal((await stream.next()).event, 'ack');
    await stream.close();
  }
});

test('an allowed page reads why it was refused, and when to come back', async () => {
  const origin = APP;
  const refusals = {
    401: await server.request('/api/v1/presence', { headers: { origin } }),
    404: await server.request('/api/v1/nowhere', { headers: { origin } }),
    405: await server.request('/api/v1/presence', { method: 'PUT', headers: { origin } }),
    400: await server.request('/api/auth/login/json', { method: 'POST', headers: { origin }, body: '{' }),
    413: await server.request('/api/auth/login/json', { method: 'POST', headers: { origin }, body: 'x'.repeat(20_000) }),
    406: await server.request('/graphql?query={__typename}', { headers: { origin, accept: 'image/png', ...(await bearer()) } }),
  };
  for (const [status, response] of Object.entries(refusals)) {
    assert.equal(response.status, Number(status));
    assertReadable(response);
    assert.ok(words(response.headers.get('access-control-expose-headers')).includes('x-request-id'));
  }
  assert.ok(words(refusals[401].headers.get('access-control-expose-headers')).includes('www-authenticate'));
  assert.ok(words(refusals[405].headers.get('access-control-expose-headers')).includes('allow'));
  const name = `nobody-${randomUUID()}`;
  for (let attempt = 0; attempt < 5; ++attempt) await server.post('/api/auth/login/json', { username: name, password: 'x' });
  const hasty = await server.post('/api/auth/login/json', { username: name, password: 'x' }, { origin });
  assert.equal(hasty.status, 429);
  assertReadable(hasty);
  assert.ok(words(hasty.headers.get('access-control-expose-headers')).includes('retry-after'));
  assert.match(hasty.headers.get('retry-after'), /^\d+$/);
});

test('answers to no page, to our own and to foreign ones have Vary, and nothing else', async () => {
  for (const origin of [undefined, new URL(server.url).origin, EVIL, 'null']) {
    const headers = origin ? { origin, ...(await bearer()) } : await bearer();
    assertUnreadable(await server.request('/api/v1/presence', { headers }));
    assertUnreadable(await server.request('/api/v1/nowhere', { headers }));
    const { headers: got, stream } = await requestStream(streamUrl(server), { headers });
    assert.equal(got['access-control-allow-origin'], undefined);
    assert.ok(words(got.vary).includes('origin'));
    await stream.close();
  }
});

// --- cookies

const alert = () => ({ alert_type: 'n1_failure', severity: 'green', message: randomUUID() });
const publish = (headers) => server.post('/api/v1/broadcast/resilience_alert', alert(), headers);

test('the cookie counts where something changes unless a foreign page sends it', async () => {
  const jar = await cookie();
  const own = new URL(server.url).origin;
  const good = [
    {}, { origin: own }, { origin: APP }, { origin: DEV },
    { origin: 'https://rota.example', 'sec-fetch-site': 'same-origin' }, // behind a proxy that replaces Host
    { 'sec-fetch-site': 'none' },
  ];
  for (const headers of good) assert.equal((await publish({ ...jar, ...headers })).status, 200, JSON.stringify(headers));
  const bad = [
    { origin: EVIL }, { origin: 'null' }, { origin: `${own}0` }, { 'sec-fetch-site': 'cross-site' },
    { origin: EVIL, 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of bad) {
    const answer = await publish({ ...jar, ...headers });
    assert.deepEqual([answer.status, answer.body.error.name], [403, 'origin_refused'], JSON.stringify(headers));
    assert.match(answer.body.error.message, /allowed_origins/);
  }
});

test('a foreign page with a token of its own is heard; a token is no cookie', async () => {
  const headers = { origin: EVIL, ...(await bearer()) };
  assert.equal((await publish(headers)).status, 200);
  assert.equal((await publish({ ...headers, cookie: 'access_token="Bearer certainly"' })).status, 200, 'the cookie is ignored');
});

test('a foreign page can neither log a user out nor drain the server with the cookie', async () => {
  const jar = await cookie('coordinator');
  for (const route of ['/api/auth/logout', '/api/v1/auth/logout', '/api/v1/server/drain', '/api/v1/bus/replays']) {
    const answer = await server.post(route, {}, { ...jar, origin: EVIL });
    assert.deepEqual([answer.status, answer.body.error.name], [403, 'origin_refused'], route);
  }
  assert.equal((await server.request('/api/v1/stats', { headers: jar })).status, 200, 'the token still works');
});

// --- configuration

test('an origin that no browser sends is refused before the start, with how to write it', async () => {
  const wrong = ['app.example', 'https://app.example/', 'https://App.example', 'https://app.example/x', '*', 'null', 'https://*.example'];
  for (const origin of wrong) {
    const { code, stderr } = await run(['check-config', '--jwt-secret-file', server.file('secret'), '--allowed-origins', origin]);
    assert.notEqual(code, 0, origin);
    assert.match(stderr, /allowed_origins.*such as https:\/\/app\.example/, origin);
  }
  const { code, stderr } = await run([
    'check-config', '--jwt-secret-file', server.file('secret'), '--allowed-origins', 'https://app.example, http://[::1]:3000, capacitor://localhost',
  ]);
  assert.equal(code, 0, stderr);
});

test('without allowed origins no answer has a CORS header', async () => {
  const closed = await startServer({ users: { admin: 'admin' } });
  try {
    const headers = { origin: APP, authorization: `Bearer ${await closed.token('admin')}` };
    const answers = [
      await closed.request('/api/v1/presence', { headers }),
      await closed.request('/graphql', { method: 'OPTIONS', headers: { origin: APP, 'access-control-request-method': 'POST' } }),
    ];
    assert.deepEqual(answers.map(({ status }) => status), [200, 204]);
    for (const answer of answers) {
      assert.deepEqual(corsHeaders(answer.headers), []);
      assert.equal(answer.headers.get('vary'), null);
    }
  } finally {
    await closed.stop();
  }
});
