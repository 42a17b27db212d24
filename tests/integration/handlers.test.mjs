// The original's thirteen handlers in a running server, with every delivery made twice: who is
// notified, on which connections, only once; and the handlers' ledger for operators.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { requestStream, streamUrl } from './support/event_stream.mjs';
import { eventually } from './support/process.mjs';
import { everyRole, startServer } from './support/server.mjs';
import { asked, connect, refused, resume, subscribe } from './support/v1.mjs';

const server = await startServer({ users: everyRole(), settings: { 'bus.deliver_twice': 'on' } });
after(() => server.stop());
afterEach(() => server.closeClients());

const KEYS = ['event_type', 'timestamp', 'about_id', 'about_type', 'reason', 'source_event_id', 'priority', 'audience',
  'message', 'event_id', 'cursor'];

const watching = async (name, topics = {}) => {
  const client = await connect(server, name);
  await subscribe(client, { notifications: true, ...topics });
  return client;
};

const swapApproved = (more = {}) => ({
  event_type: 'SwapApproved', swap_id: randomUUID(), approved_by: server.user('coordinator').id,
  requester_id: server.user('resident').personId, target_person_id: server.user('rn').personId, ...more,
});

const scheduleCreated = () => ({
  event_type: 'ScheduleCreated', schedule_id: randomUUID(), start_date: '2026-11-01T00:00:00Z',
  end_date: '2026-11-30T00:00:00Z', created_by: 'solver',
});

/** The ledger rows of one event. */
async function ledger(eventId) {
  const headers = { authorization: `Bearer ${await server.token('admin')}` };
  const response = await server.request(`/api/v1/bus/ledger?event_id=${eventId}`, { headers });
  return (await response.json()).ledger;
}

test('recipients are notified once, on the connections that asked for notifications', async () => {
  const [resident, rn] = [await watching('resident'), await watching('rn')];
  const notAsked = await connect(server, 'resident');
  await subscribe(notAsked);
  const coordinator = await watching('coordinator');
  const event = swapApproved();
  const [receipt] = (await server.publish(event)).events;
  for (const client of [resident, rn]) {
    const told = await client.nextJson();
    assert.deepEqual(Object.keys(told), KEYS, 'no recipient is shown the others');
    assert.deepEqual(
      { ...told, timestamp: 0, message: 0, event_id: 0, cursor: 0 },
      {
        event_type: 'notification', timestamp: 0, about_id: event.swap_id, about_type: 'Swap', reason: 'SwapApproved',
        source_event_id: receipt.event_id, priority: 'high', audience: ['swap_requester', 'swap_target'], message: 0,
        event_id: 0, cursor: 0,
      });
  }
  // Anything still to come would arrive before this one.
  const [last] = (await server.publish(scheduleCreated())).events;
  assert.equal((await coordinator.nextJson()).source_event_id, last.event_id, 'the approver was not told of the swap');
  await server.assertNothingElse(resident, rn, notAsked, coordinator);
});

test('classic clients receive the same as without handlers', async () => {
  const person = server.user('resident').personId;
  const classic = await server.connect('resident');
  classic.send({ action: 'subscribe_person', person_id: person });
  classic.send({ action: 'ping' });
  assert.equal((await classic.nextJson()).event_type, 'pong');
  const witness = await watching('resident');
  await server.publish(swapApproved());
  assert.equal((await witness.nextJson()).event_type, 'notification');
  assert.equal((await classic.nextJson()).event_type, 'swap_approved');
  await server.assertNothingElse(classic);
});

test('missed notifications can be fetched, on WebSocket and as server-sent events', async () => {
  const before = await connect(server, 'rn');
  const { cursor } = await subscribe(before, { notifications: true });
  await before.close();
  const event = swapApproved();
  await server.publish(event);
  // The witness may be told of the first event as well, if its notification was slow.
  const witness = await watching('rn');
  const last = swapApproved();
  await server.publish(last);
  while ((await witness.nextJson()).about_id !== last.swap_id);
  const client = await connect(server, 'rn');
  const { events } = await resume(client, cursor, { notifications: true });
  assert.equal(events[0].about_id, event.swap_id);
  assert.deepEqual(new Set(events.map(({ event_type: type }) => type)), new Set(['notification']));
  const headers = { authorization: `Bearer ${await server.token('rn')}` };
  const { stream } = await requestStream(streamUrl(server, { notifications: true, cursor }), { headers });
  const record = await stream.next();
  assert.deepEqual([record.event, record.data], ['notification', events[0]]);
  await stream.close();
});

test('notifications can be unsubscribed, and the member must be a boolean', async () => {
  const client = await watching('rn');
  await asked(client, { action: 'unsubscribe', notifications: true });
  const witness = await watching('resident');
  await server.publish(swapApproved());
  await witness.nextJson();
  await refused(client, { action: 'subscribe', notifications: 'yes' },
    { code: 1001, name: 'invalid_field', path: '/notifications' });
  await server.assertNothingElse(client);
});

test('the ledger records once what was done and who was notified', async () => {
  const [{ event_id: id }] = (await server.publish(scheduleCreated())).events;
  await eventually(async () => assert.ok((await ledger(id)).length > 0));
  const rows = await ledger(id);
  assert.deepEqual(
    rows.map(({ handler, kind, subject }) => [handler, kind, subject]).sort(),
    [
      ['schedule_created_handler', 'audit', 'schedule_created'],
      ['schedule_created_handler', 'told', 'coordinators'],
    ]);
});

test('back ends cannot publish derived events', async () => {
  const headers = { 'x-api-key': server.apiKey };
  for (const type of ['notification', 'CacheInvalidated']) {
    const answer = await server.post('/api/v1/events', { event_type: type }, headers);
    assert.deepEqual([answer.status, answer.body.error.name], [422, 'unknown_event_type']);
    const broadcast = await server.post(`/api/v1/broadcast/${type}`, {}, headers);
    assert.equal(broadcast.body.error.name, 'unknown_event_type');
  }
});
