// One cursor for all transports.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { eventually } from './support/process.mjs';
import { startServer } from './support/server.mjs';
import { wander } from './support/wandering_clients.mjs';

const RUNS = 1000;

const server = await startServer({
  users: { admin: 'admin' },
  settings: { 'journal.synchronous': 'NORMAL', 'limits.connections_per_user': 0, 'limits.upgrades_per_second': 0 },
});
after(() => server.stop());

test(`${RUNS} clients that change transports miss nothing and see nothing twice`, (t) =>
  wander(t, { servers: [server], runs: RUNS }));

test('no connection or operation is left of the clients that disconnected', async () => {
  await server.becomesEmpty();
  await eventually(async () => {
    const { graphql_subscriptions: operations, persons_watched: persons } = await server.counters();
    assert.deepEqual([operations, persons], [0, 0]);
  });
});
