// Subscribers of the bus run once per cluster: who has them is killed, leaves and returns, and Redis
// loses its data. For more rounds: ROTACAST_ROUNDS=50 node --test cluster_handlers.test.mjs
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, beforeEach, test } from 'node:test';
import { joined, startCluster } from './support/cluster.mjs';
import { eventually } from './support/process.mjs';
import { Receiver } from './support/receiver.mjs';
import { range } from './support/v1.mjs';
import { BASE, numbered, numbersOf, operatorOf } from './support/webhooks.mjs';

const ROUNDS = Number(process.env.ROTACAST_ROUNDS ?? 3);

const { redis, nodes, stop } = await startCluster(3, {
  settings: {
    'webhooks.allow_addresses': '127.0.0.1',
    'webhooks.retry_first_s': 1,
    'webhooks.retry_max_s': 1,
    'webhooks.retry_attempts': 100,
    'webhooks.pause_after_s': 0,
  },
});
after(stop);

let receiver;
beforeEach(async () => (receiver = await new Receiver().start()));
afterEach(() => receiver.kill());

const at = (node) => operatorOf(node, () => receiver);

const statusOn = async (node, name) => {
  const { body } = await at(node).ask('GET', '/api/v1/bus/stats');
  return body.subscribers.find((one) => one.name === `webhook:${name}`);
};

/** The node that runs the webhook, once there is one and nobody else does. */
async function holderOf(name) {
  let holder;
  await eventually(async () => {
    const states = await Promise.all(nodes.map(async (node) => (await statusOn(node, name))?.state));
    assert.deepEqual(states.filter((state) => state === 'active').length, 1, states.join());
    holder = nodes[states.indexOf('active')];
  });
  return holder;
}

/** Creates it on `node`; waits until all nodes list it. */
async function hookOn(node) {
  const name = `hook-${randomUUID().slice(0, 8)}`;
  await at(node).ask('POST', BASE, { name, url: receiver.url() });
  await Promise.all(nodes.map((other) => eventually(async () => {
    assert.equal((await at(other).ask('GET', `${BASE}/${name}`)).status, 200);
  })));
  return name;
}

/** Waits until Redis knows that everything was handled or waits for a retry. */
async function copied(holder, name) {
  await eventually(async () => {
    const { epoch, position, begun } = JSON.parse(await redis.command('HGET', `{rotacast}:duty:webhook:${name}`, 'record'));
    const status = await statusOn(holder, name);
    assert.deepEqual([`${epoch}.${position}`, begun, status.lag], [status.position, position, 0]);
  });
}

/** Accepted more than once: event ids. */
function repeated() {
  const ids = receiver.requests.filter(({ status }) => status < 300).map(({ body }) => body.event_id);
  return [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))];
}

const publishEverywhere = async (aggregates, numbers) => {
  for (const n of numbers) await nodes[n % nodes.length].publish(aggregates.flatMap((id) => numbered(id, [n])));
};

test('a webhook that was made on one node gets the events of all, each once and in order', async () => {
  const name = await hookOn(nodes[1]);
  const aggregates = range(1, 5).map(() => randomUUID());
  await publishEverywhere(aggregates, range(1, 30));
  await at(nodes[0]).accepted(150);
  for (const id of aggregates) assert.deepEqual(numbersOf(receiver.requests, id), range(1, 30));
  assert.deepEqual(repeated(), []);
  await at(nodes[2]).remove(name);
});

test('a webhook is changed and removed on any node', async () => {
  const name = await hookOn(nodes[0]);
  const aggregate = randomUUID();
  await publishEverywhere([aggregate], [1, 2]);
  await at(nodes[0]).accepted(2);
  const changed = await at(nodes[2]).ask('PATCH', `${BASE}/${name}`, { active: false });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  for (const node of nodes)
    await eventually(async () => assert.equal((await at(node).show(name)).progress.state, 'inactive'));
  await publishEverywhere([aggregate], [3]);
  await at(nodes[1]).ask('PATCH', `${BASE}/${name}`, { active: true });
  await at(nodes[0]).accepted(3);
  assert.deepEqual(numbersOf(receiver.requests, aggregate), [1, 2, 3]);
  await at(nodes[1]).remove(name);
  for (const node of nodes)
    await eventually(async () => assert.equal((await at(node).ask('GET', `${BASE}/${name}`)).status, 404));
});

test('where another node has the deliveries, an operator is told which', async () => {
  const name = await hookOn(nodes[0]);
  const holder = await holderOf(name);
  const other = nodes.find((node) => node !== holder);
  const { nodes: listed } = await (await other.request('/api/v1/nodes', {
    headers: { authorization: `Bearer ${await other.token('admin')}` } })).json();
  await eventually(async () => assert.match((await statusOn(other, name)).reason, /^Runs on node /));
  const refused = await at(other).ask('POST', `/api/v1/bus/subscriptions/webhook:${name}/pause`, { reason: 'x' });
  assert.equal(refused.status, 409);
  assert.ok(listed.some(({ id }) => JSON.stringify(refused.body).includes(id)), JSON.stringify(refused.body));
  await at(holder).remove(name);
});

test('another node goes on where one was killed, with its retries; nothing is lost or repeated', async (t) => {
  const name = await hookOn(nodes[0]);
  const aggregates = range(1, 6).map(() => randomUUID());
  let [n, kills, mayRepeat] = [0, 0, 0];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const [stuck] = aggregates;
    let refuse = true;
    receiver.answer = ({ body }) => (refuse && body.event.assignment_id === stuck ? 503 : 204);
    const holder = await holderOf(name);
    await publishEverywhere(aggregates, range(n + 1, n + 10));
    // All but the first aggregate's have arrived; those wait for a retry, or behind one.
    await at(holder).accepted(5 * (n + 10) + n);
    if (round % 2 === 1) {
      await redis.kill();
      await redis.start();
      await Promise.all(nodes.map(joined));
      assert.equal((await holderOf(name)).url, holder.url, 'whoever has it keeps it');
    }
    await copied(holder, name);
    mayRepeat += 1; // the retry that is in flight when the process ends
    holder.signal('SIGKILL');
    await holder.exited();
    kills += 1;
    refuse = false;
    const others = nodes.filter((node) => node !== holder);
    await at(others[0]).accepted(6 * (n + 10));
    await holder.start();
    await Promise.all(nodes.map(joined));
    n += 10;
  }
  for (const id of aggregates) assert.deepEqual(numbersOf(receiver.accepted, id), range(1, n));
  assert.ok(repeated().length <= mayRepeat, `${repeated().length} repeated`);
  t.diagnostic(`${6 * n} events, ${kills} kills, ${repeated().length} repeated`);
  await at(nodes[0]).remove(name);
});

test('a node that is killed under load costs at most what was in flight', async (t) => {
  const name = await hookOn(nodes[0]);
  const aggregates = range(1, 10).map(() => randomUUID());
  for (let round = 1; round <= ROUNDS; round += 1) {
    const holder = await holderOf(name);
    const others = nodes.filter((node) => node !== holder);
    const base = (round - 1) * 40;
    for (const n of range(base + 1, base + 20))
      await others[n % 2].publish(aggregates.flatMap((id) => numbered(id, [n])));
    holder.signal('SIGKILL');
    await holder.exited();
    for (const n of range(base + 21, base + 40))
      await others[n % 2].publish(aggregates.flatMap((id) => numbered(id, [n])));
    await at(others[0]).accepted(400 * round);
    await holder.start();
    await Promise.all(nodes.map(joined));
  }
  for (const id of aggregates) assert.deepEqual(numbersOf(receiver.accepted, id), range(1, 40 * ROUNDS));
  // What a node has started and not stored is bounded by its window.
  assert.ok(repeated().length <= 256 * ROUNDS, `${repeated().length} repeated`);
  t.diagnostic(`${400 * ROUNDS} events, ${ROUNDS} kills, ${repeated().length} repeated`);
  await at(nodes[0]).remove(name);
});
