// Each domain event: which client event it becomes, with which fields, and who receives it; or
// none.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { TIME, catalogue, domainEvent, identifiers, shortEvent } from './support/domain_events.mjs';
import { startServer } from './support/server.mjs';

const server = await startServer({
  users: { ofPerson: 'admin', ofTarget: 'admin', ofSchedule: 'admin', ofAll: 'admin', ofNothing: 'admin' },
});
after(() => server.stop());
afterEach(() => server.closeClients());

const keys = {
  schedule_updated: ['schedule_id', 'academic_year_id', 'user_id', 'update_type', 'affected_blocks_count', 'message'],
  assignment_changed: ['assignment_id', 'person_id', 'block_id', 'rotation_template_id', 'change_type', 'changed_by',
    'message'],
  swap_requested: ['swap_id', 'requester_id', 'target_person_id', 'swap_type', 'affected_assignments', 'message'],
  swap_approved: ['swap_id', 'requester_id', 'target_person_id', 'approved_by', 'affected_assignments', 'message'],
  conflict_detected: ['conflict_id', 'person_id', 'conflict_type', 'severity', 'affected_blocks', 'message'],
  resilience_alert: ['alert_type', 'severity', 'current_utilization', 'defense_level', 'affected_persons', 'message',
    'recommendations'],
};

async function watchers(id) {
  const names = ['ofPerson', 'ofTarget', 'ofSchedule', 'ofAll', 'ofNothing'];
  const clients = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await server.connect(name)])));
  await clients.ofPerson.watchPerson(id.person);
  await clients.ofTarget.watchPerson(id.target);
  await clients.ofSchedule.watchSchedule(id.schedule);
  await clients.ofAll.watchSchedule(id.schedule);
  await clients.ofAll.watchPerson(id.person, id.target);
  return clients;
}

const schedule = ['ofSchedule', 'ofAll'];
const personAndSchedule = ['ofPerson', 'ofSchedule', 'ofAll'];
const person = ['ofPerson', 'ofAll'];
const bothPersons = ['ofPerson', 'ofTarget', 'ofAll'];
const everybody = ['ofPerson', 'ofTarget', 'ofSchedule', 'ofAll', 'ofNothing'];

const scheduleView = (update_type, more = {}) => (id) => ({
  schedule_id: id.schedule, user_id: id.actor, update_type, ...more,
});
const assignmentView = (change_type) => (id) => ({
  assignment_id: id.assignment, person_id: id.person, block_id: id.block, rotation_template_id: id.rotation,
  change_type, changed_by: id.actor,
});
const swapView = (more) => (id) => ({
  swap_id: id.subject, requester_id: id.person, target_person_id: id.target,
  affected_assignments: [id.assignment, id.otherAssignment], ...more(id),
});

/** domain event, changes to the sample, client event, its fields, who receives it. */
const rows = [
  ['ScheduleCreated', () => ({}), 'schedule_updated', scheduleView('generated'), schedule],
  ['ScheduleCreated', (id) => ({ academic_year_id: id.subject, affected_blocks_count: 730, message: 'Done' }),
    'schedule_updated',
    (id) => ({ ...scheduleView('generated')(id), academic_year_id: id.subject, affected_blocks_count: 730, message: 'Done' }),
    schedule],
  ['ScheduleUpdated', () => ({}), 'schedule_updated', scheduleView('modified'), schedule],
  ['ScheduleUpdated', () => ({ update_type: 'regenerated' }), 'schedule_updated', scheduleView('regenerated'), schedule],
  ['SchedulePublished', () => ({}), 'schedule_updated', scheduleView('modified'), schedule],
  ['ScheduleArchived', () => ({}), 'schedule_updated', scheduleView('modified'), schedule],
  ['ScheduleDeleted', () => ({}), 'schedule_updated', scheduleView('modified'), schedule],
  ['AssignmentCreated', () => ({}), 'assignment_changed', assignmentView('created'), personAndSchedule],
  ['AssignmentUpdated', () => ({}), 'assignment_changed', assignmentView('updated'), personAndSchedule],
  ['AssignmentConfirmed', () => ({}), 'assignment_changed', assignmentView('updated'), personAndSchedule],
  ['AssignmentDeleted', () => ({}), 'assignment_changed', assignmentView('deleted'), personAndSchedule],
  ['SwapRequested', () => ({}), 'swap_requested', swapView(() => ({ swap_type: 'one_to_one' })), bothPersons],
  ['SwapApproved', () => ({}), 'swap_approved', swapView((id) => ({ approved_by: id.actor })), bothPersons],
  ['AbsenceCreated', (id) => ({ overlapping_blocks: [id.block] }), 'conflict_detected',
    (id) => ({ person_id: id.person, conflict_type: 'absence_overlap', severity: 'high', affected_blocks: [id.block] }),
    person],
  ['AbsenceApproved', (id) => ({ overlapping_blocks: [id.block, id.otherBlock], severity: 'low' }), 'conflict_detected',
    (id) => ({ person_id: id.person, conflict_type: 'absence_overlap', severity: 'low',
      affected_blocks: [id.block, id.otherBlock] }),
    person],
  ['ACGMEViolationDetected', () => ({}), 'conflict_detected',
    (id) => ({ conflict_id: id.subject, person_id: id.person, conflict_type: 'acgme_violation', severity: 'critical',
      affected_blocks: [id.block] }),
    person],
  ['ResilienceLevelChanged', () => ({}), 'resilience_alert',
    (id) => ({ alert_type: 'defense_level_change', severity: 'orange', current_utilization: 0.91,
      defense_level: 'orange', affected_persons: [id.person], recommendations: ['Call in reserve'] }),
    everybody],
  ['ContingencyActivated', () => ({}), 'resilience_alert',
    () => ({ alert_type: 'defense_level_change', severity: 'red', current_utilization: 0.97 }), everybody],
  ['LoadShedInitiated', () => ({}), 'resilience_alert',
    () => ({ alert_type: 'defense_level_change', severity: 'black', current_utilization: 1 }), everybody],
];

function assertView(text, kind, fields) {
  const event = JSON.parse(text);
  assert.equal(event.event_type, kind);
  assert.equal(event.timestamp, TIME, 'the time is that of the domain event');
  assert.deepEqual(Object.keys(event), ['event_type', 'timestamp', ...keys[kind]], 'exactly the fields, in order');
  for (const [key, value] of Object.entries(fields)) assert.deepEqual(event[key], value, key);
  assert.equal(typeof event.message, 'string');
}

rows.forEach(([type, changes, kind, view, seenBy], row) => {
  test(`${type} (row ${row + 1}) becomes ${kind} for ${seenBy.join(', ')}`, async () => {
    const id = identifiers();
    const clients = await watchers(id);
    await server.publish(domainEvent(type, id, changes(id)));
    const texts = await Promise.all(seenBy.map((name) => clients[name].next()));
    for (const text of texts) {
      assertView(text, kind, view(id));
      assert.equal(text, texts[0], 'all recipients get the identical text');
    }
    await server.assertNothingElse(...Object.values(clients));
  });
});

for (const type of ['SwapExecuted', 'SwapRolledBack']) {
  test(`${type} becomes one assignment_changed per changed assignment`, async () => {
    const id = identifiers();
    const clients = await watchers(id);
    await server.publish(domainEvent(type, id));
    for (const expected of [
      { assignment_id: id.assignment, person_id: id.target, block_id: id.block },
      { assignment_id: id.otherAssignment, person_id: id.person, block_id: id.otherBlock },
    ]) {
      assertView(await clients.ofAll.next(), 'assignment_changed',
        { ...expected, change_type: 'updated', changed_by: id.actor });
    }
    await server.assertNothingElse(clients.ofAll, clients.ofNothing);
    assert.ok(await sees(clients.ofPerson, id.otherAssignment), 'the asking person sees the own new duty');
    assert.ok(await sees(clients.ofTarget, id.assignment), 'the asked person sees the own new duty');
  });
}

/** True if a change of this assignment arrived before the marker that was published last. */
async function sees(client, assignment) {
  for (let seen = false; ; ) {
    const event = await client.nextJson();
    if (event.event_type === 'resilience_alert') return seen;
    seen ||= event.assignment_id === assignment;
  }
}

const projected = new Set([...rows.map(([type]) => type), 'SwapExecuted', 'SwapRolledBack']);
const unseen = Object.keys(catalogue()).filter(
  (type) => !projected.has(type) || type === 'AbsenceCreated' || type === 'AbsenceApproved',
);

for (const type of unseen) {
  test(`${type}${projected.has(type) ? ' without an overlap' : ''} is accepted and shown to no classic client`, async () => {
    const id = identifiers();
    const clients = await watchers(id);
    const { events } = await server.publish(domainEvent(type, id));
    assert.equal(events.length, 1);
    await server.assertNothingElse(...Object.values(clients));
  });
}

test('an assignment without a schedule goes only to the person', async () => {
  const id = identifiers();
  const clients = await watchers(id);
  await server.publish(domainEvent('AssignmentCreated', id, { schedule_id: null }));
  for (const name of person) assertView(await clients[name].next(), 'assignment_changed', assignmentView('created')(id));
  await server.assertNothingElse(...Object.values(clients));
});

test('a domain event whose identifiers are not UUIDs is accepted and harmless', async () => {
  const id = identifiers();
  const clients = await watchers(id);
  await server.publish(domainEvent('ScheduleUpdated', { ...id, schedule: 's1' }));
  await server.publish(domainEvent('AssignmentCreated', { ...id, assignment: 'a1', person: 'p1', block: 'b1' }));
  await server.assertNothingElse(clients.ofPerson, clients.ofTarget, clients.ofNothing);
});

test('the user who made a change is null if the id is not a UUID', async () => {
  const id = identifiers();
  const clients = await watchers(id);
  await server.publish(domainEvent('ScheduleUpdated', { ...id, actor: 'nightly job' }));
  assertView(await clients.ofSchedule.next(), 'schedule_updated', { schedule_id: id.schedule, user_id: null });
});

test('the short form gives the same event', async () => {
  const id = identifiers();
  const clients = await watchers(id);
  await server.publish(domainEvent('AssignmentCreated', id));
  await server.publish(shortEvent('AssignmentCreated', id));
  const [full, short] = [await clients.ofPerson.nextJson(), await clients.ofPerson.nextJson()];
  assert.deepEqual({ ...short, timestamp: TIME }, full);
});
