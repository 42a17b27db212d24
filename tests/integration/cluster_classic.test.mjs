// Clients of the original's protocol on several nodes: their subscriptions belong to the user.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { joined, startCluster } from './support/cluster.mjs';
import { eventually } from './support/process.mjs';

const { redis, nodes, stop } = await startCluster(2, { users: { admin: 'admin', ann: 'resident' } });
const [first, second] = nodes;
after(stop);
afterEach(() => Promise.all(nodes.map((node) => node.closeClients())));

let events = 0;
/** Publishes events about a schedule until this client has been sent one. */
async function becomesWatcher(client, schedule_id) {
  let arrived = false;
  const next = client.nextJson().then((event) => {
    arrived = true;
    assert.equal(event.schedule_id, schedule_id);
  });
  await eventually(async () => {
    events += 1;
    await nodes[events % 2].broadcast('schedule_updated', { schedule_id, update_type: 'modified' });
    assert.ok(arrived);
  });
  await next;
}

test('a subscription on one node counts for the connections of the user on another', async () => {
  const schedule = randomUUID();
  const [here, there] = await Promise.all(nodes.map((node) => node.connect('ann')));
  await here.watchSchedule(schedule);
  await becomesWatcher(there, schedule);
});

test('it lasts until the last connection to any node is closed', async () => {
  const schedule = randomUUID();
  const [here, there] = await Promise.all(nodes.map((node) => node.connect('ann')));
  await here.watchSchedule(schedule);
  await becomesWatcher(there, schedule);
  await here.close();
  await becomesWatcher(await first.connect('ann'), schedule);
});

test('it is there again after Redis was restarted without its data', async () => {
  const schedule = randomUUID();
  const here = await first.connect('ann');
  await redis.kill();
  await here.watchSchedule(schedule);
  await redis.start();
  await Promise.all(nodes.map(joined));
  await becomesWatcher(await second.connect('ann'), schedule);
});

async function reported(node) {
  const headers = { authorization: `Bearer ${await node.token('admin')}` };
  const { connections, dead_letters, nodes: rows } = await (await node.request('/api/v1/nodes', { headers })).json();
  return {
    connections,
    dead_letters,
    rows: rows.map((row) => [row.connections, row.dead_letters]).sort(),
  };
}

test('every node says how many connections and dead letters each has', async () => {
  const clients = await Promise.all([first, first, second].map((node) => node.connect('ann')));
  for (const node of nodes)
    await eventually(async () => assert.deepEqual(await reported(node), { connections: 3, dead_letters: 0, rows: [[1, 0], [2, 0]] }));
  await Promise.all(clients.map((client) => client.close()));
  const headers = { authorization: `Bearer ${await first.token('admin')}` };
  const made = await first.post('/api/v1/webhooks', { name: 'inside', url: 'http://localhost:9/' }, headers);
  assert.equal(made.status, 201, made.text);
  await second.broadcast('schedule_updated', { schedule_id: randomUUID(), update_type: 'modified' });
  for (const node of nodes)
    await eventually(async () => assert.deepEqual(await reported(node), { connections: 0, dead_letters: 1, rows: [[0, 0], [0, 1]] }));
});
