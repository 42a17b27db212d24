// rotacast.v1: how it is selected, where the token may be, and the greeting.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { startServer } from './support/server.mjs';
import { KEYS, TIME, UUID, V1, connect, connectRaw, refused, subscribe } from './support/v1.mjs';

const SUBSCRIPTIONS_MAX = 8;

const server = await startServer({
  users: { admin: 'admin', resident: 'resident' },
  settings: { 'websocket.max_subscriptions': SUBSCRIPTIONS_MAX },
});
after(() => server.stop());
afterEach(() => server.closeClients());

const token = await server.token('admin');

// --- connecting

test('the greeting says what the connection may do, and nothing else is sent', async () => {
  const client = await connect(server);
  const { greeting } = client;
  assert.equal(client.socket.protocol, V1);
  assert.deepEqual(Object.keys(greeting), KEYS.connection_ack);
  assert.match(greeting.timestamp, TIME);
  assert.equal(greeting.user_id, server.user('admin').id);
  assert.equal(greeting.message, 'Connection established');
  assert.match(greeting.connection_id, UUID);
  assert.match(greeting.token_expires_at, TIME);
  assert.equal(greeting.ping_interval_ms, 20_000);
  assert.equal(greeting.message_bytes_max, 65_536);
  assert.equal(greeting.subscriptions_max, SUBSCRIPTIONS_MAX);
  await client.barrier();
  const other = await connect(server);
  assert.notEqual(other.greeting.connection_id, greeting.connection_id);
});

for (const route of ['/ws', '/ws/', '/api/ws', '/api/v1/ws']) {
  test(`supported at ${route}`, async () => {
    const client = await connect(server, 'admin', { route });
    assert.equal(client.socket.protocol, V1);
    await subscribe(client);
  });
}

test('selected among other subprotocols, at any position', async () => {
  const client = await connect(server, 'admin', { protocols: ['graphql-ws', V1, 'chat'] });
  assert.equal(client.socket.protocol, V1);
});

const places = {
  'header Authorization': { headers: { authorization: `Bearer ${token}` } },
  'a subprotocol beside, which is not selected': { protocols: [V1, `bearer.${token}`] },
  'a subprotocol in front': { protocols: [`bearer.${token}`, V1] },
  'query token': { query: { token } },
  'cookie of an allowed origin': { headers: { cookie: `access_token="Bearer ${token}"` }, origin: server.url },
};
for (const [place, options] of Object.entries(places)) {
  test(`the token may be sent in ${place}`, async () => {
    const client = await connectRaw(server, options);
    const greeting = await client.nextJson();
    assert.equal(greeting.user_id, server.user('admin').id);
    const { headers } = await client.upgraded;
    assert.equal(headers['sec-websocket-protocol'], V1);
  });
}

test('a cookie from a page of another origin does not count, and the page is told why', async () => {
  const headers = { cookie: `access_token="Bearer ${token}"` };
  const client = await connectRaw(server, { headers, origin: 'https://evil.example' });
  await refused(client, { action: 'subscribe' }, { code: 1301, name: 'origin_refused' });
});

test('without the subprotocol the classic protocol is used', async () => {
  const client = await server.connect('admin', { protocols: ['chat'] }).catch((error) => error);
  assert.ok(client instanceof Error, 'the npm client gives up when none of its names is selected');
  const classic = await server.connect('admin');
  assert.deepEqual(Object.keys(JSON.parse(classic.ack)), ['event_type', 'timestamp', 'user_id', 'message']);
});
