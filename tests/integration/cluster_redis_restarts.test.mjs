// Redis is killed under load and returns with its data, without, and with an older snapshot. For more
// rounds of each: ROTACAST_ROUNDS=50 ROTACAST_REDIS_GONE_MS=10000 node --test cluster_redis_restarts.test.mjs
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { joined, Redis, startCluster } from './support/cluster.mjs';
import { Load } from './support/cluster_load.mjs';

const ROUNDS = Number(process.env.ROTACAST_ROUNDS ?? 2);
const GONE_MS = Number(process.env.ROTACAST_REDIS_GONE_MS ?? 500);

const returns = {
  'with its data': { options: { appendonly: 'yes' } },
  'without its data': {},
  'with an older snapshot': { before: (redis) => redis.save() },
};

for (const [how, { options = {}, before }] of Object.entries(returns)) {
  test(`Redis returns ${how}`, async (t) => {
    const { redis, nodes, stop } = await startCluster(3, { redis: new Redis(options) });
    const load = new Load(nodes);
    try {
      await load.start();
      const silences = [];
      for (let round = 1; round <= ROUNDS; round += 1) {
        await before?.(redis);
        await load.reachesEverybody();
        await redis.kill();
        await pause(GONE_MS);
        await redis.start();
        const since = Date.now();
        await Promise.all(nodes.map(joined));
        await load.reachesEverybody();
        silences.push(Date.now() - since);
      }
      await load.stopPublishing();
      await load.check();
      for (const { disconnected, gaps } of load.followers) {
        assert.equal(disconnected, 0);
        assert.deepEqual(gaps, []);
      }
      t.diagnostic(`${load.answered.size} events; all reached ${Math.max(...silences)} ms after the return at most`);
    } finally {
      await load.stop();
      await stop();
    }
  });
}
