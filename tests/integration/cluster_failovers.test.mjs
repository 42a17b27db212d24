// The sentinel fails over under load: by command, and because the primary was killed. For more rounds
// of each: ROTACAST_ROUNDS=50 node --test cluster_failovers.test.mjs
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from './support/cluster.mjs';
import { Load } from './support/cluster_load.mjs';
import { SentinelPair } from './support/sentinel.mjs';

const ROUNDS = Number(process.env.ROTACAST_ROUNDS ?? 1);

test('failovers lose nothing that a publisher was answered for', async (t) => {
  const redis = new SentinelPair();
  const { nodes, stop } = await startCluster(3, { redis });
  const load = new Load(nodes);
  try {
    await load.start();
    const silences = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const change of [() => redis.failOver(), () => redis.killPrimary()]) {
        await change();
        const since = Date.now();
        await load.reachesEverybody();
        silences.push(Date.now() - since);
      }
    }
    await load.stopPublishing();
    await load.check();
    let changes = 0;
    for (const { disconnected, gaps } of load.followers) {
      assert.equal(disconnected, 0);
      // A primary that is no longer one may have ordered something that nobody else has.
      assert.deepEqual(gaps.filter((reason) => reason !== 'epoch_changed'), []);
      changes = Math.max(changes, gaps.length);
    }
    t.diagnostic(`${load.answered.size} events, ${changes} changes of the epoch; all reached `
      + `${Math.max(...silences)} ms after a failover at most`);
  } finally {
    await load.stop();
    await stop();
  }
});
