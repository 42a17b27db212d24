// Presence of a whole cluster: every node shows the people of all.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { joined, startCluster } from './support/cluster.mjs';
import { eventually } from './support/process.mjs';
import { asked, connect } from './support/v1.mjs';

const users = { watcher: 'admin', ann: 'resident', bob: 'rn' };
const { redis, nodes, stop } = await startCluster(2, {
  users,
  settings: {
    'presence.grace_s': 0, 'presence.lease_s': 30, 'websocket.ping_interval_s': 1, 'websocket.idle_timeout_s': 3,
  },
});
const [first, second] = nodes;
after(stop);

const idOf = Object.fromEntries(Object.keys(users).map((name) => [name, first.user(name).id]));

async function rosterOf(node) {
  const headers = { authorization: `Bearer ${await node.token('watcher')}` };
  const response = await node.request('/api/v1/presence', { headers });
  assert.equal(response.status, 200);
  return (await response.json()).users.map(({ user_id: id, status, active_page: page }) => ({ id, status, page }));
}
const rosterBecomes = (node, roster) => eventually(async () => assert.deepEqual(await rosterOf(node), roster));

afterEach(async () => {
  await Promise.all(nodes.map((node) => node.closeClients()));
  await Promise.all(nodes.map((node) => rosterBecomes(node, [])));
});

async function appear(node, name, status = 'online', more = {}) {
  const client = await connect(node, name);
  await asked(client, { action: 'presence', status, ...more }, []);
  return client;
}

async function watch(node) {
  const client = await connect(node, 'watcher');
  await asked(client, { action: 'watch_presence' }, ['roster']);
  return client;
}

async function assertNotice(client, name, status, page = null) {
  const notice = await client.nextJson();
  assert.deepEqual(
    [notice.event_type, notice.user_id, notice.status, notice.active_page], ['presence', idOf[name], status, page],
  );
}

test('a change on one node is told on another, and is in its roster', async () => {
  const watcher = await watch(second);
  const ann = await appear(first, 'ann', 'online', { page: '/swaps' });
  await assertNotice(watcher, 'ann', 'online', '/swaps');
  await rosterBecomes(second, [{ id: idOf.ann, status: 'online', page: '/swaps' }]);
  await asked(ann, { action: 'presence', status: 'away', page: null }, []);
  await assertNotice(watcher, 'ann', 'away');
  await ann.close();
  await assertNotice(watcher, 'ann', 'offline');
});

test('a user on two nodes is one person, who leaves once', async () => {
  const watcher = await watch(second);
  const here = await appear(first, 'ann');
  await assertNotice(watcher, 'ann', 'online');
  const there = await appear(second, 'ann');
  await rosterBecomes(first, [{ id: idOf.ann, status: 'online', page: null }]);
  await here.close();
  const bob = await appear(first, 'bob');
  await assertNotice(watcher, 'bob', 'online'); // and nothing of ann
  await there.close();
  await assertNotice(watcher, 'ann', 'offline');
  await bob.close();
  await assertNotice(watcher, 'bob', 'offline');
});

test('Redis is restarted without its data: everybody is there again', async () => {
  const watcher = await watch(second);
  const ann = await appear(first, 'ann');
  await assertNotice(watcher, 'ann', 'online');
  await redis.kill();
  await redis.start();
  await Promise.all(nodes.map(joined));
  await appear(first, 'bob');
  await assertNotice(watcher, 'bob', 'online'); // and nothing of ann
  await ann.close();
  await assertNotice(watcher, 'ann', 'offline');
});

test('the people of a node that is killed leave once, when its lease is over', async () => {
  const watcher = await watch(second);
  await appear(first, 'ann');
  await assertNotice(watcher, 'ann', 'online');
  first.signal('SIGKILL');
  await first.exited();
  await assertNotice(watcher, 'ann', 'offline');
  await first.start();
  await joined(first);
  await appear(first, 'bob');
  await assertNotice(watcher, 'bob', 'online');
});
