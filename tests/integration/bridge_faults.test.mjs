// The bridge to the original's channels when something is wrong: bad messages, a Redis that is gone,
// a node that is killed, missing rights (docs/redis.md).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { dumps, publishOn, redisCli, Subscriber } from './support/channels.mjs';
import { joined, readiness, startCluster } from './support/cluster.mjs';
import { blocksOf } from './support/documents.mjs';
import { eventually, run } from './support/process.mjs';

const ALERTS = 'graphql:resilience:alerts';
const SWAPS = 'graphql:swap:requests';
const CONFLICTS = 'graphql:conflict:alerts';

/** A cluster for one test. `bridged`: what --redis-bridge is set to. */
async function withCluster(count, bridged, settings, play) {
  const cluster = await startCluster(count, {
    settings: async (redis) => ({ 'redis.bridge': bridged, ...(await settings?.(redis)) }),
  });
  const connections = bridged === 'both' ? 2 : 1;
  try {
    await play({ ...cluster, connected: () => Promise.all(cluster.nodes.map((node) => node.counted('bridge_connections', connections))) });
  } finally {
    await cluster.stop();
  }
}

const alert = (message) => ({ alert_type: 'n1_failure', severity: 'green', message });
const messageOf = ({ payload }) => JSON.parse(payload).message;

test('what is no event is shown to nobody, counted, and named in the log without its content', () =>
  withCluster(1, 'in', undefined, async ({ redis, nodes: [node], connected }) => {
    await connected();
    const client = await node.connect('admin');
    const person = randomUUID();
    const table = [
      [ALERTS, 'in_bad_json', 'geheim'],
      [ALERTS, 'in_bad_json', '{"message": "geheim"'],
      [ALERTS, 'in_bad_json', '{"current_utilization": NaN, "message": "geheim"}'],
      [ALERTS, 'in_bad_json', Buffer.from('{"message": "geheim\xff"}', 'latin1')],
      [ALERTS, 'in_invalid_field', '["geheim"]'],
      [ALERTS, 'in_invalid_field', '{"message": {"geheim": 1}}'],
      [SWAPS, 'in_missing_field', `{"requester_id": "${person}", "message": "geheim"}`],
      [CONFLICTS, 'in_invalid_field', '{"person_id": "geheim"}'],
      [ALERTS, 'in_too_large', `{"message": "${'geheim'.repeat(200_000)}"}`],
    ];
    const expected = {};
    for (const [channel, count, payload] of table) {
      await publishOn(redis, channel, payload);
      expected[`bridge_${count}`] = (expected[`bridge_${count}`] ?? 0) + 1;
    }
    await publishOn(redis, ALERTS, dumps({ ...alert('good'), severity: 'purple' }));
    assert.equal((await client.nextJson()).message, 'good', 'the first that anybody is shown');
    const counters = await node.counters();
    for (const [name, count] of Object.entries(expected)) assert.equal(counters[name], count, name);
    assert.equal(counters.bridge_in_unusual, 1);
    assert.equal(counters.bridge_disconnects, 0);
    assert.equal(counters.journal_last, 1);
    assert.match(node.output, /a message of graphql:swap:requests is not shown: \/swap_id: .+missing_field/);
    assert.match(node.output, /a message of graphql:resilience:alerts is unusual: \/severity is none of green/);
    assert.doesNotMatch(node.output, /geheim/);
  }));

test('a message of 50 MB is not shown; the bridge goes on', () =>
  withCluster(1, 'in', undefined, async ({ redis, nodes: [node], connected }) => {
    await connected();
    const client = await node.connect('admin');
    const huge = `{"message": "${'x'.repeat(50 * 1024 * 1024)}"}`;
    // As Redis is delivered, it cuts the connection.
    await publishOn(redis, ALERTS, huge);
    await node.counted('bridge_disconnects');
    await connected();
    assert.match(node.output, /does not hear the original's channels.+client-output-buffer-limit pubsub/);
    // Without its bound, the message arrives and is refused.
    await redisCli(redis, ['CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 0 0 0']);
    await publishOn(redis, ALERTS, huge);
    await node.counted('bridge_in_too_large');
    await publishOn(redis, ALERTS, dumps(alert('after')));
    assert.equal((await client.nextJson()).message, 'after');
    assert.equal((await node.counters()).bridge_disconnects, 1);
  }));

test('a burst that is faster than the journal is stored completely', () =>
  withCluster(1, 'in', undefined, async ({ redis, nodes: [node], connected }) => {
    await connected();
    const count = 22_000; // more than the journal's queue takes
    const words = (i) => ['PUBLISH', ALERTS, dumps({ ...alert(`${i}`), timestamp: '2026-11-23T06:25:49.203316' })];
    const commands = Array.from({ length: count }, (_, i) =>
      `*3\r\n${words(i).map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`);
    await redisCli(redis, [], commands.join(''), ['--pipe']);
    // As long as it goes on: how fast does not matter here.
    for (let stored = 1_000; stored <= count; stored += 1_000) await node.counted('bridge_in_stored', stored);
    const counters = await node.counters();
    assert.equal(counters.journal_last, count);
    assert.equal(counters.bridge_in_lost, 0);
  }));

test('after an absence of Redis both directions go on', () =>
  withCluster(2, 'both', undefined, async ({ redis, nodes, connected }) => {
    await connected();
    const client = await nodes[0].connect('admin');
    // Not one of ours: this Redis forgets everything, so what one of the nodes has sent just before
    // may be sent again by the other.
    await publishOn(redis, ALERTS, dumps(alert('before')));
    assert.equal((await client.nextJson()).message, 'before');
    await redis.kill();
    await Promise.all(nodes.map((node) => eventually(async () => assert.equal((await readiness(node)).status, 'degraded'))));
    await redis.start();
    // A subscriber of the original's, which is back before the nodes are.
    const subscriber = await Subscriber.on(redis, [ALERTS]);
    await Promise.all(nodes.map(joined));
    await connected();
    for (const [i, node] of nodes.entries()) await node.broadcast('resilience_alert', alert(`after ${i}`));
    for (const i of [0, 1]) assert.equal(messageOf(await subscriber.next()), `after ${i}`);
    await publishOn(redis, ALERTS, dumps(alert('from the original')));
    assert.equal(messageOf(await subscriber.next()), 'from the original');
    const shown = [];
    while (shown.length < 3) shown.push((await client.nextJson()).message);
    assert.deepEqual(shown, ['after 0', 'after 1', 'from the original']);
    await subscriber.close();
  }));

test('what is taken while Redis is gone goes out once when it is back', () =>
  withCluster(2, 'out', undefined, async ({ redis, nodes, connected }) => {
    await connected();
    await redis.kill();
    await Promise.all(nodes.map((node) => eventually(async () => assert.equal((await readiness(node)).status, 'degraded'))));
    for (let i = 0; i < 20; i += 1) await nodes[i % 2].broadcast('resilience_alert', alert(`${i}`));
    await redis.start();
    const subscriber = await Subscriber.on(redis, [ALERTS]);
    const heard = [];
    while (heard.length < 20) heard.push(Number(messageOf(await subscriber.next())));
    assert.deepEqual([...heard].sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i));
    await nodes[0].broadcast('resilience_alert', alert('the end'));
    assert.equal(messageOf(await subscriber.next()), 'the end', 'nothing went out twice');
    await subscriber.close();
  }));

test('a node that is killed leaves its part to the other: everything goes out once, in order', () =>
  withCluster(2, 'out', undefined, async ({ redis, nodes: [one, other], connected }) => {
    await connected();
    const subscriber = await Subscriber.on(redis, [ALERTS]);
    for (let i = 0; i < 200; i += 1) {
      await other.broadcast('resilience_alert', alert(`${i}`));
      if (i === 100) one.signal('SIGKILL');
    }
    const heard = [];
    while (heard.length < 200) heard.push(Number(messageOf(await subscriber.next())));
    assert.deepEqual(heard, Array.from({ length: 200 }, (_, i) => i));
    await one.exited();
    await one.start();
    await joined(one);
    await one.broadcast('resilience_alert', alert('the end'));
    assert.equal(messageOf(await subscriber.next()), 'the end');
    await subscriber.close();
  }));

test('only the channels that are named are bridged, under their prefix', () =>
  withCluster(1, 'both', () => ({ 'redis.bridge_channels': ALERTS, 'redis.bridge_channel_prefix': 'ward3:' }),
    async ({ redis, nodes: [node], connected }) => {
      await connected();
      const subscriber = await Subscriber.on(redis, [`ward3:${ALERTS}`, ALERTS, `ward3:${CONFLICTS}`]);
      const client = await node.connect('admin');
      assert.equal(await publishOn(redis, ALERTS, dumps(alert('elsewhere'))), 1, 'the subscriber alone');
      await publishOn(redis, `ward3:${ALERTS}`, dumps(alert('here')));
      assert.equal((await client.nextJson()).message, 'here');
      await node.broadcast('conflict_detected', { person_id: randomUUID(), conflict_type: 'double_booking', severity: 'low' });
      await node.broadcast('resilience_alert', alert('ours'));
      for (const message of ['elsewhere', 'here']) assert.equal(messageOf(await subscriber.next()), message);
      assert.deepEqual(messageOf(await subscriber.next()), 'ours', 'the conflict did not go out');
      await subscriber.close();
    }));

// --- rights

const [order, channels] = blocksOf('docs/redis.md')
  .filter(({ text }) => text.startsWith('ACL SETUSER')).map(({ text }) => text.split(' '));

const asUser = (...lines) => async (redis) => {
  for (const line of lines) assert.equal(await redisCli(redis, line), 'OK');
  return { 'redis.url': redis.url.replace('//', '//rotacast:PASSWORD@') };
};

test('it needs no more rights than documented', () =>
  withCluster(1, 'both', asUser(order, channels), async ({ redis, nodes: [node], connected }) => {
    await connected();
    const subscriber = await Subscriber.on(redis, [ALERTS]);
    const client = await node.connect('admin');
    await publishOn(redis, ALERTS, dumps(alert('in')));
    assert.equal((await client.nextJson()).message, 'in');
    await node.broadcast('resilience_alert', alert('out'));
    for (const message of ['in', 'out']) assert.equal(messageOf(await subscriber.next()), message);
    await subscriber.close();
  }));

test('without the right to listen it says so, and the cluster does without', () =>
  withCluster(1, 'in', asUser(order), async ({ nodes: [node] }) => {
    await eventually(() => assert.match(node.output, /does not hear the original's channels.+lacks a right: docs\/redis.md/));
    const client = await node.connect('admin');
    await node.assertNothingElse(client);
  }));

test('without the right to publish on a channel it says so and waits for it', () =>
  withCluster(1, 'out', asUser(order, channels.map((word) => (word.startsWith('&') ? '&other:*' : word))),
    async ({ redis, nodes: [node], connected }) => {
      await connected();
      const subscriber = await Subscriber.on(redis, [ALERTS]);
      await node.broadcast('resilience_alert', alert('held up'));
      await node.counted('bridge_out_refused');
      assert.match(node.output, /cannot send to one of the original's channels.+lacks a right/);
      assert.equal(await redisCli(redis, channels), 'OK');
      assert.equal(messageOf(await subscriber.next()), 'held up');
      await subscriber.close();
    }));

// --- settings

for (const [flags, words] of [
  [['--redis-bridge', 'in'], /redis.bridge needs the Redis that has the channels: set redis.url/],
  [['--redis-bridge', 'in', '--redis-url', 'redis://127.0.0.1', '--redis-bridge-channels', 'graphql:user:presence'], /redis.bridge_channels has a channel that is not bridged/],
  [['--redis-bridge', 'sideways'], /off, in, out|off\|in\|out\|both/],
]) {
  test(`check-config and serve refuse ${flags.join(' ')}`, async () => {
    for (const command of ['check-config', 'serve']) {
      const { code, stderr } = await run([command, ...flags]);
      assert.notEqual(code, 0);
      assert.match(stderr, words);
    }
  });
}
