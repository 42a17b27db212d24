// The original's documented client class on a page of our server: events, pings, reconnects.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { pageOf } from './support/page_window.mjs';
import { eventually } from './support/process.mjs';
import { SchedulerWebSocket } from './support/scheduler_socket.mjs';
import { startServer } from './support/server.mjs';

const server = await startServer({ users: { coordinator: 'coordinator' } });
after(() => server.stop());

const pages = [];
afterEach(() => pages.splice(0).forEach((page) => page.close()));

/** A page whose storage has a token, as after a login. */
async function openPage(token) {
  const page = pageOf(server);
  pages.push(page);
  page.localStorage.setItem('access_token', token ?? (await server.token('coordinator')));
  return page;
}

async function connected() {
  const page = await openPage();
  const client = new SchedulerWebSocket(page);
  await client.connect(page.localStorage.getItem('access_token'));
  return { page, client, socket: page.WebSocket.all[0] };
}

/** Sends the class's ping, and waits for the pong: the server has executed what was sent before. */
async function barrier(page) {
  const socket = page.WebSocket.all.at(-1);
  const pongs = () => socket.frames.filter((frame) => frame.includes('"pong"')).length;
  const before = pongs();
  assert.equal(page.fireInterval(), 30_000);
  await eventually(async () => assert.equal(pongs(), before + 1, 'an answered ping'));
}

/** What was dispatched on the page under this name. */
function listen(page, name) {
  const details = [];
  page.addEventListener(name, ({ detail }) => details.push(detail));
  return details;
}

const update = (schedule, message) =>
  server.broadcast('schedule_updated', { schedule_id: schedule, update_type: 'modified', message });

test('what the class subscribes to arrives as DOM events without their type', async () => {
  const { page, client } = await connected();
  const [schedule, person, id] = [randomUUID(), randomUUID(), randomUUID()];
  const names = ['schedule-updated', 'assignment-changed', 'swap-requested', 'conflict-detected', 'resilience-alert'];
  const seen = Object.fromEntries(names.map((name) => [name, listen(page, name)]));
  client.subscribeToSchedule(schedule);
  client.subscribeToPerson(person);
  await barrier(page);
  await update(schedule, 'first');
  const fields = {
    assignment_changed: { assignment_id: id, person_id: person, block_id: id, change_type: 'created' },
    swap_requested: { swap_id: id, requester_id: person, target_person_id: person, swap_type: 'one_to_one' },
    swap_approved: { swap_id: id, requester_id: person, target_person_id: person, approved_by: id },
    conflict_detected: { person_id: person, conflict_type: 'double_booking', severity: 'high' },
    resilience_alert: { alert_type: 'n1_failure', severity: 'orange' },
  };
  for (const [kind, members] of Object.entries(fields)) await server.broadcast(kind, members);
  await eventually(async () => assert.equal(seen['resilience-alert'].length, 1));
  for (const name of names) assert.equal(seen[name].length, 1, name);
  const [{ timestamp, ...detail }] = seen['schedule-updated'];
  assert.ok(timestamp);
  assert.deepEqual(detail, {
    schedule_id: schedule, academic_year_id: null, user_id: null, update_type: 'modified',
    affected_blocks_count: 0, message: 'first',
  });
  assert.deepEqual(page.warnings, ['unknown event type connection_ack', 'unknown event type swap_approved']);
});

test('its ping is answered to it alone', async () => {
  const [one, other] = [await connected(), await connected()];
  await barrier(one.page);
  await barrier(other.page);
  for (const { socket } of [one, other]) {
    assert.deepEqual(socket.frames.map((frame) => JSON.parse(frame).event_type), ['connection_ack', 'pong']);
  }
});

test('after a restart of the server it is connected again, and gets what it subscribes to again', async () => {
  const { page, client } = await connected();
  const schedule = randomUUID();
  const updates = listen(page, 'schedule-updated');
  client.subscribeToSchedule(schedule);
  await barrier(page);
  const { host } = page.location;
  server.listen = host;
  await server.restart();
  assert.equal(await page.waitIsOver(), 3000);
  await eventually(async () => assert.equal(page.WebSocket.all.at(-1).readyState, 1));
  client.subscribeToSchedule(schedule);
  await barrier(page);
  await update(schedule, 'after the restart');
  await eventually(async () => assert.deepEqual(updates.map(({ message }) => message), ['after the restart']));
});

test('while there is no server it waits longer each time, and gives up after the fifth', async () => {
  const { page } = await connected();
  server.listen = page.location.host;
  server.signal('SIGTERM');
  await server.exited();
  const waits = [];
  for (let i = 0; i < 5; i += 1) waits.push(await page.waitIsOver());
  assert.deepEqual(waits, [3000, 6000, 12_000, 24_000, 48_000]);
  await eventually(async () => assert.ok(page.WebSocket.all.every(({ end }) => end)));
  assert.equal(page.WebSocket.all.length, 6);
  assert.deepEqual(page.timers, []);
  await server.start();
});

test('it says goodbye with the code and reason of its own, and comes back all the same', async () => {
  const { page, client, socket } = await connected();
  client.disconnect();
  await eventually(async () => assert.deepEqual(socket.end, { code: 1000, reason: 'Normal closure' }));
  assert.equal(await page.waitIsOver(), 3000);
});

test('a close with a code resets its counter, so that with an expired token it asks every 3 seconds', async () => {
  const page = await openPage('expired');
  await new SchedulerWebSocket(page).connect('expired');
  for (let i = 0; i < 7; i += 1) assert.equal(await page.waitIsOver(), 3000);
  const [first] = page.WebSocket.all;
  assert.deepEqual(first.end, { code: 1008, reason: 'token_invalid' });
});

test('refused by HTTP as the original did, it gives up with an expired token', async () => {
  server.settings = { reject: 'http' };
  await server.restart();
  const page = await openPage('expired');
  await assert.rejects(new SchedulerWebSocket(page).connect('expired'));
  for (const wait of [3000, 6000, 12_000, 24_000, 48_000]) assert.equal(await page.waitIsOver(), wait);
  await eventually(async () => assert.ok(page.WebSocket.all.every(({ end }) => end?.code === 1006)));
  assert.deepEqual(page.timers, []);
});
