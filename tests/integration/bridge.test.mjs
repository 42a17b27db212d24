// The original's Redis channels, in and out, on two nodes (docs/redis.md; wire specification §4.6).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { dumps, Float, publishOn, redisCli, Subscriber } from './support/channels.mjs';
import { startCluster } from './support/cluster.mjs';
import { GraphqlClient, subscription } from './support/graphql.mjs';
import { eventually } from './support/process.mjs';
import { streamsOf, take } from './support/streams.mjs';
import { connect, subscribe } from './support/v1.mjs';

const { redis, nodes, stop } = await startCluster(2, { settings: { 'redis.bridge': 'both' } });
const [first, second] = nodes;
after(stop);
await Promise.all(nodes.map((node) => node.counted('bridge_connections', 2)));

const subscribers = [];
const graphqlClients = [];
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.closeClients()));
  await Promise.all(graphqlClients.splice(0).map((client) => client.close()));
  await Promise.all(subscribers.splice(0).map((subscriber) => subscriber.close()));
});

async function listen(...channels) {
  const subscriber = await Subscriber.on(redis, channels);
  subscribers.push(subscriber);
  return subscriber;
}

async function watching(node, field) {
  const client = new GraphqlClient(node, { connectionParams: { token: await node.token('admin') } });
  graphqlClients.push(client);
  return client.watching(subscription(field));
}

// The original's times have microseconds; so do ours, which are whole milliseconds.
const stamp = () => `${new Date().toISOString().slice(0, -1)}456`;
const inMilliseconds = (time) => `${time.slice(0, 23)}Z`;

/** What the original's six helpers send, in their order of keys, and what our clients get of it. */
const KINDS = [
  {
    channel: 'graphql:schedule:updates', event: 'schedule_updated', field: 'scheduleUpdates',
    payload: () => ({ schedule_id: null, academic_year_id: null, user_id: randomUUID(), update_type: 'generated', affected_blocks_count: 3, message: 'héé', timestamp: stamp() }),
    person: () => undefined,
  },
  {
    channel: 'graphql:assignment:updates', event: 'assignment_changed', field: 'assignmentUpdates',
    payload: () => ({ assignment_id: randomUUID(), person_id: randomUUID(), block_id: randomUUID(), rotation_template_id: null, change_type: 'created', changed_by: null, message: '', timestamp: stamp() }),
    person: ({ person_id: id }) => id,
  },
  {
    channel: 'graphql:swap:requests', event: 'swap_requested', field: 'swapRequests', notClassic: ['status'],
    payload: () => ({ swap_id: randomUUID(), requester_id: randomUUID(), target_person_id: randomUUID(), swap_type: 'one_to_one', status: 'pending', affected_assignments: [randomUUID(), randomUUID()], message: '😀 "q"', timestamp: stamp() }),
    person: ({ target_person_id: id }) => id,
  },
  {
    channel: 'graphql:swap:approvals', event: 'swap_approved', field: 'swapApprovals', notClassic: ['status', 'swap_type'],
    payload: () => ({ swap_id: randomUUID(), requester_id: randomUUID(), target_person_id: null, swap_type: 'absorb', status: 'approved', approved_by: randomUUID(), affected_assignments: [], message: 'Swap approved', timestamp: stamp() }),
    person: ({ requester_id: id }) => id,
  },
  {
    channel: 'graphql:conflict:alerts', event: 'conflict_detected', field: 'conflictAlerts',
    payload: () => ({ conflict_id: null, person_id: randomUUID(), conflict_type: 'double_booking', severity: 'high', affected_blocks: [randomUUID()], message: '', timestamp: stamp() }),
    person: ({ person_id: id }) => id,
  },
  {
    channel: 'graphql:resilience:alerts', event: 'resilience_alert', field: 'resilienceAlerts',
    payload: () => ({ alert_type: 'utilization_high', severity: 'red', current_utilization: new Float('1.0'), defense_level: null, affected_persons: [randomUUID()], message: 'm', recommendations: ['rest', 'Zürich'], timestamp: stamp() }),
    person: () => undefined,
  },
];

const plain = (value) => JSON.parse(dumps(value));
const camel = (key) => key.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

const counts = () => Promise.all(nodes.map((node) => node.counters()));
const sum = (figures, name) => figures.reduce((total, one) => total + one[name], 0);

let published = 0;

function publish(channel, payload) {
  published += 1;
  return publishOn(redis, channel, payload);
}

/**
 * Waits until all that was published anywhere has gone out, and both nodes have judged all that they
 * heard. Returns what that has changed since `before`.
 */
function settled(before) {
  return eventually(async () => {
    const now = await counts();
    const position = Number(await redisCli(redis, ['HGET', '{rotacast}:bridge', 'offset']));
    assert.deepEqual(now.map((one) => one.journal_last), [position, position]);
    const heard = ['in_stored', 'in_repeated', 'in_own'].reduce((total, name) => total + sum(now, `bridge_${name}`), 0);
    assert.equal(heard, nodes.length * (published + sum(now, 'bridge_out_sent')));
    if (!before) return now;
    const since = (name) => sum(now, name) - sum(before, name);
    return { stored: since('bridge_in_stored'), sent: since('bridge_out_sent'), added: since('journal_last') / nodes.length };
  });
}

for (const { channel, event, field, notClassic = [], payload, person } of KINDS) {
  test(`what is published on ${channel} reaches clients of all nodes, once`, async () => {
    const fields = payload();
    const classic = await Promise.all(nodes.map((node) => node.connect('admin')));
    const watched = person(fields);
    if (watched) await Promise.all(classic.map((client) => client.watchPerson(watched)));
    const results = await Promise.all(nodes.map((node) => watching(node, field)));
    const before = await settled();
    assert.equal(await publish(channel, dumps(fields)), 2, 'both nodes listen');

    const { timestamp, ...rest } = plain(fields);
    for (const client of classic) {
      const { event_type: type, timestamp: time, ...shown } = await client.nextJson();
      assert.equal(type, event);
      assert.equal(time, inMilliseconds(timestamp));
      const expected = Object.fromEntries(Object.entries(rest).filter(([key]) => !notClassic.includes(key)));
      assert.deepEqual(shown, expected);
    }
    const seen = await Promise.all(results.map((one) => one.value()));
    for (const [key, value] of Object.entries(rest)) assert.deepEqual(seen[0][camel(key)], value, key);
    assert.deepEqual(seen[1], seen[0], 'the same event with the same cursor');

    const { stored, added, sent } = await settled(before);
    assert.equal(stored, 1, 'one of the nodes stored it');
    assert.equal(added, 1, 'and once');
    assert.equal(sent, 0, 'nobody sends it out');
    await first.assertNothingElse(...classic);
  });

  test(`an event that is published on any node goes out on ${channel}, once, to the letter`, async () => {
    const subscriber = await listen(channel);
    for (const node of nodes) {
      const fields = { ...payload(), timestamp: '2026-11-23T06:25:49.203' };
      const before = await settled();
      await node.broadcast(event, plain(fields));
      const expected = dumps({ ...fields, timestamp: '2026-11-23T06:25:49.203000' });
      assert.deepEqual(await subscriber.next(), { channel, payload: expected });
      const { stored, added, sent } = await settled(before);
      assert.equal(sent, 1);
      assert.equal(stored, 0, 'nobody takes it in');
      assert.equal(added, 1, 'nor does it come back');
    }
    assert.equal(subscriber.unread, 0);
  });
}

test('what came in is not sent out again', async () => {
  const channel = 'graphql:resilience:alerts';
  const subscriber = await listen(channel);
  const before = await settled();
  const payloads = Array.from({ length: 50 }, (_, i) =>
    dumps({ ...KINDS[5].payload(), message: `from the original ${i}` }));
  for (const payload of payloads) await publish(channel, payload);
  const ours = Array.from({ length: 50 }, (_, i) => ({ alert_type: 'n1_failure', severity: 'green', message: `ours ${i}` }));
  await Promise.all(ours.map((fields, i) => nodes[i % 2].broadcast('resilience_alert', fields)));
  const { stored, added, sent } = await settled(before);
  assert.deepEqual({ stored, added, sent }, { stored: 50, added: 100, sent: 50 });
  const heard = [];
  while (heard.length < 100) heard.push((await subscriber.next()).payload);
  assert.deepEqual(heard.slice(0, 50), payloads);
  assert.deepEqual(
    heard.slice(50).map((text) => JSON.parse(text).message).sort(),
    ours.map(({ message }) => message).sort(),
  );
  // What goes out goes in the journal's order, so nothing can be on its way behind this.
  await second.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'green', message: 'the end' });
  assert.equal(JSON.parse((await subscriber.next()).payload).message, 'the end');
});

test('a message that is published twice is one event, and so is one that both nodes hear', async () => {
  const fields = KINDS[5].payload();
  const before = await settled();
  for (let i = 0; i < 3; i += 1) await publish('graphql:resilience:alerts', dumps(fields));
  const { stored, added } = await settled(before);
  assert.equal(stored, 1);
  assert.equal(added, 1);
});

test('a domain event goes out as the client events that it causes', async () => {
  const subscriber = await listen('graphql:assignment:updates', 'graphql:swap:requests');
  const [swap, duty, from, to, block] = Array.from({ length: 5 }, () => randomUUID());
  await first.publish({
    event_type: 'AssignmentCreated', assignment_id: duty, person_id: from, block_id: block, created_by: randomUUID(),
    role: 'primary',
  });
  const created = JSON.parse((await subscriber.next()).payload);
  assert.equal(created.change_type, 'created');
  await second.publish({
    event_type: 'SwapExecuted', swap_id: swap, executed_by: randomUUID(), requester_id: from,
    assignment_changes: [{ assignment_id: duty, person_id: to }],
  });
  const changed = await subscriber.next();
  assert.equal(changed.channel, 'graphql:assignment:updates');
  assert.equal(JSON.parse(changed.payload).person_id, to);
  const ended = await subscriber.next();
  assert.equal(ended.channel, 'graphql:swap:requests');
  assert.equal(JSON.parse(ended.payload).status, 'executed');
});

test('clients of rotacast.v1, event streams and GraphQL get the same event of one message', async () => {
  const person = randomUUID();
  const streams = streamsOf(second);
  const client = await connect(first);
  await subscribe(client, { persons: [person] });
  const stream = await streams.openLive({ persons: [person] });
  const results = await watching(second, 'conflictAlerts');
  await publish('graphql:conflict:alerts', dumps({ ...KINDS[4].payload(), person_id: person }));
  const [record] = await take(stream, 1);
  const message = await client.nextJson();
  assert.deepEqual(record.data, message);
  assert.equal(message.event_type, 'conflict_detected');
  const { cursor, eventId } = await results.value();
  assert.deepEqual([cursor, eventId], [message.cursor, message.event_id]);
  await streams.closeAll();
});

test('a request that says how it ended is shown to GraphQL alone, because /ws has no status', async () => {
  const fields = { ...KINDS[2].payload(), status: 'rejected' };
  const classic = await first.connect('admin');
  await classic.watchPerson(fields.requester_id);
  const results = await watching(second, 'swapRequests');
  await publish('graphql:swap:requests', dumps(fields));
  assert.equal((await results.value()).status, 'rejected');
  await first.assertNothingElse(classic);
});
