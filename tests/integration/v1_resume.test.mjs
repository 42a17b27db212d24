// rotacast.v1: resuming. Missed events arrive once and in order, from memory or from the journal;
// unrecoverable ones are reported as a gap with a reason before the response.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { after, afterEach, describe, test } from 'node:test';
import { startServer } from './support/server.mjs';
import {
  KEYS, asked, ask, collect, connect, connectRaw, cursorIn, numberOf, publishNumbered, range, resume, subscribe,
  update,
} from './support/v1.mjs';

const users = { admin: 'admin', resident: 'resident' };
const server = await startServer({ users });
after(() => server.stop());
afterEach(() => server.closeClients());

/** A server for one test, stopped at its end. */
async function anotherServer(t, settings) {
  const another = await startServer({ users, settings });
  t.after(() => another.stop());
  return another;
}

/** The current position, as known to a client that was connected before. */
async function placeIn(where) {
  const client = await connect(where);
  const { cursor } = await subscribe(client);
  await client.close();
  return cursor;
}

function assertRecovered(outcome, replayed) {
  assert.deepEqual(outcome.gaps, []);
  const { recovered, reason } = outcome.resumed;
  assert.deepEqual([recovered, reason, outcome.resumed.replayed], [true, null, replayed]);
  assert.equal(outcome.events.length, replayed);
}

/** One gap, directly before the response, up to the response's position. */
function assertLost(outcome, reason, from) {
  const { resumed, gaps, seen } = outcome;
  assert.deepEqual([resumed.recovered, resumed.reason], [false, reason]);
  assert.equal(gaps.length, 1);
  assert.equal(seen.at(-1), gaps[0], 'the gap stands before the answer');
  assert.deepEqual(Object.keys(gaps[0]), KEYS.gap);
  assert.deepEqual([gaps[0].from, gaps[0].to, gaps[0].reason], [from, resumed.cursor, reason]);
  assert.equal(gaps[0].cursor, resumed.cursor);
  assert.equal(resumed.replayed, outcome.events.length);
}

async function assertLive(where, client, schedule) {
  await publishNumbered(where, schedule, 777, 777);
  assert.equal(numberOf(await client.nextJson()), 777);
  await where.assertNothingElse(client);
}

// --- recovered

test('nothing missed: nothing is replayed, then live', async () => {
  const cursor = await placeIn(server);
  const schedule = randomUUID();
  const client = await connect(server);
  const outcome = await resume(client, cursor, { schedules: [schedule] });
  assertRecovered(outcome, 0);
  assert.equal(outcome.resumed.cursor, cursor);
  await assertLive(server, client, schedule);
});

test('missed events arrive once and in order, then live ones', async () => {
  const cursor = await placeIn(server);
  const [schedule, other] = [randomUUID(), randomUUID()];
  await publishNumbered(server, schedule, 1, 300);
  await publishNumbered(server, other, 301, 310);
  const client = await connect(server);
  const outcome = await resume(client, cursor, { schedules: [schedule] });
  assertRecovered(outcome, 300);
  assert.deepEqual(outcome.events.map(numberOf), range(1, 300));
  await assertLive(server, client, schedule);
});

test('from each event on: exactly the later ones', async () => {
  const schedule = randomUUID();
  const first = await connect(server);
  await subscribe(first, { schedules: [schedule] });
  await publishNumbered(server, schedule, 1, 10);
  const events = await collect(first, (event) => numberOf(event) === 10);
  for (const [i, event] of events.entries()) {
    const outcome = await resume(await connect(server), cursorIn(event), { schedules: [schedule] });
    assertRecovered(outcome, 10 - (i + 1));
    assert.deepEqual(outcome.events, events.slice(i + 1), 'the same events');
  }
});

test('a cursor is a position: a publisher\'s receipt and another user\'s cursor are accepted', async () => {
  const schedule = randomUUID();
  const [receipt] = await publishNumbered(server, schedule, 1, 1);
  await publishNumbered(server, schedule, 2, 3);
  const client = await connect(server, 'resident');
  const outcome = await resume(client, receipt.cursor, { schedules: [schedule] });
  assert.deepEqual(outcome.events.map(numberOf), [2, 3]);
});

test('only events that the user may see are replayed', async () => {
  const cursor = await placeIn(server);
  const { personId } = server.user('resident');
  const otherPerson = randomUUID();
  const conflict = { conflict_type: 'double_booking', severity: 'low' };
  for (const person_id of [otherPerson, personId]) await server.broadcast('conflict_detected', { person_id, ...conflict });
  const swap = { requester_id: otherPerson, swap_type: 'one_to_one' };
  for (const target_person_id of [otherPerson, personId]) {
    await server.broadcast('swap_requested', { swap_id: randomUUID(), target_person_id, ...swap });
  }
  await update(server, null, 'everybody');
  const client = await connect(server, 'resident');
  const outcome = await resume(client, cursor, { persons: [personId] });
  assertRecovered(outcome, 3);
  assert.deepEqual(outcome.events.map(({ event_type: type }) => type),
    ['conflict_detected', 'swap_requested', 'schedule_updated']);
});

test('without topics: events for everybody', async () => {
  const cursor = await placeIn(server);
  await update(server, randomUUID(), 'not this');
  await update(server, null, 'this');
  const outcome = await resume(await connect(server), cursor);
  assert.deepEqual(outcome.events.map(({ message }) => message), ['this']);
});

test('commands wait while missed events are sent, and are processed in their order', async () => {
  const cursor = await placeIn(server);
  const [schedule, more] = [randomUUID(), randomUUID()];
  await publishNumbered(server, schedule, 1, 1500);
  const client = await connect(server);
  client.send({ action: 'resume', id: 0, cursor, schedules: [schedule] });
  client.send({ action: 'subscribe_schedule', id: 1, schedule_id: more });
  client.send({ action: 'ping', id: 2 });
  const seen = await collect(client, ({ event_type: type }) => type === 'pong');
  assert.deepEqual(seen.slice(0, 1500).map(numberOf), range(1, 1500));
  assert.deepEqual(seen.slice(1500).map(({ event_type: type, id }) => [type, id]), [['resumed', 0], ['ack', 1], ['pong', 2]]);
  await assertLive(server, client, more);
});

test('while others publish there are no gaps and no duplicates', async () => {
  const cursor = await placeIn(server);
  const schedule = randomUUID();
  await publishNumbered(server, schedule, 1, 500);
  const clients = await Promise.all(range(1, 10).map(() => connect(server)));
  for (const client of clients) client.send({ action: 'resume', cursor, schedules: [schedule] });
  for (let i = 0; i < 20; ++i) await publishNumbered(server, schedule, 501 + i * 25, 525 + i * 25);
  for (const client of clients) {
    const numbers = [];
    let answers = 0;
    while (numbers.length < 1000) {
      const message = await client.nextJson();
      if (message.event_type === 'resumed') answers += 1;
      else numbers.push(numberOf(message));
    }
    if (answers === 0) assert.equal((await client.nextJson()).event_type, 'resumed');
    assert.deepEqual(numbers, range(1, 1000));
    assert.ok(answers <= 1);
  }
  await server.assertNothingElse(...clients);
});

test('a client that keeps its last cursor misses nothing over many disconnects', async () => {
  const schedule = randomUUID();
  const topics = { schedules: [schedule] };
  let cursor = await placeIn(server);
  const numbers = [];
  for (let round = 0; round < 15; ++round) {
    await publishNumbered(server, schedule, round * 20, round * 20 + 9);
    const client = await connect(server);
    const { events, resumed } = await resume(client, cursor, topics);
    assert.equal(resumed.recovered, true);
    const publishing = publishNumbered(server, schedule, round * 20 + 10, round * 20 + 19);
    const live = [await client.nextJson(), await client.nextJson(), await client.nextJson()];
    client.socket.terminate(); // messages still on their way are lost with the connection
    await publishing;
    numbers.push(...[...events, ...live].map(numberOf));
    cursor = cursorIn(live.at(-1));
  }
  const { events } = await resume(await connect(server), cursor, topics);
  numbers.push(...events.map(numberOf));
  assert.deepEqual(numbers, range(0, 299));
});

test('after authenticate it may be the first command as well', async () => {
  const cursor = await placeIn(server);
  const schedule = randomUUID();
  await publishNumbered(server, schedule, 1, 2);
  const client = await connectRaw(server);
  client.send({ action: 'authenticate', token: await server.token('admin') });
  client.send({ action: 'resume', cursor, schedules: [schedule] });
  const seen = await collect(client, ({ event_type: type }) => type === 'resumed');
  assert.deepEqual(seen.map(({ event_type: type }) => type),
    ['connection_ack', 'ack', 'assignment_changed', 'assignment_changed', 'resumed']);
});

// --- from the journal

test('older events come from the journal in the same way', async (t) => {
  const small = await anotherServer(t, { 'journal.tail_entries': 16 });
  const cursor = await placeIn(small);
  const schedule = randomUUID();
  for (let i = 0; i < 7; ++i) {
    await publishNumbered(small, schedule, i * 100 + 1, i * 100 + 100);
    await publishNumbered(small, randomUUID(), 0, 99);
  }
  const clients = await Promise.all(range(1, 5).map(() => connect(small)));
  const outcomes = await Promise.all(clients.map((client) => resume(client, cursor, { schedules: [schedule] })));
  for (const outcome of outcomes) {
    assertRecovered(outcome, 700);
    assert.deepEqual(outcome.events.map(numberOf), range(1, 700));
  }
  await publishNumbered(small, schedule, 777, 777);
  for (const client of clients) assert.equal(numberOf(await client.nextJson()), 777);
  await small.assertNothingElse(...clients);
});

test('a restart of the server loses nothing', async (t) => {
  const another = await anotherServer(t, {});
  const cursor = await placeIn(another);
  const schedule = randomUUID();
  await publishNumbered(another, schedule, 1, 50);
  await another.restart();
  await publishNumbered(another, schedule, 51, 60);
  await another.restart();
  const client = await connect(another);
  const outcome = await resume(client, cursor, { schedules: [schedule] });
  assertRecovered(outcome, 60);
  assert.deepEqual(outcome.events.map(numberOf), range(1, 60));
  await assertLive(another, client, schedule);
});

// --- lost

test('epoch_changed: the journal was replaced', async (t) => {
  const another = await anotherServer(t, {});
  const cursor = await placeIn(server);
  const schedule = randomUUID();
  await publishNumbered(another, schedule, 1, 3);
  const client = await connect(another);
  const outcome = await resume(client, cursor, { schedules: [schedule] });
  assertLost(outcome, 'epoch_changed', cursor);
  assert.deepEqual(outcome.events, []);
  await assertLive(another, client, schedule);
  const returned = await connect(another);
  const again = await resume(returned, outcome.resumed.cursor, { schedules: [schedule] });
  assert.equal(again.resumed.recovered, true, 'the answer\'s cursor is a good one');
  assert.equal(numberOf(again.events[0]), 777);
});

test('too_far: more was missed than a resume goes back', async (t) => {
  const another = await anotherServer(t, { 'websocket.resume_entries_max': 5 });
  const cursor = await placeIn(another);
  const schedule = randomUUID();
  const receipts = await publishNumbered(another, schedule, 1, 6);
  const client = await connect(another);
  const outcome = await resume(client, cursor, { schedules: [schedule] });
  assertLost(outcome, 'too_far', cursor);
  assert.deepEqual(outcome.events, []);
  await assertLive(another, client, schedule);
  const nearer = await connect(another);
  await subscribe(nearer);
  const { cursor: near } = await ask(nearer, { action: 'subscribe' });
  await publishNumbered(another, schedule, 7, 11);
  assertRecovered(await resume(await connect(another), near, { schedules: [schedule] }), 5);
  assertLost(await resume(await connect(another), receipts[0].cursor), 'too_far', receipts[0].cursor);
});

test('trimmed: the journal no longer reaches back', async (t) => {
  const another = await anotherServer(t, { 'journal.retention_bytes': 4000, 'journal.tail_entries': 1 });
  const cursor = await placeIn(another);
  const schedule = randomUUID();
  // Trimming happens with the next write at the latest, so the second round finds the first one
  // trimmed.
  for (let i = 0; i < 4; ++i) await publishNumbered(another, schedule, i * 50, i * 50 + 49);
  const client = await connect(another);
  const outcome = await resume(client, cursor, { schedules: [schedule] });
  assertLost(outcome, 'trimmed', cursor);
  await assertLive(another, client, schedule);
});

test('epoch_changed: the journal was restored from a copy that is older than the cursor', async (t) => {
  const another = await anotherServer(t, {});
  const schedule = randomUUID();
  await publishNumbered(another, schedule, 1, 3);
  const files = () => fs.readdirSync(another.file('.')).filter((name) => name.startsWith('rotacast.db'));
  const stopped = async (change) => {
    await another.closeClients();
    another.signal('SIGTERM');
    await another.exited();
    change();
    await another.start();
  };
  const copies = [];
  await stopped(() => {
    for (const name of files()) copies.push([name, fs.readFileSync(another.file(name))]);
  });
  const [{ cursor: old }, , { cursor }] = await publishNumbered(another, schedule, 4, 6);
  await stopped(() => {
    for (const name of files()) fs.rmSync(another.file(name));
    for (const [name, content] of copies) fs.writeFileSync(another.file(name), content, { mode: 0o600 });
  });
  const client = await connect(another);
  const outcome = await resume(client, cursor, { schedules: [schedule] });
  assertLost(outcome, 'epoch_changed', cursor);
  assert.notEqual(outcome.resumed.cursor, old);
  await assertLive(another, client, schedule);
});

// --- the latest state

const withLatest = ['cursor', 'latest', 'latest_from'];
const latestOf = (client, topics = {}) => asked(client, { action: 'subscribe', ...topics, latest: true }, withLatest);

describe('latest', () => {
  const swap = (swap_id, person, message) =>
    ['swap_requested', { swap_id, requester_id: person, target_person_id: null, swap_type: 'absorb', message }];
  const approval = (swap_id, person, message) =>
    ['swap_approved', { swap_id, requester_id: person, approved_by: randomUUID(), message }];
  const schedule = (schedule_id, message) => ['schedule_updated', { schedule_id, update_type: 'modified', message }];
  const duty = (assignment_id, person_id, message) =>
    ['assignment_changed', { assignment_id, person_id, block_id: randomUUID(), change_type: 'updated', message }];
  const conflict = (conflict_id, person_id, message) =>
    ['conflict_detected', { conflict_id, person_id, conflict_type: 'double_booking', severity: 'low', message }];
  const alert = (alert_type, message) => ['resilience_alert', { alert_type, severity: 'red', message }];

  for (const [what, settings] of [['memory', {}], ['the journal', { 'journal.tail_entries': 1 }]]) {
    test(`the last event of each subject on these topics, oldest first, from ${what}`, async (t) => {
      const another = await anotherServer(t, settings);
      const [S, other, P, otherPerson] = range(1, 4).map(() => randomUUID());
      const [one, two, three] = range(1, 3).map(() => randomUUID());
      const before = await placeIn(another);
      const story = [
        schedule(S, 'old'), schedule(other, 'not watched'), swap(one, P, 'old'), duty(two, P, 'old'), alert('n1_failure', 'old'),
        swap(two, P, 'kept: swap two'), approval(one, P, 'kept: swap one'), conflict(three, P, 'old'),
        duty(three, otherPerson, 'not watched'), schedule(S, 'kept: schedule'), alert('n2_failure', 'kept: n2'),
        duty(two, P, 'kept: duty'), alert('n1_failure', 'kept: n1'), conflict(three, P, 'kept: conflict'),
      ];
      for (const [kind, fields] of story) await another.broadcast(kind, fields);

      const replayed = await resume(await connect(another), before, { schedules: [S], persons: [P] });
      const client = await connect(another);
      const { latest, cursor, latest_from: from } = await latestOf(client, { schedules: [S], persons: [P] });
      const kept = story.map(([, { message }]) => message).filter((message) => message.startsWith('kept'));
      assert.deepEqual(latest.map(({ message }) => message), kept);
      assert.deepEqual(latest, replayed.events.filter(({ message }) => message.startsWith('kept')), 'whole events');
      assert.equal(cursor, replayed.resumed.cursor);
      cursorIn({ cursor: from });
      const behind = await resume(await connect(another), from, { schedules: [S], persons: [P] });
      assert.deepEqual(behind.events, replayed.events, 'everything behind latest_from was looked at');
      await another.broadcast(...schedule(S, 'live'));
      assert.equal((await client.nextJson()).message, 'live');
      await another.assertNothingElse(client);
    });
  }

  test('nothing published: nothing, and live from there', async (t) => {
    const another = await anotherServer(t, {});
    const client = await connect(another);
    const id = randomUUID();
    assert.deepEqual((await latestOf(client, { schedules: [id] })).latest, []);
    await assertLive(another, client, id);
  });

  test('it contains only what the user may see', async (t) => {
    const another = await anotherServer(t, {});
    const { personId } = another.user('resident');
    await another.broadcast(...duty(randomUUID(), randomUUID(), 'of another person'));
    await another.broadcast(...duty(randomUUID(), personId, 'own'));
    const client = await connect(another, 'resident');
    const { latest } = await latestOf(client, { persons: [personId] });
    assert.deepEqual(latest.map(({ message }) => message), ['own']);
  });

  test('state and stream are consistent while others publish', async () => {
    const id = randomUUID();
    const clients = await Promise.all(range(1, 10).map(() => connect(server)));
    const witnesses = await Promise.all(clients.map(() => connect(server)));
    for (const witness of witnesses) await subscribe(witness, { schedules: [id] });
    const publishing = (async () => {
      for (let i = 1; i <= 200; ++i) await update(server, id, String(i));
    })();
    await Promise.all(clients.map(async (client, i) => {
      for (let seen = 0; seen < i * 15; ++seen) await witnesses[i].next();
      const { latest } = await latestOf(client, { schedules: [id] });
      let last = Number(latest.find(({ schedule_id: schedule }) => schedule === id)?.message ?? 0);
      while (last < 200) {
        const { message } = await client.nextJson();
        assert.equal(Number(message), last + 1);
        last += 1;
      }
    }));
    await publishing;
    await server.assertNothingElse(...clients);
  });
});
