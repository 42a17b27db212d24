// Events that name only a thing: screens are shown what earlier events said of it, on every road, live and from
// history with the same bytes; what nobody ever said is named in the publisher's answer.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { identifiers, shortEvent } from './support/domain_events.mjs';
import { requestStream, streamUrl } from './support/event_stream.mjs';
import { GraphqlClient } from './support/graphql.mjs';
import { startServer } from './support/server.mjs';
import * as v1 from './support/v1.mjs';

const server = await startServer({ users: { admin: 'admin' } });
after(() => server.stop());
const opened = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  await server.closeClients();
});

const ASSIGNMENTS = 'assignmentUpdates { assignmentId personId blockId rotationTemplateId changeType eventId }';
const SWAPS = 'swapRequests { swapId requesterId targetPersonId swapType status affectedAssignments eventId }';
const APPROVALS = 'swapApprovals { swapId requesterId targetPersonId swapType affectedAssignments eventId }';
const CONFLICTS = 'conflictAlerts { personId conflictType severity affectedBlocks eventId }';

const duty = (id) => shortEvent('AssignmentCreated', id);
const request = (id) => shortEvent('SwapRequested', id);
const absence = (id) => shortEvent('AbsenceCreated', id, { overlapping_blocks: [id.block], severity: 'low' });

const changed = (change_type) => (id) => ({
  event_type: 'assignment_changed', assignment_id: id.assignment, person_id: id.person, block_id: id.block,
  rotation_template_id: id.rotation, change_type,
});
const ending = (status) => (id) => ({
  swapId: id.subject, requesterId: id.person, targetPersonId: id.target, swapType: 'one_to_one', status,
  affectedAssignments: [id.assignment, id.otherAssignment],
});
const overlap = (id) => ({
  event_type: 'conflict_detected', person_id: id.person, conflict_type: 'absence_overlap', severity: 'low',
  affected_blocks: [id.block],
});

/** type → what said it earlier, own members, the frame of person's watchers or null, GraphQL's field and values, and
 * the members that are missing when nobody said it. */
const CASES = {
  AssignmentUpdated: [duty, (id) => ({ assignment_id: id.assignment, updated_by: id.actor, changes: { role: 'backup' },
    previous_values: {} }), changed('updated'), ASSIGNMENTS, {}, ['/person_id', '/block_id']],
  AssignmentConfirmed: [duty, (id) => ({ assignment_id: id.assignment, confirmed_by: id.actor }), changed('updated'),
    ASSIGNMENTS, {}, ['/person_id', '/block_id']],
  AssignmentDeleted: [duty, (id) => ({ assignment_id: id.assignment, deleted_by: id.actor }), changed('deleted'),
    ASSIGNMENTS, {}, ['/person_id', '/block_id']],
  SwapApproved: [request, (id) => ({ swap_id: id.subject, approved_by: id.actor }),
    (id) => ({ event_type: 'swap_approved', swap_id: id.subject, requester_id: id.person, target_person_id: id.target,
      affected_assignments: [id.assignment, id.otherAssignment] }), APPROVALS, {}, ['/requester_id']],
  SwapRejected: [request, (id) => ({ swap_id: id.subject, rejected_by: id.actor }), null, SWAPS, ending('rejected'),
    ['/requester_id']],
  SwapCancelled: [request, (id) => ({ swap_id: id.subject, cancelled_by: id.actor }), null, SWAPS, ending('cancelled'),
    ['/requester_id']],
  SwapExecuted: [request, (id) => ({ swap_id: id.subject, executed_by: id.actor, assignment_changes: [] }), null, SWAPS,
    ending('executed'), ['/requester_id']],
  SwapRolledBack: [request, (id) => ({ swap_id: id.subject, rolled_back_by: id.actor }), null, SWAPS,
    ending('rolled_back'), ['/requester_id']],
  AbsenceApproved: [absence, (id) => ({ absence_id: id.subject, approved_by: id.actor }), overlap, CONFLICTS, {}, []],
};

const bare = (type, id) => ({ event_type: type, ...CASES[type][1](id) });

async function stream(id, cursor) {
  const headers = { authorization: `Bearer ${await server.token('admin')}`, 'last-event-id': cursor };
  const answer = await requestStream(streamUrl(server, { persons: [id.person] }), { headers });
  opened.push(answer.stream);
  return answer.stream;
}

/** The last record of the case, before the alert that ends it. */
async function lastRecord(from) {
  for (let last = null; ; ) {
    const record = await from.next();
    if (record.data?.event_type === 'resilience_alert') return last;
    if (record.data && record.data.event_type !== 'resumed') last = record.data;
  }
}

/** The last frame that a watcher was sent before the alert that ends the case, as it came; null for none. */
async function lastFrame(client) {
  for (let last = null; ; ) {
    const text = await client.next();
    if (JSON.parse(text).event_type === 'resilience_alert') return last;
    if (JSON.parse(text).event_type !== 'resumed') last = text;
  }
}

async function valueOf(results, eventId) {
  for (;;) {
    const value = await results.value();
    if (value.eventId === eventId) return value;
  }
}

const shows = (frame, expected, what) => {
  if (expected === null) return assert.equal(frame, null, what);
  assert.notEqual(frame, null, `${what}: nothing came`);
  for (const [key, value] of Object.entries(expected)) assert.deepEqual(frame[key], value, `${what}: ${key}`);
};
const endCase = () => server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'green' });

/** Opens a watcher on each road, has the event published, and looks at what they are shown. */
async function check(type, id, publish, before = null) {
  const [, , view, field, values] = CASES[type];
  const classic = await server.connect('admin');
  await classic.watchPerson(id.person);
  const modern = await v1.connect(server);
  const { cursor } = await v1.subscribe(modern, { persons: [id.person] });
  const records = await stream(id, cursor);
  const graphql = new GraphqlClient(server, { connectionParams: { token: await server.token('admin') } });
  opened.push(graphql);
  const results = await graphql.watching(`subscription { ${field} }`);

  const answer = await publish();
  assert.deepEqual(answer.unseen, [], type);
  await endCase();
  const frame = await lastFrame(modern);
  const expected = view ? view(id) : before;
  shows(JSON.parse(await lastFrame(classic)), expected, `${type}, classic`);
  shows(JSON.parse(frame), expected, `${type}, v1`);
  shows(await lastRecord(records), expected, `${type}, stream`);
  const value = await valueOf(results, answer.events.at(-1).event_id);
  if (view === null) shows(value, values(id), `${type}, GraphQL`);
  return { type, id, cursor, frame };
}

/** Whoever comes back later is sent the same bytes. */
async function checkAgain({ type, id, cursor, frame }) {
  const client = await v1.connect(server);
  client.send({ action: 'resume', id: 'r', cursor, persons: [id.person] });
  assert.equal(await lastFrame(client), frame, `${type}, resumed`);
  await client.close();
}

const types = Object.keys(CASES);

for (const type of types) {
  test(`${type} after an event of the same request that said it`, async () => {
    const id = identifiers();
    const earlier = CASES[type][0](id);
    // The end of a swap has no frame of its own; its request, published with it, has one.
    const before = earlier.event_type === 'SwapRequested' ? { event_type: 'swap_requested', swap_id: id.subject } : null;
    await checkAgain(await check(type, id, () => server.publish([earlier, bare(type, id)]), before));
  });

  test(`${type} after an earlier request that said it`, async () => {
    const id = identifiers();
    await server.publish(CASES[type][0](id));
    await checkAgain(await check(type, id, () => server.publish(bare(type, id))));
  });

  test(`${type} that nobody ever said more of: its publisher is told, also when it asks again`, async () => {
    const id = identifiers();
    const event = { ...bare(type, id), metadata: { event_id: randomUUID() } };
    const missing = CASES[type][5];
    const key = { 'idempotency-key': randomUUID() };
    for (const headers of [{}, {}, key, key]) assert.deepEqual((await server.publish(event, headers)).unseen, missing);
    assert.deepEqual((await server.publish([event, event])).unseen,
      [...missing.map((member) => `/0${member}`), ...missing.map((member) => `/1${member}`)]);
  });
}

test('who asks again is told the same, although more is known by now', async () => {
  const id = identifiers();
  const event = { ...bare('AssignmentUpdated', id), metadata: { event_id: randomUUID() } };
  await server.publish(event);
  await server.publish(duty(id));
  assert.deepEqual((await server.publish(event)).unseen, ['/person_id', '/block_id']);
  const next = { ...bare('AssignmentUpdated', id), metadata: { event_id: randomUUID() } };
  const key = { 'idempotency-key': randomUUID() };
  for (let i = 0; i < 2; ++i) assert.deepEqual((await server.publish(next, key)).unseen, []);
});

test('whoever loses a duty is told by what was known of it', async () => {
  const id = identifiers();
  await server.publish(duty(id));
  const [loser, gainer] = [await server.connect('admin'), await server.connect('admin')];
  await loser.watchPerson(id.person);
  await gainer.watchPerson(id.target);
  await server.publish({ event_type: 'AssignmentUpdated', assignment_id: id.assignment, updated_by: id.actor,
    changes: { person_id: id.target }, previous_values: {} });
  for (const client of [loser, gainer]) {
    shows(await client.nextJson(), { ...changed('updated')(id), person_id: id.target }, 'the change');
  }
});

test('an executed swap shows the duties that it only names', async () => {
  const id = identifiers();
  await server.publish([duty(id), request(id)]);
  const client = await server.connect('admin');
  await client.watchPerson(id.target);
  await server.publish({ event_type: 'SwapExecuted', swap_id: id.subject, executed_by: id.actor,
    assignment_changes: [{ assignment_id: id.assignment, new_person_id: id.target }] });
  shows(await client.nextJson(), { ...changed('updated')(id), person_id: id.target }, 'the duty');
});

test('a refused request teaches nothing', async () => {
  const id = identifiers();
  const used = randomUUID();
  await server.publish({ ...duty(identifiers()), metadata: { event_id: used } });
  const refused = await server.post('/api/v1/events',
    [duty(id), { ...duty(identifiers()), metadata: { event_id: used } }], { 'x-api-key': server.apiKey });
  assert.equal(refused.status, 409, refused.text);
  assert.deepEqual((await server.publish(bare('AssignmentConfirmed', id))).unseen, ['/person_id', '/block_id']);
});

test('a mutation is answered the same', async () => {
  const id = identifiers();
  const graphql = new GraphqlClient(server, { connectionParams: { token: await server.token('admin') } });
  opened.push(graphql);
  const publish = async (event) => {
    const { data } = await graphql.ask(
      'mutation($event: JSON!) { publish(event: $event) { missingForScreens } }', { event });
    return data.publish.missingForScreens;
  };
  assert.deepEqual(await publish(bare('AssignmentDeleted', id)), ['/person_id', '/block_id']);
  await publish(duty(id));
  assert.deepEqual(await publish(bare('AssignmentDeleted', id)), []);
});

test('what was said before a restart is known after it, and history has the same bytes', async () => {
  const ids = Object.fromEntries(types.map((type) => [type, identifiers()]));
  await server.publish(types.map((type) => CASES[type][0](ids[type])));
  await server.restart();
  const seen = [];
  for (const type of types) seen.push(await check(type, ids[type], () => server.publish(bare(type, ids[type]))));
  await server.closeClients();
  await Promise.all(opened.splice(0).map((one) => one.close()));
  await server.restart();
  for (const one of seen) await checkAgain(one);
});
