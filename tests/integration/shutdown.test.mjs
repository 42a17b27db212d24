// Graceful shutdown: the server notifies its clients, exits cleanly, and restarts with its data.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { after, test } from 'node:test';
import { shortEvent } from './support/domain_events.mjs';
import { startServer } from './support/server.mjs';

const server = await startServer({ users: { admin: 'admin', rn: 'rn' } });
after(() => server.stop());

const refusesConnections = () =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(server.url);
    const socket = net.connect(Number(port), hostname);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });

async function assertGoneInGoodOrder() {
  const { code, signal } = await server.exited();
  assert.deepEqual([code, signal], [0, null]);
  assert.ok(await refusesConnections());
}

for (const signal of ['SIGTERM', 'SIGINT']) {
  test(`${signal}: every client is closed with 1001 and the process exits with 0`, async () => {
    const clients = [await server.connect('admin'), await server.connect('admin'), await server.connect('rn')];
    await clients[0].watchSchedule(randomUUID());
    server.signal(signal);
    for (const client of clients) assert.equal((await client.serverClosed()).code, 1001);
    await assertGoneInGoodOrder();
    await server.closeClients();
    await server.start();
  });
}

test('events published before the signal arrive before the close', async () => {
  const client = await server.connect('admin');
  const message = randomUUID();
  await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red', message });
  assert.equal((await client.nextJson()).message, message);
  server.signal('SIGTERM');
  assert.equal((await client.serverClosed()).code, 1001);
  assert.equal(client.waiting, 0);
  await assertGoneInGoodOrder();
  await server.start();
});

test('a client that never answers the close, and one in the middle of its request, do not delay the exit', async () => {
  const { hostname, port } = new URL(server.url);
  const token = await server.token('admin');
  const open = (text) =>
    new Promise((resolve, reject) => {
      const socket = net.connect(Number(port), hostname, () => socket.write(text));
      socket.once('error', reject);
      resolve(socket);
    });
  const deaf = await open(
    `GET /ws?token=${token} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  // The upgrade is answered; from here on it does not read.
  await new Promise((resolve) => deaf.once('data', resolve));
  deaf.pause();
  const halfway = await open(`POST /api/v1/events HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 100\r\n\r\n[`);
  const polite = await server.connect('admin');
  for (const socket of [deaf, halfway]) socket.removeAllListeners('error').on('error', () => {});
  server.signal('SIGTERM');
  assert.equal((await polite.serverClosed()).code, 1001);
  await assertGoneInGoodOrder();
  deaf.destroy();
  halfway.destroy();
  await server.start();
});

test('after the restart, users, keys, tokens, revocations and the journal are unchanged', async () => {
  const revoked = await server.newToken('admin');
  await server.post('/api/auth/logout', {}, { authorization: `Bearer ${revoked}` });
  const headers = { 'idempotency-key': randomUUID() };
  const event = shortEvent('PersonActivated');
  const before = await server.publish(event, headers);
  await server.restart();
  const client = await server.connect('admin');
  const end = await server.open({ query: { token: revoked } }).serverClosed();
  assert.deepEqual([end.code, end.reason], [1008, 'token_revoked']);
  const again = await server.publish(event, headers);
  assert.deepEqual(again.events, [{ ...before.events[0], duplicate: true }]);
  await server.assertNothingElse(client);
});

test('the log has the version at the start, and both ends of the shutdown', async () => {
  const client = await server.connect('admin');
  server.signal('SIGTERM');
  await client.serverClosed();
  await assertGoneInGoodOrder();
  assert.match(server.output, / info rotacast \d+\.\d+\.\d+ starts$/m);
  assert.match(server.output, / info stopping: draining [1-9]\d* connections$[^]* info stopped$/m);
  await server.start();
});
