// rotacast.v1: which events go to which connection, from when on, and how they are encoded.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { catalogue, identifiers, shortEvent } from './support/domain_events.mjs';
import { eventually } from './support/process.mjs';
import { startServer } from './support/server.mjs';
import {
  TIME, UUID, ask, asked, connect, cursorIn, numberOf, publishNumbered, range, resume, subscribe, update,
} from './support/v1.mjs';

const server = await startServer({ users: { admin: 'admin', coordinator: 'coordinator', resident: 'resident', promoted: 'rn' } });
after(() => server.stop());
afterEach(() => server.closeClients());

const A = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
const B = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
const C = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc';
const U = '11111111-1111-4111-8111-111111111111';
const T = '2025-12-30T14:23:45.123Z';

// --- encoding

/** The fields as published, and the start of the encoded event. */
const golden = {
  schedule_updated: [
    { schedule_id: A, academic_year_id: B, user_id: U, update_type: 'generated', affected_blocks_count: 730, message: 'Ü' },
    `"schedule_id":"${A}","academic_year_id":"${B}","user_id":"${U}","update_type":"generated","affected_blocks_count":730,"message":"Ü"`,
  ],
  assignment_changed: [
    { assignment_id: A, person_id: B, block_id: C, change_type: 'created' },
    `"assignment_id":"${A}","person_id":"${B}","block_id":"${C}","rotation_template_id":null,"change_type":"created","changed_by":null,"message":""`,
  ],
  swap_requested: [
    { swap_id: A, requester_id: B, target_person_id: C, swap_type: 'one_to_one', status: 'pending' },
    `"swap_id":"${A}","requester_id":"${B}","target_person_id":"${C}","swap_type":"one_to_one","affected_assignments":[],"message":""`,
  ],
  swap_approved: [
    { swap_id: A, requester_id: B, approved_by: U, affected_assignments: [C] },
    `"swap_id":"${A}","requester_id":"${B}","target_person_id":null,"approved_by":"${U}","affected_assignments":["${C}"],"message":""`,
  ],
  conflict_detected: [
    { conflict_id: A, person_id: B, conflict_type: 'double_booking', severity: 'high', affected_blocks: [C], message: 'x' },
    `"conflict_id":"${A}","person_id":"${B}","conflict_type":"double_booking","severity":"high","affected_blocks":["${C}"],"message":"x"`,
  ],
  resilience_alert: [
    { alert_type: 'n1_failure', severity: 'red', current_utilization: 1 },
    '"alert_type":"n1_failure","severity":"red","current_utilization":1.0,"defense_level":null,"affected_persons":[],"message":"","recommendations":[]',
  ],
};

for (const [kind, [fields, written]] of Object.entries(golden)) {
  test(`${kind}: the classic bytes, followed by event_id and cursor`, async () => {
    const client = await connect(server);
    const before = await subscribe(client, { schedules: [A], persons: [B] });
    const { events: [receipt] } = await server.broadcast(kind, { ...fields, timestamp: T });
    const text = await client.next();
    const event = JSON.parse(text);
    assert.equal(text, `{"event_type":"${kind}","timestamp":"${T}",${written},"event_id":"${event.event_id}","cursor":"${event.cursor}"}`);
    assert.equal(event.event_id, receipt.event_id);
    assert.match(event.event_id, UUID);
    assert.notEqual(cursorIn(event), before.cursor);
    await server.assertNothingElse(client);
  });
}

const solver = {
  solver_solution: {
    task_id: 'task-1', solution_num: 3, solution_type: 'progress', objective_value: 1.5, optimality_gap_pct: 2.5,
    progress_pct: 97.5, elapsed_seconds: 0.1, is_optimal: false,
  },
  solver_complete: {
    task_id: 'task-1', status: 'optimal', total_solutions: 4, final_assignment_count: 2, total_elapsed_seconds: 3.5,
    message: 'done',
  },
};
for (const [kind, fields] of Object.entries(solver)) {
  test(`${kind} goes to every connection that has subscribed, event_id and cursor last`, async () => {
    const clients = [await connect(server), await connect(server, 'resident')];
    for (const client of clients) await subscribe(client);
    await server.broadcast(kind, fields);
    for (const client of clients) {
      const event = await client.nextJson();
      assert.equal(event.event_type, kind);
      for (const [key, value] of Object.entries(fields)) assert.deepEqual(event[key], value, key);
      assert.deepEqual(Object.keys(event).slice(-2), ['event_id', 'cursor']);
    }
    await server.assertNothingElse(...clients);
  });
}

test('all connections get the same text of an event', async () => {
  const clients = [await connect(server), await connect(server), await connect(server, 'coordinator')];
  const schedule = randomUUID();
  for (const client of clients) await subscribe(client, { schedules: [schedule] });
  await update(server, schedule, 'same');
  const [text, ...others] = await Promise.all(clients.map((client) => client.next()));
  assert.deepEqual(others, [text, text]);
});

test('the classic protocol is unchanged beside it', async () => {
  const [client, classic] = [await connect(server), await server.connect('admin')];
  const schedule = randomUUID();
  await subscribe(client, { schedules: [schedule] });
  await classic.watchSchedule(schedule);
  await update(server, schedule, 'both');
  const { event_id, cursor, ...rest } = await client.nextJson();
  assert.match(event_id, UUID);
  assert.deepEqual(await classic.nextJson(), rest);
});

// --- start of the stream

const offsetOf = (cursor) => Number(cursor.split('.')[1]);

test('no events are sent before the first subscribe', async () => {
  const client = await connect(server);
  await client.barrier();
  await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red', message: 'too early' });
  await update(server, null, 'too early');
  await asked(client, { action: 'watch_presence' }, ['roster']);
  await asked(client, { action: 'unsubscribe' }, []);
  const { events: [late] } = await server.broadcast('schedule_updated', { update_type: 'modified', message: 'late' });
  const ack = await subscribe(client);
  // The publisher gets its response once the event is stored. A client that subscribes before it is
  // shown gets it after the ack.
  if (offsetOf(ack.cursor) < offsetOf(late.cursor)) assert.equal((await client.nextJson()).message, 'late');
  await server.assertNothingElse(client);
});

test('an event published after the ack arrives, and the ack\'s cursor is the position before it', async () => {
  const witness = await connect(server);
  await subscribe(witness);
  const schedule = randomUUID();
  for (let i = 0; i < 20; ++i) {
    const client = await connect(server);
    const { cursor } = await subscribe(client, { schedules: [schedule] });
    await publishNumbered(server, schedule, i, i);
    assert.equal(numberOf(await client.nextJson()), i);
    const other = await connect(server);
    const { events } = await resume(other, cursor, { schedules: [schedule] });
    assert.deepEqual(events.map(numberOf), [i], 'the same stands behind the cursor for others');
  }
});

test('the cursor of an ack advances with the events', async () => {
  const client = await connect(server);
  const first = cursorIn(await subscribe(client));
  assert.equal(cursorIn(await subscribe(client)), first, 'nothing happened');
  await update(server, null, 'something');
  const event = await client.nextJson();
  assert.equal(cursorIn(await subscribe(client)), event.cursor);
});

// --- recipients

test('subscriptions belong to the connection: two tabs differ', async () => {
  const [left, right] = [await connect(server), await connect(server)];
  const [one, two] = [randomUUID(), randomUUID()];
  await subscribe(left, { schedules: [one] });
  await subscribe(right, { schedules: [two] });
  await update(server, one, 'for the left');
  await update(server, two, 'for the right');
  assert.equal((await left.nextJson()).message, 'for the left');
  assert.equal((await right.nextJson()).message, 'for the right');
  await asked(left, { action: 'unsubscribe', schedules: [one, two] });
  await update(server, one, 'for nobody');
  await update(server, two, 'still for the right');
  assert.equal((await right.nextJson()).message, 'still for the right');
  await server.assertNothingElse(left, right);
});

test('a classic tab of the same user neither shares nor gets subscriptions', async () => {
  const [client, classic] = [await connect(server), await server.connect('admin')];
  const [one, two] = [randomUUID(), randomUUID()];
  await subscribe(client, { schedules: [one] });
  await classic.watchSchedule(two);
  classic.send({ action: 'unsubscribe_schedule', schedule_id: one });
  await classic.barrier();
  await update(server, one, 'v1');
  await update(server, two, 'classic');
  assert.equal((await client.nextJson()).message, 'v1');
  assert.equal((await classic.nextJson()).message, 'classic');
  await server.assertNothingElse(client, classic);
});

test('each spelling of subscribing and unsubscribing does the same', async () => {
  const client = await connect(server);
  const [schedule, person] = [randomUUID(), randomUUID()];
  const conflict = () => server.broadcast('conflict_detected', { person_id: person, conflict_type: 'x', severity: 'low' });
  const subscribing = [
    [{ action: 'subscribe', schedules: [schedule], persons: [person] }],
    [{ action: 'subscribe_schedule', schedule_id: schedule }, { action: 'subscribe_person', person_id: person }],
  ];
  const leaving = [
    [{ action: 'unsubscribe', schedules: [schedule], persons: [person] }],
    [{ action: 'unsubscribe_schedule', schedule_id: schedule }, { action: 'unsubscribe_person', person_id: person }],
  ];
  for (const enter of subscribing) {
    for (const leave of leaving) {
      for (const command of enter) await asked(client, command);
      await update(server, schedule, 'watched');
      await conflict();
      assert.equal((await client.nextJson()).message, 'watched');
      assert.equal((await client.nextJson()).event_type, 'conflict_detected');
      for (const command of leave) await asked(client, command);
      await update(server, schedule, 'not watched');
      await conflict();
      await server.assertNothingElse(client);
    }
  }
});

for (const kind of ['swap_requested', 'swap_approved']) {
  test(`${kind} goes to watchers of either party, and once to who watches both`, async () => {
    const [asking, target, both, neither] = await Promise.all(range(1, 4).map(() => connect(server)));
    const [requester_id, target_person_id] = [randomUUID(), randomUUID()];
    await subscribe(asking, { persons: [requester_id] });
    await subscribe(target, { persons: [target_person_id] });
    await subscribe(both, { persons: [requester_id, target_person_id] });
    await subscribe(neither, { persons: [randomUUID()] });
    const more = kind === 'swap_requested' ? { swap_type: 'one_to_one' } : { approved_by: U };
    await server.broadcast(kind, { swap_id: A, requester_id, target_person_id, ...more });
    for (const client of [asking, target, both]) assert.equal((await client.nextJson()).event_type, kind);
    await server.assertNothingElse(asking, target, both, neither);
  });
}

test('an event on a schedule and a person goes once to who watches both', async () => {
  const client = await connect(server);
  const who = identifiers();
  await subscribe(client, { schedules: [who.schedule], persons: [who.person] });
  await server.publish(shortEvent('AssignmentCreated', who));
  assert.equal((await client.nextJson()).event_type, 'assignment_changed');
  await server.assertNothingElse(client);
});

test('an executed swap is several events, each with an id and a cursor of its own', async () => {
  const client = await connect(server);
  const who = identifiers();
  const { cursor } = await subscribe(client, { persons: [who.person, who.target] });
  await server.publish(shortEvent('SwapExecuted', who));
  const events = [await client.nextJson(), await client.nextJson()];
  await server.assertNothingElse(client);
  for (const event of events) assert.equal(event.event_type, 'assignment_changed');
  assert.notEqual(events[0].event_id, events[1].event_id);
  const places = [cursor, ...events.map(cursorIn)];
  assert.equal(new Set(places).size, places.length);
  for (const [i, place] of places.entries()) {
    const { events: missed } = await resume(await connect(server), place, { persons: [who.person, who.target] });
    const ids = missed.filter(({ event_type: type }) => type === 'assignment_changed').map(({ event_id: id }) => id);
    assert.deepEqual(ids, events.slice(i).map(({ event_id: id }) => id), `behind ${place}`);
  }
});

test('alerts and updates without a schedule go to every connection that has subscribed, even to nothing', async () => {
  const clients = [await connect(server), await connect(server, 'resident'), await connect(server, 'coordinator')];
  await subscribe(clients[0]);
  await subscribe(clients[1], { schedules: [A] });
  await asked(clients[2], { action: 'subscribe_person', person_id: A });
  await update(server, null, 'everybody');
  for (const client of clients) assert.equal((await client.nextJson()).message, 'everybody');
  await asked(clients[1], { action: 'unsubscribe', schedules: [A] });
  await server.assertNothingElse(...clients);
});

test('a user who may not see an event does not get it, whatever other connections watch', async () => {
  const client = await connect(server, 'resident');
  const { personId } = server.user('resident');
  await subscribe(client, { persons: [personId] });
  const otherPerson = randomUUID();
  const swap = { swap_type: 'one_to_one' };
  await server.broadcast('swap_requested', { ...swap, swap_id: A, requester_id: otherPerson, target_person_id: otherPerson });
  await server.broadcast('swap_requested', { ...swap, swap_id: B, requester_id: otherPerson, target_person_id: personId });
  assert.equal((await client.nextJson()).swap_id, B);
  await server.assertNothingElse(client);
});

test('a change of role takes effect at once, for new and for existing subscriptions', async () => {
  const client = await connect(server, 'promoted');
  const otherPerson = randomUUID();
  const { cursor } = await subscribe(client);
  const conflict = () => server.broadcast('conflict_detected', { person_id: otherPerson, conflict_type: 'x', severity: 'low' });
  const becomes = async (role, answer) => {
    const { code, stderr } = await server.cli('user', 'role', 'promoted', role);
    assert.equal(code, 0, stderr);
    await eventually(async () => {
      const { event_type: type } = await ask(client, { action: 'subscribe_person', person_id: otherPerson });
      assert.equal(type, answer);
    });
  };
  await becomes('faculty', 'ack');
  await conflict();
  assert.equal((await client.nextJson()).person_id, otherPerson);
  await becomes('rn', 'error');
  await conflict();
  await server.assertNothingElse(client);
  const returned = await connect(server, 'promoted');
  const { events } = await resume(returned, cursor);
  assert.deepEqual(events.map(({ event_type: type }) => type), ['resilience_alert']);
});

test('keys are in snake_case, whatever other options are given', async () => {
  const client = await connect(server, 'admin', { query: { case: 'camel' } });
  assert.ok('connection_id' in client.greeting);
  await subscribe(client);
  await update(server, null, 'snake');
  assert.ok('event_id' in (await client.nextJson()));
});

// --- order

test('365 events published at once arrive complete, in order, each with its own cursor', async () => {
  const client = await connect(server);
  const schedule = randomUUID();
  await subscribe(client, { schedules: [schedule] });
  const receipts = await publishNumbered(server, schedule, 1, 365);
  const cursors = new Set();
  for (const [i, { event_id }] of receipts.entries()) {
    const event = await client.nextJson();
    assert.equal(numberOf(event), i + 1);
    assert.equal(event.event_id, event_id);
    assert.match(event.timestamp, TIME);
    cursors.add(cursorIn(event));
  }
  assert.equal(cursors.size, receipts.length);
  await server.assertNothingElse(client);
});

for (const type of Object.keys(catalogue())) {
  test(`${type}: its client events have event_id and cursor, and can be resumed`, async () => {
    const client = await connect(server);
    const who = identifiers();
    const topics = { schedules: [who.schedule], persons: [who.person, who.target] };
    const { cursor } = await subscribe(client, topics);
    await server.publish(shortEvent(type, who));
    await update(server, who.schedule, 'end');
    const live = [];
    do live.push(await client.next());
    while (JSON.parse(live.at(-1)).message !== 'end');
    const returned = await connect(server);
    returned.send({ action: 'resume', cursor, ...topics });
    for (const text of live) assert.equal(await returned.next(), text, 'a replayed event has the same bytes');
    assert.equal((await returned.nextJson()).replayed, live.length);
  });
}
