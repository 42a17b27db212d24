// Several servers on one Redis: one order, the same cursors on all, and what happens without Redis.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { after, afterEach, test } from 'node:test';
import { joined, readiness, startCluster } from './support/cluster.mjs';
import { eventually, must } from './support/process.mjs';
import { TRANSPORTS } from './support/transports.mjs';
import { connect, cursorIn, numberOf, numberedEvent, range, resume, subscribe } from './support/v1.mjs';

const { redis, nodes, stop } = await startCluster(3);
const [first, second, third] = nodes;
after(stop);
afterEach(() => Promise.all(nodes.map((node) => node.closeClients())));

const publishOn = async (node, schedule, n) => (await node.publish(numberedEvent(schedule, n))).events[0];

async function watch(node, schedule) {
  const client = await connect(node);
  const { cursor } = await subscribe(client, { schedules: [schedule] });
  return Object.assign(client, { cursor });
}

/** The next `count` events of a client: [cursor, number, event id]. */
async function received(client, count) {
  const seen = [];
  while (seen.length < count) {
    const message = await client.nextJson();
    seen.push([cursorIn(message), numberOf(message), message.event_id]);
  }
  return seen;
}

test('an event that is published anywhere is seen everywhere, once, in one order', async () => {
  const schedule = randomUUID();
  const clients = await Promise.all(nodes.map((node) => watch(node, schedule)));
  await Promise.all(range(1, 90).map((n) => publishOn(nodes[n % 3], schedule, n)));
  const seen = await Promise.all(clients.map((client) => received(client, 90)));
  assert.deepEqual(seen[1], seen[0]);
  assert.deepEqual(seen[2], seen[0]);
  assert.deepEqual(seen[0].map(([, n]) => n).sort((a, b) => a - b), range(1, 90));
});

test('a cursor of one node is resumed on another', async () => {
  const schedule = randomUUID();
  const client = await watch(first, schedule);
  await publishOn(second, schedule, 1);
  const [[cursor]] = await received(client, 1);
  await client.close();
  for (const n of range(2, 20)) await publishOn(nodes[n % 3], schedule, n);
  const returned = await connect(third);
  await eventually(async () => {
    const { behind } = (await nodesOf(third)).nodes.find(({ answering }) => answering);
    assert.equal(behind, 0);
  });
  const outcome = await resume(returned, cursor, { schedules: [schedule] });
  assert.deepEqual(outcome.gaps, []);
  assert.equal(outcome.resumed.recovered, true);
  assert.deepEqual(outcome.events.map(numberOf), range(2, 20));
});

test('the same idempotency key, a hundred times at once on two nodes: one event', async () => {
  const schedule = randomUUID();
  const client = await watch(third, schedule);
  const key = randomUUID();
  const event = numberedEvent(schedule, 1);
  const answers = await Promise.all(range(1, 100).map((n) =>
    nodes[n % 2].publish(event, { 'idempotency-key': key })));
  assert.equal(new Set(answers.map(({ events }) => events[0].event_id)).size, 1);
  assert.equal(answers.filter(({ events }) => !events[0].duplicate).length, 1);
  assert.equal((await received(client, 1))[0][1], 1);
  await third.assertNothingElse(client);
});

async function nodesOf(node) {
  const response = await node.request('/api/v1/nodes', {
    headers: { authorization: `Bearer ${await node.token('admin')}` },
  });
  assert.equal(response.status, 200);
  return response.json();
}

test('every node lists all of them', async () => {
  for (const node of nodes) {
    await eventually(async () => {
      const { ordered, nodes: rows } = await nodesOf(node);
      assert.equal(ordered, true);
      assert.equal(rows.length, 3);
      assert.equal(rows.filter(({ answering }) => answering).length, 1);
      assert.ok(rows.every((row) => row.joined), JSON.stringify(rows));
    });
  }
  const ids = await Promise.all(nodes.map(async (node) => (await nodesOf(node)).nodes.map(({ id }) => id).sort()));
  assert.deepEqual(ids[1], ids[0]);
  fs.writeFileSync(first.file('token'), await first.token('admin'), { mode: 0o600 });
  const table = await must(['nodes', '--url', first.url, '--token-file', first.file('token')]);
  assert.equal(table.trim().split('\n').length, 4);
});

test('without Redis every node shows its events to its own people; when it is back, to all others', async () => {
  const schedule = randomUUID();
  const clients = await Promise.all(nodes.map((node) => watch(node, schedule)));
  await redis.kill();
  await Promise.all(nodes.map((node) => eventually(async () => {
    const { status, reason } = await readiness(node);
    assert.equal(status, 'degraded');
    assert.match(reason, /Redis/);
  })));
  for (const n of range(1, 30)) {
    const { ordered } = await publishOn(nodes[n % 3], schedule, n);
    assert.equal(ordered, false);
  }
  const ownOf = (node) => range(1, 30).filter((n) => n % 3 === node);
  for (const node of [0, 1, 2]) {
    const early = await received(clients[node], 10);
    assert.deepEqual(early.map(([, n]) => n), ownOf(node));
    assert.ok(early.every(([cursor]) => cursor === clients[node].cursor), 'who returns with it misses nothing');
  }
  await redis.start();
  await Promise.all(nodes.map(joined));
  const later = await Promise.all(clients.map((client) => received(client, 20)));
  const returned = await connect(first);
  const { events } = await resume(returned, clients[0].cursor, { schedules: [schedule] });
  const order = events.map(numberOf);
  assert.deepEqual([...order].sort((a, b) => a - b), range(1, 30));
  for (const node of [0, 1, 2]) {
    const others = order.filter((n) => n % 3 !== node);
    assert.deepEqual(later[node].map(([, n]) => n), others, 'in the common order, without its own');
    assert.deepEqual(order.filter((n) => n % 3 === node), ownOf(node), 'in the order of their publishing');
  }
  await first.assertNothingElse(...clients);
});

const duty = (person_id) => ({
  event_type: 'AssignmentCreated', assignment_id: randomUUID(), person_id, schedule_id: randomUUID(), block_id: randomUUID(),
  rotation_id: randomUUID(), role: 'primary', created_by: randomUUID(),
});

test('on every transport, what was shown without Redis is not shown again', async () => {
  const person = randomUUID();
  const token = await first.token('admin');
  const { cursor } = await subscribe(await connect(first), {});
  const classic = await first.connect('admin');
  await classic.watchPerson(person);
  const readers = [{ next: async () => ({ id: (await classic.nextJson()).assignment_id }) }];
  for (const [name, follow] of Object.entries(TRANSPORTS))
    if (name !== 'graphqlPages') readers.push(await follow({ server: first, token, person, cursor }));
  const read = async (count) => Promise.all(readers.map(async (reader) => {
    const ids = [];
    while (ids.length < count) ids.push((await reader.next()).id);
    return ids;
  }));
  const publish = async (node, count) => {
    const duties = range(1, count).map(() => duty(person));
    for (const one of duties) await node.publish(one);
    return duties.map(({ assignment_id }) => assignment_id);
  };
  const before = await publish(first, 1);
  for (const ids of await read(1)) assert.deepEqual(ids, before);
  await redis.kill();
  await eventually(async () => assert.equal((await readiness(first)).status, 'degraded'));
  const alone = await publish(first, 5);
  for (const ids of await read(5)) assert.deepEqual(ids, alone);
  await redis.start();
  await Promise.all(nodes.map(joined));
  const later = await publish(first, 2);
  for (const ids of await read(2)) assert.deepEqual(ids, later);
  for (const { drop } of readers) await drop?.();
});

test('a node that was killed goes on where it was', async () => {
  const schedule = randomUUID();
  const client = await watch(first, schedule);
  await publishOn(first, schedule, 1);
  second.signal('SIGKILL');
  await second.exited();
  for (const n of range(2, 10)) await publishOn(third, schedule, n);
  const seen = await received(client, 10);
  await second.start();
  await joined(second);
  const returned = await connect(second);
  await eventually(async () => {
    const { behind } = (await nodesOf(second)).nodes.find(({ answering }) => answering);
    assert.equal(behind, 0);
  });
  const outcome = await resume(returned, seen[0][0], { schedules: [schedule] });
  assert.deepEqual(outcome.events.map((message) => message.cursor), seen.slice(1).map(([cursor]) => cursor));
});
