// rotacast.v1: shutdown. Every client is told when to reconnect, is closed with 1001, and misses
// nothing.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { startServer } from './support/server.mjs';
import {
  KEYS, collect, connect, connectRaw, numberOf, publishNumbered, range, resume, subscribe, untilClosed,
} from './support/v1.mjs';

const CLIENTS = 20;

const server = await startServer({ users: { admin: 'admin' } });
after(() => server.stop());

test('SIGTERM: server_draining, close 1001, reconnect with resume', async () => {
  const schedule = randomUUID();
  const topics = { schedules: [schedule] };
  const clients = await Promise.all(range(1, CLIENTS).map(() => connect(server)));
  for (const client of clients) await subscribe(client, topics);
  const unauthenticated = await connectRaw(server);
  await publishNumbered(server, schedule, 1, 3);
  const before = await Promise.all(clients.map((client) => collect(client, (event) => numberOf(event) === 3)));
  server.signal('SIGTERM');
  const ends = await Promise.all([unauthenticated, ...clients].map(untilClosed));
  assert.deepEqual(await server.exited(), { code: 0, signal: null });

  const waits = new Set();
  for (const { seen, code, name } of ends) {
    assert.deepEqual([code, name], [1001, 'server_draining']);
    assert.equal(seen.length, 1);
    const [notice] = seen;
    assert.equal(notice.event_type, 'server_draining');
    assert.deepEqual(Object.keys(notice), KEYS.server_draining);
    assert.ok(Number.isInteger(notice.reconnect_after_ms) && notice.reconnect_after_ms >= 0);
    waits.add(notice.reconnect_after_ms);
  }
  assert.ok(waits.size > 1, 'they do not come back all at once');

  const { cursor } = before[0][1];
  await server.start();
  await publishNumbered(server, schedule, 4, 5);
  const { events, resumed } = await resume(await connect(server), cursor, topics);
  assert.equal(resumed.recovered, true);
  assert.deepEqual(events.map(numberOf), [3, 4, 5]);
});

test('events published before SIGTERM arrive before any close, on every loop', async () => {
  const schedule = randomUUID();
  const clients = await Promise.all(range(1, 8).map(() => connect(server)));
  for (const client of clients) await subscribe(client, { schedules: [schedule] });
  await publishNumbered(server, schedule, 1, 500);
  server.signal('SIGTERM');
  for (const { seen } of await Promise.all(clients.map(untilClosed))) {
    const events = seen.filter(({ event_type: type }) => type === 'assignment_changed');
    assert.deepEqual(events.map(numberOf), range(1, 500));
  }
  assert.deepEqual(await server.exited(), { code: 0, signal: null });
  await server.closeClients();
  await server.start();
});
