// The subprotocol of the legacy Apollo client, through npm subscriptions-transport-ws, and messages
// that no library sends.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { SubscriptionClient } from 'subscriptions-transport-ws';
import WebSocket from 'ws';
import { Results, subscription } from './support/graphql.mjs';
import { startServer } from './support/server.mjs';

const server = await startServer({ users: { admin: 'admin' } });
after(() => server.stop());
afterEach(() => server.closeClients());
const token = await server.token('admin');

const alert = (message) => server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red', message });
async function open(protocol, query = {}) {
  const client = server.open({ route: '/graphql', query, protocols: protocol ? [protocol] : [] });
  await client.upgraded;
  await new Promise((resolve) => (client.socket.readyState === 1 ? resolve() : client.socket.once('open', resolve)));
  return client;
}
const INIT = { type: 'connection_init' };
const ACK = { type: 'connection_ack' };

test('the legacy client queries, subscribes and ends', async () => {
  const client = new SubscriptionClient(
    server.socketUrl('/graphql'), { connectionParams: { authToken: token }, reconnect: false }, WebSocket,
  );
  const begin = (query) => new Results((sink) => client.request({ query }).subscribe(sink).unsubscribe);
  try {
    const watched = begin(subscription('resilienceAlerts', '', 'message'));
    assert.deepEqual(await begin('{ viewer { username } }').next(), { data: { viewer: { username: 'admin' } } });
    await alert('legacy');
    assert.deepEqual(await watched.next(), { data: { resilienceAlerts: { message: 'legacy' } } });
    watched.stop();
    const { failed } = await begin('{ nope }').next();
    assert.match(JSON.stringify(failed) + String(failed), /Cannot query field/);
  } finally {
    client.close();
  }
});

test('frames of the legacy subprotocol, byte for byte', async () => {
  const client = await open('graphql-ws', { token });
  client.send({ type: 'start', id: '0', payload: { query: '{ __typename }' } });
  assert.equal((await client.nextJson()).type, 'error', 'nothing starts before connection_init');
  client.send(INIT);
  assert.equal(await client.next(), '{"type":"connection_ack"}');
  client.send({ type: 'stop', id: 'unknown' });
  client.send({ type: 'zzz' });
  client.send({ type: 'start', id: '1', payload: { query: '{ __typename }' } });
  assert.equal(await client.next(), '{"type":"data","id":"1","payload":{"data":{"__typename":"Query"}}}');
  assert.equal(await client.next(), '{"type":"complete","id":"1"}');
  client.send({ type: 'start', id: '2', payload: { query: '{' } });
  const error = await client.nextJson();
  assert.deepEqual(Object.keys(error), ['type', 'id', 'payload']);
  assert.match(error.payload.message, /^Syntax Error/);
});

test('frames of graphql-transport-ws, byte for byte', async () => {
  const client = await open('graphql-transport-ws', { token });
  client.send(INIT);
  assert.deepEqual(await client.nextJson(), ACK);
  client.send({ type: 'ping', payload: { a: 1 } });
  assert.equal(await client.next(), '{"type":"pong"}');
  client.send({ id: 'a"', type: 'subscribe', payload: { query: '{ __typename }' } });
  assert.equal(await client.next(), '{"id":"a\\"","type":"next","payload":{"data":{"__typename":"Query"}}}');
  assert.equal(await client.next(), '{"id":"a\\"","type":"complete"}');
  client.send({ id: '1', type: 'subscribe', payload: { query: '{' } });
  const error = await client.nextJson();
  assert.deepEqual(Object.keys(error), ['id', 'type', 'payload']);
  assert.match(error.payload[0].message, /^Syntax Error/);
  client.send({ id: '1', type: 'subscribe', payload: { query: subscription('resilienceAlerts', '', 'message') } });
  client.send({ type: 'ping' });
  assert.equal(await client.next(), '{"type":"pong"}');
  await alert('é');
  assert.equal(await client.next(), '{"id":"1","type":"next","payload":{"data":{"resilienceAlerts":{"message":"é"}}}}');
  client.send({ id: '1', type: 'complete' });
  client.send({ type: 'ping' });
  assert.equal(await client.next(), '{"type":"pong"}');
});

// If the 101 names no subprotocol although one was offered, a client fails by itself.
test('the socket is closed if the server supports none of the offered subprotocols', async () => {
  const client = server.open({ route: '/graphql' });
  const { code, reason } = await client.serverClosed();
  assert.deepEqual([code, reason], [4406, 'Subprotocol not acceptable']);
});
