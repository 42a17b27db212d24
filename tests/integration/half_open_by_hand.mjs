// Redis behind a network that loses every packet for a while, in a network namespace of its own; then a
// Redis that answers nothing for a second. Needs root and ip, so ./test does not run it:
// ROTACAST_BIN=../../build/test/rotacast node --test half_open_by_hand.mjs
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { joined, launchRedis, readiness, startCluster } from './support/cluster.mjs';
import { Load } from './support/cluster_load.mjs';
import { eventually, withPatience } from './support/process.mjs';

const ROUNDS = Number(process.env.ROTACAST_ROUNDS ?? 3);
const SPACE = `rotacast-${process.pid}`;
const ip = (...words) => execFileSync('ip', words);

/** A Redis in a namespace of its own, at the other end of a cable. */
const redis = {
  url: 'redis://10.77.0.2:6379/0',
  async start() {
    ip('netns', 'add', SPACE);
    ip('link', 'add', 'rota-here', 'type', 'veth', 'peer', 'name', 'rota-there', 'netns', SPACE);
    ip('addr', 'add', '10.77.0.1/24', 'dev', 'rota-here');
    ip('link', 'set', 'rota-here', 'up');
    ip('-n', SPACE, 'addr', 'add', '10.77.0.2/24', 'dev', 'rota-there');
    ip('-n', SPACE, 'link', 'set', 'rota-there', 'up');
    this.child = await launchRedis(6379, ['--bind', '10.77.0.2', '--protected-mode', 'no', '--save', ''],
      { within: ['ip', 'netns', 'exec', SPACE], host: '10.77.0.2' });
  },
  async stop() {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await withPatience(ended, 'the end of Redis');
    ip('netns', 'del', SPACE);
  },
};

test('a connection to Redis that is half-open, or slow, loses nothing', async (t) => {
  const { nodes, stop } = await startCluster(3, { redis });
  const load = new Load(nodes);
  try {
    await load.start();
    const silences = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      ip('-n', SPACE, 'link', 'set', 'rota-there', 'down');
      await Promise.all(nodes.map((node) => eventually(async () => {
        assert.equal((await readiness(node)).status, 'degraded');
      })));
      await pause(3_000);
      ip('-n', SPACE, 'link', 'set', 'rota-there', 'up');
      const since = Date.now();
      await Promise.all(nodes.map(joined));
      await load.reachesEverybody();
      silences.push(Date.now() - since);
      redis.child.kill('SIGSTOP');
      await pause(1_000);
      redis.child.kill('SIGCONT');
      await load.reachesEverybody();
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
