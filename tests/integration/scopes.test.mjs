// Who receives what: tabs of one user, several users, both parties of a swap, everybody.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { eventually } from './support/process.mjs';
import { startServer } from './support/server.mjs';

const server = await startServer({
  users: { admin: 'admin', coordinator: 'coordinator', faculty: 'faculty', rn: 'rn' },
});
after(() => server.stop());
afterEach(() => server.closeClients());

const scheduleUpdate = (schedule_id) => ({ schedule_id, update_type: 'modified' });
const swapRequest = (requester_id, target_person_id) => ({
  swap_id: randomUUID(),
  requester_id,
  target_person_id,
  swap_type: 'one_to_one',
});

test('two tabs: both receive what one subscribes, the same bytes', async () => {
  const [left, right] = [await server.connect('admin'), await server.connect('admin')];
  const id = randomUUID();
  await left.watchSchedule(id);
  await server.broadcast('schedule_updated', scheduleUpdate(id));
  const text = await left.next();
  assert.equal(JSON.parse(text).schedule_id, id);
  assert.equal(await right.next(), text);
  await server.assertNothingElse(left, right);
});

test('two tabs: if both subscribe, each receives an event once', async () => {
  const [left, right] = [await server.connect('admin'), await server.connect('admin')];
  const id = randomUUID();
  await left.watchSchedule(id);
  await right.watchSchedule(id);
  await server.broadcast('schedule_updated', scheduleUpdate(id));
  assert.equal((await left.nextJson()).schedule_id, id);
  assert.equal((await right.nextJson()).schedule_id, id);
  await server.assertNothingElse(left, right);
});

test('two tabs: when one unsubscribes, the other stops receiving, too', async () => {
  const [left, right] = [await server.connect('admin'), await server.connect('admin')];
  const id = randomUUID();
  await left.watchPerson(id);
  right.send({ action: 'unsubscribe_person', person_id: id });
  await right.barrier();
  await server.broadcast('swap_requested', swapRequest(id, null));
  await server.assertNothingElse(left, right);
});

test('two tabs: a subscription outlives the tab that made it', async () => {
  const [left, right] = [await server.connect('admin'), await server.connect('admin')];
  const id = randomUUID();
  await left.watchSchedule(id);
  await left.close();
  await right.barrier();
  await server.broadcast('schedule_updated', scheduleUpdate(id));
  assert.equal((await right.nextJson()).schedule_id, id);
});

test('two tabs in two spellings receive the same event, each in its own', async () => {
  const snake = await server.connect('admin');
  const camel = await server.connect('admin', { query: { case: 'camel' } });
  const id = randomUUID();
  await snake.watchSchedule(id);
  await server.broadcast('schedule_updated', scheduleUpdate(id));
  const [one, two] = [await snake.nextJson(), await camel.nextJson()];
  assert.equal(one.schedule_id, id);
  assert.equal(two.scheduleId, id);
  assert.equal(one.timestamp, two.timestamp);
});

test('a tab that connects later receives what the user already watches', async () => {
  const first = await server.connect('admin');
  const id = randomUUID();
  await first.watchSchedule(id);
  const second = await server.connect('admin');
  await second.barrier();
  await server.broadcast('schedule_updated', scheduleUpdate(id));
  assert.equal((await second.nextJson()).schedule_id, id);
});

test('when the last connection of a user closes, the subscriptions are removed', async () => {
  const id = randomUUID();
  const first = await server.connect('admin');
  const second = await server.connect('admin');
  await first.watchSchedule(id);
  await first.close();
  await second.close();
  await server.becomesEmpty();
  const later = await server.connect('admin');
  await later.barrier();
  await server.broadcast('schedule_updated', scheduleUpdate(id));
  await server.assertNothingElse(later);
});

test('the statistics count only open connections, their users and their subscriptions', async () => {
  const reads = (total_connections, unique_users, schedules_watched, persons_watched) =>
    eventually(async () => {
      const expected = { total_connections, unique_users, schedules_watched, persons_watched };
      assert.deepEqual(await server.figures(), expected);
    });
  await reads(0, 0, 0, 0);
  const one = await server.connect('admin');
  const two = await server.connect('admin');
  const three = await server.connect('faculty');
  const [schedule, person] = [randomUUID(), randomUUID()];
  await one.watchSchedule(schedule);
  await two.watchSchedule(schedule, randomUUID());
  await three.watchPerson(person);
  await reads(3, 2, 2, 1);
  three.send({ action: 'unsubscribe_person', person_id: person });
  three.send({ action: 'unsubscribe_person', person_id: randomUUID() });
  await three.barrier();
  await reads(3, 2, 2, 0);
  await two.close();
  await reads(2, 2, 2, 0);
  await one.close();
  await three.close();
  await reads(0, 0, 0, 0);
});

test('two users: each receives only what that user watches', async () => {
  const [admin, faculty] = [await server.connect('admin'), await server.connect('faculty')];
  const [one, two, both] = [randomUUID(), randomUUID(), randomUUID()];
  await admin.watchSchedule(one, both);
  await faculty.watchSchedule(two, both);
  for (const id of [one, two, both]) await server.broadcast('schedule_updated', scheduleUpdate(id));
  assert.equal((await admin.nextJson()).schedule_id, one);
  const common = await admin.next();
  assert.equal(JSON.parse(common).schedule_id, both);
  assert.equal((await faculty.nextJson()).schedule_id, two);
  assert.equal(await faculty.next(), common, 'all recipients get the identical text');
  await server.assertNothingElse(admin, faculty);
});

test('two users: unsubscribing one does not affect the other', async () => {
  const [admin, faculty] = [await server.connect('admin'), await server.connect('faculty')];
  const id = randomUUID();
  await admin.watchSchedule(id);
  await faculty.watchSchedule(id);
  admin.send({ action: 'unsubscribe_schedule', schedule_id: id });
  await admin.barrier();
  await server.broadcast('schedule_updated', scheduleUpdate(id));
  assert.equal((await faculty.nextJson()).schedule_id, id);
  await server.assertNothingElse(admin, faculty);
});

for (const kind of ['swap_requested', 'swap_approved']) {
  const swap = (requester, target) => {
    const { swap_type, ...rest } = swapRequest(requester, target);
    return kind === 'swap_requested' ? { ...rest, swap_type } : { ...rest, approved_by: randomUUID() };
  };

  test(`${kind} goes to the watchers of either party, and once to who watches both`, async () => {
    const asking = await server.connect('admin');
    const asked = await server.connect('coordinator');
    const both = await server.connect('faculty');
    const bothTab = await server.connect('faculty');
    const neither = await server.connect('rn');
    const [requester, target] = [randomUUID(), randomUUID()];
    await asking.watchPerson(requester);
    await asked.watchPerson(target);
    await both.watchPerson(requester);
    await bothTab.watchPerson(target);
    const event = swap(requester, target);
    await server.broadcast(kind, event);
    for (const client of [asking, asked, both, bothTab]) {
      assert.equal((await client.nextJson()).swap_id, event.swap_id);
    }
    await server.assertNothingElse(asking, asked, both, bothTab, neither);
  });

  test(`${kind} to oneself arrives once; without a target the requesting party gets it`, async () => {
    const client = await server.connect('admin');
    const person = randomUUID();
    await client.watchPerson(person);
    for (const target of [person, null]) {
      const event = swap(person, target);
      await server.broadcast(kind, event);
      const received = await client.nextJson();
      assert.equal(received.swap_id, event.swap_id);
      assert.equal(received.target_person_id, target);
      await server.assertNothingElse(client);
    }
  });
}

test('schedule_updated without a schedule goes to everybody, whatever they watch', async () => {
  const clients = [await server.connect('admin'), await server.connect('admin'), await server.connect('rn')];
  await clients[0].watchSchedule(randomUUID());
  await clients[2].barrier();
  for (const schedule of [{ schedule_id: null }, {}]) {
    const message = randomUUID();
    await server.broadcast('schedule_updated', { ...schedule, update_type: 'modified', message });
    for (const client of clients) {
      const event = await client.nextJson();
      assert.equal(event.message, message);
      assert.equal(event.schedule_id, null);
    }
  }
  await server.assertNothingElse(...clients);
});

test('resilience alerts go to everybody, to each tab once', async () => {
  const clients = [await server.connect('admin'), await server.connect('admin'), await server.connect('rn')];
  const message = randomUUID();
  await server.broadcast('resilience_alert', { alert_type: 'utilization_high', severity: 'red', message });
  for (const client of clients) assert.equal((await client.nextJson()).message, message);
  await server.assertNothingElse(...clients);
});

test('conflict_detected and assignment_changed go only to the watchers of the person', async () => {
  const [watcher, other] = [await server.connect('admin'), await server.connect('coordinator')];
  const person_id = randomUUID();
  await watcher.watchPerson(person_id);
  await other.watchPerson(randomUUID());
  await server.broadcast('conflict_detected', { person_id, conflict_type: 'double_booking', severity: 'high' });
  await server.broadcast('assignment_changed', {
    assignment_id: randomUUID(), person_id, block_id: randomUUID(), change_type: 'created',
  });
  assert.equal((await watcher.nextJson()).event_type, 'conflict_detected');
  assert.equal((await watcher.nextJson()).event_type, 'assignment_changed');
  await server.assertNothingElse(watcher, other);
});
