// The third tier: clients with the same selection share the result of a batch, each in an envelope
// of its own; all get it completely and in order, however late they read and however many
// operations they have.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { subscription } from './support/graphql.mjs';
import { startServer } from './support/server.mjs';
import { range } from './support/v1.mjs';

// In total more than two kernel buffers hold, and less than the server's queue.
const BATCHES = 40;
const EVENTS = 100;
const MESSAGE_BYTES = 5_000;

const server = await startServer({
  users: { admin: 'admin' },
  // A paused client cannot answer pings, however long the machine takes.
  settings: {
    'websocket.send_queue_bytes': 64 * 1024 * 1024, 'journal.synchronous': 'NORMAL',
    'websocket.ping_interval_s': 600, 'websocket.idle_timeout_s': 1200,
  },
});
after(() => server.stop());

const QUERY = subscription('resilienceAlerts', '', 'message');
const OTHER = subscription('resilienceAlerts', '', 'message alertType');

/** A socket with one operation per id. */
async function watching(operations) {
  const query = { token: await server.token('admin') };
  const client = server.open({ route: '/graphql', query, protocols: ['graphql-transport-ws'] });
  await once(client.socket, 'open');
  client.send({ type: 'connection_init' });
  assert.equal((await client.nextJson()).type, 'connection_ack');
  for (const [id, query] of Object.entries(operations)) client.send({ id, type: 'subscribe', payload: { query } });
  client.send({ type: 'ping' });
  assert.equal((await client.nextJson()).type, 'pong');
  return client;
}

/** The event numbers that each operation of a socket received, once all have received the last. */
async function numbersOf(client, ids) {
  const seen = Object.fromEntries(ids.map((id) => [id, []]));
  for (let left = ids.length * BATCHES * EVENTS; left > 0; --left) {
    const { id, type, payload } = await client.nextJson();
    assert.equal(type, 'next');
    seen[id].push(Number.parseInt(payload.data.resilienceAlerts.message, 10));
  }
  return Object.values(seen);
}

test('thousands of events reach all clients with the same selection, even those that read late', async () => {
  const late = await watching({ late: QUERY });
  const soon = await watching({ soon: QUERY });
  const two = await watching({ one1: QUERY, one2: QUERY, more: OTHER });
  late.socket.pause();
  for (const batch of range(0, BATCHES - 1)) {
    await server.publish(range(1, EVENTS).map((n) => ({
      event_type: 'LoadShedInitiated', level: 'red', initiated_by: randomUUID(),
      reason: `${batch * EVENTS + n} `.padEnd(MESSAGE_BYTES, 'x'),
    })));
  }
  const all = range(1, BATCHES * EVENTS);
  assert.deepEqual(await numbersOf(soon, ['soon']), [all]);
  assert.deepEqual(await numbersOf(two, ['one1', 'one2', 'more']), [all, all, all]);
  late.socket.resume();
  assert.deepEqual(await numbersOf(late, ['late']), [all]);
  server.closeClients();
});
