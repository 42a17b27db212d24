// Nodes are killed under load, one after the other, at random. For more rounds:
// ROTACAST_ROUNDS=100 node --test cluster_node_kills.test.mjs
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { joined, startCluster } from './support/cluster.mjs';
import { Load } from './support/cluster_load.mjs';

const ROUNDS = Number(process.env.ROTACAST_ROUNDS ?? 4);

test('people of a killed node go on at another from their cursors, without a gap', async (t) => {
  const { nodes, stop } = await startCluster(3, {
    settings: { 'limits.upgrades_per_second': 0, 'limits.connections_per_user': 0 },
  });
  const load = new Load(nodes);
  try {
    await load.start();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const node = nodes[randomInt(nodes.length)];
      await load.reachesEverybody();
      node.signal('SIGKILL');
      await node.exited();
      await pause(200);
      await node.start();
      await Promise.all(nodes.map(joined));
    }
    await load.stopPublishing();
    await load.check();
    const disconnected = load.followers.reduce((sum, follower) => sum + follower.disconnected, 0);
    assert.ok(disconnected >= ROUNDS, `${disconnected} connections broke`);
    for (const { gaps } of load.followers) assert.deepEqual(gaps, []);
    t.diagnostic(`${load.answered.size} events; ${disconnected} connections went on at another node`);
  } finally {
    await load.stop();
    await stop();
  }
});
