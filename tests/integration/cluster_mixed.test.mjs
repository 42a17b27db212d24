// One cursor for all transports and all nodes. For more runs:
// ROTACAST_ROUNDS=10000 node --test cluster_mixed.test.mjs
import { after, test } from 'node:test';
import { startCluster } from './support/cluster.mjs';
import { TRANSPORTS } from './support/transports.mjs';
import { wander } from './support/wandering_clients.mjs';

const RUNS = Number(process.env.ROTACAST_ROUNDS ?? 200);

const { nodes, stop } = await startCluster(3, {
  settings: { 'journal.synchronous': 'NORMAL', 'limits.connections_per_user': 0, 'limits.upgrades_per_second': 0 },
});
after(stop);

// A query of pages tells what this node has now, which may be less than another has shown.
const waiting = Object.keys(TRANSPORTS).filter((name) => name !== 'graphqlPages');

test(`${RUNS} clients that change transports and nodes miss nothing and see nothing twice`, (t) =>
  wander(t, { servers: nodes, runs: RUNS, transports: waiting }));
