// One complete domain event of each of the 33 types, in the full JSON form that a back end sends.
import { randomUUID } from 'node:crypto';

export const TIME = '2025-12-30T14:23:45.123Z';

const period = { start_date: '2025-07-01T00:00:00Z', end_date: '2026-06-30T00:00:00Z' };

/** type → [aggregate_type, own fields]; `who` has the identifiers that a test refers to. */
export function catalogue(who = {}) {
  const id = { ...identifiers(), ...who };
  const swap = { requester_id: id.person, target_person_id: id.target, swap_type: 'one_to_one' };
  const assignment = { person_id: id.person, block_id: id.block, rotation_id: id.rotation, schedule_id: id.schedule };
  const changes = [
    { assignment_id: id.assignment, person_id: id.target, block_id: id.block, schedule_id: id.schedule },
    { assignment_id: id.otherAssignment, person_id: id.person, block_id: id.otherBlock, schedule_id: id.schedule },
  ];
  const affected_assignments = [id.assignment, id.otherAssignment];
  const swapId = { swap_id: id.subject };
  const schedule = { schedule_id: id.schedule };
  const absence = { absence_id: id.subject };
  return {
    ScheduleCreated: ['Schedule', { ...schedule, ...period, created_by: id.actor }],
    ScheduleUpdated: ['Schedule', { ...schedule, updated_by: id.actor, changes: { blocks: 3 } }],
    ScheduleDeleted: ['Schedule', { ...schedule, deleted_by: id.actor }],
    SchedulePublished: ['Schedule', { ...schedule, published_by: id.actor, notification_sent: false }],
    ScheduleArchived: ['Schedule', { ...schedule, archived_by: id.actor }],
    AssignmentCreated: ['Assignment',
      { assignment_id: id.assignment, ...assignment, role: 'primary', created_by: id.actor }],
    AssignmentUpdated: ['Assignment',
      { assignment_id: id.assignment, updated_by: id.actor, changes: {}, previous_values: {}, ...assignment }],
    AssignmentDeleted: ['Assignment', { assignment_id: id.assignment, deleted_by: id.actor, ...assignment }],
    AssignmentConfirmed: ['Assignment', { assignment_id: id.assignment, confirmed_by: id.actor, ...assignment }],
    SwapRequested: ['Swap',
      { ...swapId, ...swap, requester_assignment_id: id.assignment, target_assignment_id: id.otherAssignment }],
    SwapApproved: ['Swap', { ...swapId, approved_by: id.actor, ...swap, affected_assignments }],
    SwapRejected: ['Swap', { ...swapId, rejected_by: id.actor, ...swap, affected_assignments }],
    SwapExecuted: ['Swap', { ...swapId, executed_by: id.actor, assignment_changes: changes, ...swap }],
    SwapCancelled: ['Swap', { ...swapId, cancelled_by: id.actor, ...swap, affected_assignments }],
    SwapRolledBack: ['Swap', { ...swapId, rolled_back_by: id.actor, assignment_changes: changes, ...swap }],
    AbsenceCreated: ['Absence',
      { ...absence, person_id: id.person, ...period, absence_type: 'vacation', created_by: id.actor }],
    AbsenceUpdated: ['Absence', { ...absence, updated_by: id.actor, changes: {} }],
    AbsenceApproved: ['Absence', { ...absence, approved_by: id.actor, person_id: id.person }],
    AbsenceRejected: ['Absence', { ...absence, rejected_by: id.actor }],
    AbsenceDeleted: ['Absence', { ...absence, deleted_by: id.actor }],
    ACGMEViolationDetected: ['ACGMECompliance',
      { violation_id: id.subject, person_id: id.person, violation_type: '80_hour', severity: 'critical',
        detected_at: TIME, details: { hours: 88.5 }, affected_blocks: [id.block] }],
    ACGMEOverrideApplied: ['ACGMECompliance',
      { override_id: id.subject, assignment_id: id.assignment, override_reason: 'cover', applied_by: id.actor,
        justification: 'nobody else', approval_level: 'program_director' }],
    ACGMEComplianceRestored: ['ACGMECompliance', { violation_id: id.subject, person_id: id.person }],
    PersonCreated: ['Person',
      { person_id: id.person, name: 'A. Name', email: 'a@example.org', role: 'resident', created_by: id.actor }],
    PersonUpdated: ['Person', { person_id: id.person, updated_by: id.actor, changes: {} }],
    PersonActivated: ['Person', { person_id: id.person, activated_by: id.actor }],
    PersonDeactivated: ['Person', { person_id: id.person, deactivated_by: id.actor }],
    ResilienceLevelChanged: ['Resilience',
      { previous_level: 'yellow', new_level: 'orange', utilization: 0.91, trigger_reason: 'two are ill',
        affected_persons: [id.person], recommendations: ['Call in reserve'] }],
    ContingencyActivated: ['Resilience',
      { contingency_id: id.subject, activated_by: id.actor, reason: 'flood', level: 'red', utilization: 0.97 }],
    LoadShedInitiated: ['Resilience',
      { level: 'black', initiated_by: id.actor, reason: 'flood', activities: ['lectures'], utilization: 1.0 }],
    SnapshotCreated: ['Snapshot',
      { snapshot_id: id.subject, snapshot_type: 'daily', event_count: 12, data_size_bytes: 4096 }],
    MigrationStarted: ['Migration', { migration_id: id.subject, migration_name: 'ids', started_by: id.actor }],
    MigrationCompleted: ['Migration', { migration_id: id.subject, migration_name: 'ids', success: true }],
  };
}

export function identifiers() {
  const names = ['actor', 'person', 'target', 'schedule', 'block', 'otherBlock', 'rotation', 'assignment',
    'otherAssignment', 'subject'];
  return Object.fromEntries(names.map((name) => [name, randomUUID()]));
}

/** The event as the original writes it: head, metadata, own fields. */
export function domainEvent(type, id = identifiers(), changes = {}) {
  const [aggregate_type, fields] = catalogue(id)[type];
  return {
    aggregate_id: Object.values(fields)[0],
    aggregate_type,
    metadata: {
      event_id: randomUUID(), event_type: type, event_version: 1, timestamp: TIME, correlation_id: null,
      causation_id: null, user_id: null, ip_address: null, user_agent: null, session_id: null,
    },
    ...fields,
    ...changes,
  };
}

/** The same event in the short form: the type and the fields. */
export function shortEvent(type, id = identifiers(), changes = {}) {
  return { event_type: type, ...catalogue(id)[type][1], ...changes };
}
