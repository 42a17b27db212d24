// A page whose Host a proxy replaces is taken for another site's, so its cookie does not count. On
// every transport it is told so, and how to mend it; it is not told that it sent no token.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { send } from './support/proxied.mjs';
import { startServer } from './support/server.mjs';
import { assertClosed, connectRaw, refused } from './support/v1.mjs';

const PAGE = 'https://rota.example';

const server = await startServer({ users: { admin: 'admin' }, settings: { 'websocket.auth_timeout_s': 1 } });
const byHttp = await startServer({ users: { admin: 'admin' }, settings: { reject: 'http' } });
after(() => Promise.all([server.stop(), byHttp.stop()]));
afterEach(() => server.closeClients());

const token = await server.token('admin');
const jar = { cookie: `access_token="Bearer ${token}"` };
const ofPage = { ...jar, origin: PAGE };

/** The whole sentence, for a request that was sent to `where`. */
function assertMessage(message, where = server, page = PAGE) {
  assert.equal(message, `A page of ${page} may not use the cookie of ${new URL(where.url).host}. `
    + 'List its origin in allowed_origins; or, if a proxy replaces Host, let it pass Host, or send '
    + 'X-Forwarded-Host as one of trusted_proxies.');
}

function assertRefused(answer, message) {
  assert.equal(answer.status, 403, answer.text);
  const error = answer.body.error ?? { ...answer.body.errors[0].extensions, message: answer.body.errors[0].message };
  assert.deepEqual([error.code, error.name], [1301, 'origin_refused'], answer.text);
  (message ?? assertMessage)(error.message);
}

const GRAPHQL = { query: '{ viewer { username } }' };
const SUBSCRIBE = { query: 'subscription { resilienceAlerts { message } }' };
const ALERT = { alert_type: 'n1_failure', severity: 'green', message: 'hello' };
const requests = {
  'an event stream': ['/api/v1/events/stream', { headers: { accept: 'text/event-stream' } }],
  'GraphQL by GET': [`/graphql?query=${encodeURIComponent(GRAPHQL.query)}`, {}],
  'GraphQL by POST': ['/graphql', { method: 'POST', body: GRAPHQL }],
  'GraphQL by POST, for its own media type': ['/graphql', { method: 'POST', body: GRAPHQL, headers: { accept: 'application/graphql-response+json' } }],
  'a GraphQL event stream': ['/graphql', { method: 'POST', body: SUBSCRIBE, headers: { accept: 'text/event-stream' } }],
  'a GraphQL multipart stream': ['/graphql', { method: 'POST', body: SUBSCRIBE, headers: { accept: 'multipart/mixed;subscriptionSpec=1.0' } }],
  'a reserved GraphQL stream': ['/graphql', { method: 'PUT' }],
  publishing: ['/api/v1/broadcast/resilience_alert', { method: 'POST', body: ALERT }],
  'publishing domain events': ['/api/v1/events', { method: 'POST', body: [] }],
  'a logout': ['/api/auth/logout', { method: 'POST', body: {} }],
  'a refresh': ['/api/auth/refresh', { method: 'POST', headers: { cookie: 'refresh_token=certainly' } }],
  'an operator': ['/api/v1/bus/subscriptions/audit/pause', { method: 'POST', body: {} }],
  'a drain': ['/api/v1/server/drain', { method: 'POST', body: {} }],
  'a new webhook': ['/api/v1/webhooks', { method: 'POST', body: {} }],
};
for (const [what, [route, options]] of Object.entries(requests)) {
  test(`told by HTTP: ${what}`, async () => {
    assertRefused(await send(server, route, { ...options, headers: { ...ofPage, ...options.headers } }));
  });
}

test('told by HTTP without a cookie: that there is no token', async () => {
  const stream = await send(server, '/api/v1/events/stream', { headers: { origin: PAGE } });
  assert.deepEqual([stream.status, stream.body.error.name], [401, 'token_missing']);
  const asked = await send(server, '/graphql', { method: 'POST', body: GRAPHQL, headers: { origin: PAGE } });
  assert.deepEqual([asked.status, asked.body.errors[0].extensions.name], [401, 'unauthenticated']);
});

for (const route of ['/ws', '/api/ws', '/api/v1/ws']) {
  test(`told on a classic socket: ${route}`, async () => {
    const { code, reason } = await server.open({ route, headers: jar, origin: PAGE }).serverClosed();
    assert.deepEqual([code, reason], [1008, 'origin_refused']);
    const without = await server.open({ route, origin: PAGE }).serverClosed();
    assert.deepEqual([without.code, without.reason], [1008, 'token_missing']);
  });
}

test('told instead of an upgrade, if sockets are refused by HTTP', async () => {
  const answer = await send(byHttp, '/ws', {
    headers: {
      cookie: `access_token="Bearer ${await byHttp.token('admin')}"`, origin: PAGE, connection: 'Upgrade',
      upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    },
  });
  assertRefused(answer, (message) => assertMessage(message, byHttp));
});

test('told on rotacast.v1: by the first command, and by the close', async () => {
  const client = await connectRaw(server, { headers: jar, origin: PAGE });
  client.send({ action: 'ping' });
  assert.equal((await client.nextJson()).event_type, 'pong');
  await refused(client, { action: 'subscribe' }, { code: 1301, name: 'origin_refused' });
  const { reason } = await assertClosed(client, 4403, 'origin_refused');
  assert.match(reason, /allowed_origins.*proxy pass Host/);
  const silent = await connectRaw(server, { headers: jar, origin: PAGE });
  await assertClosed(silent, 4403, 'origin_refused');
});

test('a page on rotacast.v1 that has a token of its own does not need the cookie', async () => {
  const client = await connectRaw(server, { headers: jar, origin: PAGE });
  client.send({ action: 'authenticate', id: 1, token });
  assert.equal((await client.nextJson()).event_type, 'connection_ack');
  assert.equal((await client.nextJson()).event_type, 'ack');
  const wrong = await connectRaw(server, { headers: jar, origin: PAGE });
  await refused(wrong, { action: 'authenticate', token: 'certainly' }, { code: 1202, name: 'token_invalid' });
  await assertClosed(wrong, 4408, 'authentication_timeout');
});

async function init(protocol, options = {}) {
  const client = server.open({ route: '/graphql', protocols: [protocol], ...options });
  client.socket.once('open', () => client.send({ type: 'connection_init' }));
  const { code, reason } = await client.serverClosed();
  return { code, reason, first: client.waiting > 0 ? await client.nextJson() : undefined };
}

test('told on GraphQL sockets, in both subprotocols', async () => {
  const sockets = { headers: jar, origin: PAGE };
  const modern = await init('graphql-transport-ws', sockets);
  assert.equal(modern.code, 4401);
  assert.match(modern.reason, /^origin_refused: .*allowed_origins.*proxy pass Host/);
  const legacy = await init('graphql-ws', sockets);
  assert.equal(legacy.code, 4401);
  assert.match(legacy.reason, /^origin_refused: /);
  assert.equal(legacy.first.type, 'connection_error');
  assertMessage(legacy.first.payload.message);
  for (const protocol of ['graphql-transport-ws', 'graphql-ws']) {
    assert.match((await init(protocol, { origin: PAGE })).reason, /^token_missing: /);
  }
});

test('nothing is repeated that is no origin and no host', async () => {
  for (const origin of ['null', 'https://rota.example/<b>', 'x'.repeat(300)]) {
    const answer = await send(server, '/graphql', { method: 'POST', body: GRAPHQL, headers: { ...jar, origin } });
    assertRefused(answer, (message) => assertMessage(message, server, 'another site'));
  }
  const site = await send(server, '/graphql', { method: 'POST', body: GRAPHQL, headers: { ...jar, 'sec-fetch-site': 'cross-site' } });
  assertRefused(site, (message) => assertMessage(message, server, 'another site'));
  const host = await send(server, '/graphql', { method: 'POST', body: GRAPHQL, headers: { ...ofPage, host: 'a b"<>' } });
  assertRefused(host, (message) => assert.match(message, /may not use the cookie\. List/));
});

test('the log names the page, and no token', async () => {
  await send(server, '/graphql', { method: 'POST', body: GRAPHQL, headers: ofPage });
  assert.match(server.output, /info ignored a cookie: A page of https:\/\/rota\.example may not use the cookie of 127\.0\.0\.1:\d+\./);
  assert.ok(!server.output.includes(token));
  assert.doesNotMatch(server.output, /<b>|xxxxxxxx/);
});
