// Golden frames: each client event byte for byte, in both spellings.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { startServer } from './support/server.mjs';

const server = await startServer();
after(() => server.stop());
afterEach(async () => {
  await server.closeClients();
  await server.becomesEmpty();
});

const A = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
const B = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
const C = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc';
const U = '11111111-1111-4111-8111-111111111111';
const T = '2025-12-30T14:23:45.123Z';
const alert = { alert_type: 'n1_failure', severity: 'red', timestamp: T };

/** kind, variant, the fields as published, the frame in snake_case, the frame in camelCase. */
const golden = [
  {
    kind: 'schedule_updated', what: 'all fields',
    fields: {
      schedule_id: A, academic_year_id: B, user_id: U, update_type: 'generated', affected_blocks_count: 730,
      message: 'Schedule generated', timestamp: T,
    },
    snake: `{"event_type":"schedule_updated","timestamp":"${T}","schedule_id":"${A}","academic_year_id":"${B}","user_id":"${U}","update_type":"generated","affected_blocks_count":730,"message":"Schedule generated"}`,
    camel: `{"eventType":"schedule_updated","timestamp":"${T}","scheduleId":"${A}","academicYearId":"${B}","userId":"${U}","updateType":"generated","affectedBlocksCount":730,"message":"Schedule generated"}`,
  },
  {
    kind: 'schedule_updated', what: 'defaults',
    fields: { update_type: 'regenerated', timestamp: T },
    snake: `{"event_type":"schedule_updated","timestamp":"${T}","schedule_id":null,"academic_year_id":null,"user_id":null,"update_type":"regenerated","affected_blocks_count":0,"message":""}`,
    camel: `{"eventType":"schedule_updated","timestamp":"${T}","scheduleId":null,"academicYearId":null,"userId":null,"updateType":"regenerated","affectedBlocksCount":0,"message":""}`,
  },
  {
    kind: 'assignment_changed', what: 'all fields',
    fields: {
      message: 'Moved', changed_by: U, change_type: 'updated', rotation_template_id: A, block_id: C, person_id: B,
      assignment_id: A, timestamp: T, event_type: 'assignment_changed',
    },
    snake: `{"event_type":"assignment_changed","timestamp":"${T}","assignment_id":"${A}","person_id":"${B}","block_id":"${C}","rotation_template_id":"${A}","change_type":"updated","changed_by":"${U}","message":"Moved"}`,
    camel: `{"eventType":"assignment_changed","timestamp":"${T}","assignmentId":"${A}","personId":"${B}","blockId":"${C}","rotationTemplateId":"${A}","changeType":"updated","changedBy":"${U}","message":"Moved"}`,
  },
  {
    kind: 'assignment_changed', what: 'defaults',
    fields: { assignment_id: A, person_id: B, block_id: C, change_type: 'created', timestamp: T },
    snake: `{"event_type":"assignment_changed","timestamp":"${T}","assignment_id":"${A}","person_id":"${B}","block_id":"${C}","rotation_template_id":null,"change_type":"created","changed_by":null,"message":""}`,
    camel: `{"eventType":"assignment_changed","timestamp":"${T}","assignmentId":"${A}","personId":"${B}","blockId":"${C}","rotationTemplateId":null,"changeType":"created","changedBy":null,"message":""}`,
  },
  {
    kind: 'swap_requested', what: 'all fields',
    fields: {
      swap_id: A, requester_id: B, target_person_id: C, swap_type: 'one_to_one', affected_assignments: [A, B],
      message: 'Please', timestamp: T,
    },
    snake: `{"event_type":"swap_requested","timestamp":"${T}","swap_id":"${A}","requester_id":"${B}","target_person_id":"${C}","swap_type":"one_to_one","affected_assignments":["${A}","${B}"],"message":"Please"}`,
    camel: `{"eventType":"swap_requested","timestamp":"${T}","swapId":"${A}","requesterId":"${B}","targetPersonId":"${C}","swapType":"one_to_one","affectedAssignments":["${A}","${B}"],"message":"Please"}`,
  },
  {
    kind: 'swap_requested', what: 'defaults, and a status that /ws does not show',
    fields: { swap_id: A, requester_id: B, swap_type: 'absorb', status: 'pending', timestamp: T },
    snake: `{"event_type":"swap_requested","timestamp":"${T}","swap_id":"${A}","requester_id":"${B}","target_person_id":null,"swap_type":"absorb","affected_assignments":[],"message":""}`,
    camel: `{"eventType":"swap_requested","timestamp":"${T}","swapId":"${A}","requesterId":"${B}","targetPersonId":null,"swapType":"absorb","affectedAssignments":[],"message":""}`,
  },
  {
    kind: 'swap_approved', what: 'all fields, and a type and status that /ws does not show',
    fields: {
      swap_id: A, requester_id: B, target_person_id: C, approved_by: U, affected_assignments: [C], message: 'Yes',
      swap_type: 'one_to_one', status: 'approved', timestamp: T,
    },
    snake: `{"event_type":"swap_approved","timestamp":"${T}","swap_id":"${A}","requester_id":"${B}","target_person_id":"${C}","approved_by":"${U}","affected_assignments":["${C}"],"message":"Yes"}`,
    camel: `{"eventType":"swap_approved","timestamp":"${T}","swapId":"${A}","requesterId":"${B}","targetPersonId":"${C}","approvedBy":"${U}","affectedAssignments":["${C}"],"message":"Yes"}`,
  },
  {
    kind: 'swap_approved', what: 'defaults',
    fields: { swap_id: A, requester_id: B, approved_by: U, timestamp: T },
    snake: `{"event_type":"swap_approved","timestamp":"${T}","swap_id":"${A}","requester_id":"${B}","target_person_id":null,"approved_by":"${U}","affected_assignments":[],"message":""}`,
    camel: `{"eventType":"swap_approved","timestamp":"${T}","swapId":"${A}","requesterId":"${B}","targetPersonId":null,"approvedBy":"${U}","affectedAssignments":[],"message":""}`,
  },
  {
    kind: 'conflict_detected', what: 'all fields',
    fields: {
      conflict_id: A, person_id: B, conflict_type: 'double_booking', severity: 'high', affected_blocks: [C, A],
      message: 'Twice', timestamp: T,
    },
    snake: `{"event_type":"conflict_detected","timestamp":"${T}","conflict_id":"${A}","person_id":"${B}","conflict_type":"double_booking","severity":"high","affected_blocks":["${C}","${A}"],"message":"Twice"}`,
    camel: `{"eventType":"conflict_detected","timestamp":"${T}","conflictId":"${A}","personId":"${B}","conflictType":"double_booking","severity":"high","affectedBlocks":["${C}","${A}"],"message":"Twice"}`,
  },
  {
    kind: 'conflict_detected', what: 'defaults',
    fields: { person_id: B, conflict_type: 'absence_overlap', severity: 'low', timestamp: T },
    snake: `{"event_type":"conflict_detected","timestamp":"${T}","conflict_id":null,"person_id":"${B}","conflict_type":"absence_overlap","severity":"low","affected_blocks":[],"message":""}`,
    camel: `{"eventType":"conflict_detected","timestamp":"${T}","conflictId":null,"personId":"${B}","conflictType":"absence_overlap","severity":"low","affectedBlocks":[],"message":""}`,
  },
  {
    kind: 'resilience_alert', what: 'all fields',
    fields: {
      alert_type: 'utilization_high', severity: 'orange', current_utilization: 0.85, defense_level: 'orange',
      affected_persons: [A, B], message: 'Busy', recommendations: ['Call in reserve', 'Delay leave'], timestamp: T,
    },
    snake: `{"event_type":"resilience_alert","timestamp":"${T}","alert_type":"utilization_high","severity":"orange","current_utilization":0.85,"defense_level":"orange","affected_persons":["${A}","${B}"],"message":"Busy","recommendations":["Call in reserve","Delay leave"]}`,
    camel: `{"eventType":"resilience_alert","timestamp":"${T}","alertType":"utilization_high","severity":"orange","currentUtilization":0.85,"defenseLevel":"orange","affectedPersons":["${A}","${B}"],"message":"Busy","recommendations":["Call in reserve","Delay leave"]}`,
  },
  {
    kind: 'resilience_alert', what: 'defaults',
    fields: alert,
    snake: `{"event_type":"resilience_alert","timestamp":"${T}","alert_type":"n1_failure","severity":"red","current_utilization":null,"defense_level":null,"affected_persons":[],"message":"","recommendations":[]}`,
    camel: `{"eventType":"resilience_alert","timestamp":"${T}","alertType":"n1_failure","severity":"red","currentUtilization":null,"defenseLevel":null,"affectedPersons":[],"message":"","recommendations":[]}`,
  },
];

async function bothSpellings() {
  const snake = await server.connect('admin');
  const camel = await server.connect('admin', { query: { case: 'camel' } });
  await snake.watchSchedule(A);
  await snake.watchPerson(B);
  return { snake, camel };
}

for (const { kind, what, fields, snake, camel } of golden) {
  test(`${kind}, ${what}: the exact bytes`, async () => {
    const clients = await bothSpellings();
    await server.broadcast(kind, fields);
    assert.equal(await clients.snake.next(), snake);
    assert.equal(await clients.camel.next(), camel);
    await server.assertNothingElse(clients.snake, clients.camel);
  });

  test(`${kind}, ${what}: the same from fields published in camelCase`, async () => {
    const clients = await bothSpellings();
    const spelled = Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key.replace(/_(.)/g, (_, c) => c.toUpperCase()), value]),
    );
    await server.broadcast(kind, spelled);
    assert.equal(await clients.snake.next(), snake);
    assert.equal(await clients.camel.next(), camel);
  });
}

test('null for an optional field equals its absence', async () => {
  const { snake } = await bothSpellings();
  await server.broadcast('schedule_updated', {
    schedule_id: A, academic_year_id: null, user_id: null, update_type: 'modified', timestamp: T,
  });
  assert.equal(
    await snake.next(),
    `{"event_type":"schedule_updated","timestamp":"${T}","schedule_id":"${A}","academic_year_id":null,"user_id":null,"update_type":"modified","affected_blocks_count":0,"message":""}`,
  );
});

test('values other than the usual ones pass unchanged', async () => {
  const { snake } = await bothSpellings();
  await server.broadcast('assignment_changed', {
    assignment_id: A, person_id: B, block_id: C, change_type: 'auto-balanced', timestamp: T,
  });
  assert.equal((await snake.nextJson()).change_type, 'auto-balanced');
});

// --- text

const texts = {
  'umlauts, quotes, a slash and a tag': ['Ünïcode "q" </x>', 'Ünïcode \\"q\\" </x>'],
  'a line separator': ['a\u2028b\u2029c', 'a\u2028b\u2029c'],
  'beyond the basic plane': ['duty 🏥 日本', 'duty 🏥 日本'],
  'backslash': ['C:\\temp', 'C:\\\\temp'],
  'the short escapes': ['\b\t\n\f\r', '\\b\\t\\n\\f\\r'],
  'other controls': ['\u0000\u0001\u001f\u007f', '\\u0000\\u0001\\u001f\u007f'],
};

for (const [what, [plain, written]] of Object.entries(texts)) {
  test(`text with ${what} is written as the original writes it`, async () => {
    const { snake } = await bothSpellings();
    await server.broadcast('resilience_alert', { ...alert, message: plain });
    assert.equal(
      await snake.next(),
      `{"event_type":"resilience_alert","timestamp":"${T}","alert_type":"n1_failure","severity":"red","current_utilization":null,"defense_level":null,"affected_persons":[],"message":"${written}","recommendations":[]}`,
    );
  });
}

test('escaped input text is the same text', async () => {
  const { snake } = await bothSpellings();
  await server.broadcast(
    'resilience_alert',
    String.raw`{"alert_type":"n1_failure","severity":"red","message":"\u00dcn\u00efcode \ud83c\udfe5 \/"}`,
  );
  assert.equal((await snake.nextJson()).message, 'Ünïcode 🏥 /');
});

// --- numbers

const numbers = {
  '1': '1.0', '0': '0.0', '0.5': '0.5', '1.0': '1.0', '100': '100.0', '0.1': '0.1', '97.25': '97.25', '1e22': '1e+22',
  '1e-7': '1e-07', '0.0001': '0.0001', '0.30000000000000004': '0.30000000000000004', '1e16': '1e+16',
  '123456789012345.0': '123456789012345.0', '-2.5': '-2.5',
};

for (const [given, written] of Object.entries(numbers)) {
  test(`the number ${given} is written ${written}`, async () => {
    const { snake } = await bothSpellings();
    await server.broadcast(
      'resilience_alert',
      `{"alert_type":"n1_failure","severity":"red","timestamp":"${T}","current_utilization":${given}}`,
    );
    assert.ok((await snake.next()).includes(`"current_utilization":${written},`));
  });
}

// --- identifiers and times

test('identifiers in any accepted form are written in lower case with hyphens', async () => {
  const { snake } = await bothSpellings();
  const forms = [A.toUpperCase(), `{${A}}`, `urn:uuid:${A}`, A.replaceAll('-', '')];
  for (const schedule_id of forms) {
    await server.broadcast('schedule_updated', { schedule_id, update_type: 'modified', timestamp: T });
    assert.equal((await snake.nextJson()).schedule_id, A);
  }
});

const times = {
  '2025-12-30T14:23:45Z': '2025-12-30T14:23:45.000Z',
  '2025-12-30T14:23:45.1Z': '2025-12-30T14:23:45.100Z',
  '2025-12-30t14:23:45.120z': '2025-12-30T14:23:45.120Z',
  '2025-12-30T16:23:45.123+02:00': '2025-12-30T14:23:45.123Z',
  '2025-12-30T08:53:45.123-05:30': '2025-12-30T14:23:45.123Z',
  '2026-11-23T06:09:09.860100': '2026-11-23T06:09:09.860Z',
  '2025-01-02T03:04:05': '2025-01-02T03:04:05.000Z',
  '2024-02-29T23:59:59.999000Z': '2024-02-29T23:59:59.999Z',
  '2025-12-31T23:30:00-01:00': '2026-01-01T00:30:00.000Z',
};

for (const [given, written] of Object.entries(times)) {
  test(`the time ${given} is written as ${written}`, async () => {
    const { snake } = await bothSpellings();
    await server.broadcast('resilience_alert', { ...alert, timestamp: given });
    assert.equal((await snake.nextJson()).timestamp, written);
  });
}

test('an event without a time gets the time of its publication', async () => {
  const { snake } = await bothSpellings();
  const before = Date.now() - 1;
  await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red' });
  const after = Date.now() + 1;
  const { timestamp } = await snake.nextJson();
  assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.ok(before <= Date.parse(timestamp) && Date.parse(timestamp) <= after, timestamp);
});

// --- the solver's events pass unchanged

const solver = {
  solver_solution: {
    eventType: 'solver_solution', taskId: 'task-1', solutionNum: 3, solutionType: 'progress', objectiveValue: 1.5,
    optimalityGapPct: 2.5, progressPct: 97.5, elapsedSeconds: 0.1, isOptimal: false,
  },
  solver_complete: {
    eventType: 'solver_complete', timestamp: T, taskId: 'task-1', status: 'optimal', totalSolutions: 4,
    finalAssignmentCount: 2, totalElapsedSeconds: 3.5, message: 'done',
  },
};

for (const [kind, fields] of Object.entries(solver)) {
  test(`${kind} goes to everybody with all its values unchanged`, async () => {
    const { camel } = await bothSpellings();
    const other = await server.connect('coordinator', { query: { case: 'camel' } });
    await server.broadcast(kind, fields);
    for (const client of [camel, other]) {
      const received = await client.nextJson();
      for (const [key, value] of Object.entries(fields)) assert.deepEqual(received[key], value, key);
    }
    await server.assertNothingElse(camel, other);
  });
}

test('the solver\'s events in camelCase: the exact bytes of the original, with our timestamp', async () => {
  const { camel } = await bothSpellings();
  await server.broadcast('solver_solution', { ...solver.solver_solution, objectiveValue: 1 });
  assert.equal(
    await camel.next(),
    '{"eventType":"solver_solution","taskId":"task-1","solutionNum":3,"solutionType":"progress","objectiveValue":1.0,"optimalityGapPct":2.5,"progressPct":97.5,"elapsedSeconds":0.1,"isOptimal":false}',
  );
  await server.broadcast('solver_complete', { ...solver.solver_complete, totalElapsedSeconds: 3 });
  assert.equal(
    await camel.next(),
    `{"eventType":"solver_complete","timestamp":"${T}","taskId":"task-1","status":"optimal","totalSolutions":4,"finalAssignmentCount":2,"totalElapsedSeconds":3.0,"message":"done"}`,
  );
});

test('365 events published at once arrive whole and in order', async () => {
  const { snake, camel } = await bothSpellings();
  const events = Array.from({ length: 365 }, (_, day) => ({
    event_type: 'AssignmentCreated', assignment_id: A, person_id: B, block_id: C, role: `day ${day}`, created_by: U,
    rotation_id: `${String(day).padStart(8, '0')}-aaaa-4aaa-8aaa-aaaaaaaaaaaa`,
  }));
  const answer = await server.publish(events);
  assert.equal(answer.events.length, 365);
  for (const { rotation_id } of events) {
    assert.equal((await snake.nextJson()).rotation_template_id, rotation_id);
    assert.equal((await camel.nextJson()).rotationTemplateId, rotation_id);
  }
  await server.assertNothingElse(snake, camel);
});
