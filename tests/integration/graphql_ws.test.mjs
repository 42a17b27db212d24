// The third tier through npm graphql-ws: all subscriptions, filters, access, resume (wire specification §4).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { FIELDS, GraphqlClient, subscription } from './support/graphql.mjs';
import { startServer } from './support/server.mjs';
import * as v1 from './support/v1.mjs';

const { TIME, UUID } = v1;

const server = await startServer({ users: { admin: 'admin', resident: 'resident' } });
after(() => server.stop());

const clients = [];
afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));

async function connect(name = 'admin', options = {}) {
  const client = new GraphqlClient(server, { connectionParams: { token: await server.token(name) }, ...options });
  clients.push(client);
  return client;
}

const schedule = (fields = {}) => ({
  schedule_id: randomUUID(), update_type: 'generated', affected_blocks_count: 3, message: 'hé', ...fields,
});
const assignment = (fields = {}) => ({
  assignment_id: randomUUID(), person_id: randomUUID(), block_id: randomUUID(), change_type: 'created', message: 'm', ...fields,
});
const swap = (fields = {}) => ({
  swap_id: randomUUID(), requester_id: randomUUID(), target_person_id: randomUUID(), swap_type: 'one_to_one',
  affected_assignments: [randomUUID()], message: 'm', ...fields,
});
const conflict = (fields = {}) => ({
  conflict_id: randomUUID(), person_id: randomUUID(), conflict_type: 'double_booking', severity: 'high',
  affected_blocks: [randomUUID()], message: 'm', ...fields,
});
const alert = (fields = {}) => ({
  alert_type: 'n1_failure', severity: 'red', current_utilization: 0.9, defense_level: 'DEFENSE_LEVEL_4',
  affected_persons: [randomUUID()], message: 'm', recommendations: ['rest'], ...fields,
});

const camel = (fields) =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key.replace(/_(.)/g, (_, c) => c.toUpperCase()), value]));

/** Compares what was published with what arrived; our own fields are checked by their form. */
function assertShows(value, published, more = {}) {
  const { timestamp, cursor, eventId, ...rest } = value;
  assert.match(timestamp, TIME);
  assert.match(eventId, UUID);
  assert.equal(typeof cursor, 'string');
  for (const [key, expected] of Object.entries({ ...camel(published), ...more })) {
    assert.deepEqual(rest[key], expected, key);
  }
}

const CASES = [
  ['scheduleUpdates', 'schedule_updated', schedule, { academicYearId: null, userId: null }],
  ['scheduleUpdated', 'schedule_updated', schedule, {}],
  ['assignmentUpdates', 'assignment_changed', assignment, { rotationTemplateId: null, changedBy: null }],
  ['assignmentUpdated', 'assignment_changed', assignment, {}],
  ['swapRequests', 'swap_requested', swap, { status: 'pending', approvedBy: null }],
  ['swapNotification', 'swap_requested', swap, { status: 'pending' }],
  ['swapApprovals', 'swap_approved', () => swap({ approved_by: randomUUID() }), { status: 'approved' }],
  ['conflictAlerts', 'conflict_detected', conflict, {}],
  ['conflictAlert', 'conflict_detected', conflict, {}],
  ['resilienceAlerts', 'resilience_alert', alert, {}],
  ['resilienceAlert', 'resilience_alert', alert, {}],
];

for (const [field, kind, make, more] of CASES) {
  test(`${field} returns every field of the published event`, async () => {
    const results = await (await connect()).watching(subscription(field));
    const published = make();
    await server.broadcast(kind, published);
    assertShows(await results.value(), published, more);
  });
}

const person = randomUUID();
const plan = randomUUID();
const year = randomUUID();
const FILTERS = [
  ['scheduleUpdates', `(filter: {scheduleId: "${plan}"})`, 'schedule_updated', schedule, { schedule_id: plan }],
  ['scheduleUpdates', `(filter: {academicYearId: "${year}"})`, 'schedule_updated', schedule, { academic_year_id: year }],
  ['scheduleUpdates', '(filter: {updateTypes: ["regenerated", "modified"]})', 'schedule_updated', schedule,
    { update_type: 'modified' }],
  ['assignmentUpdates', `(personId: "${person}")`, 'assignment_changed', assignment, { person_id: person }],
  ['swapRequests', `(filter: {personId: "${person}"})`, 'swap_requested', swap, { requester_id: person }],
  ['swapRequests', `(filter: {personId: "${person}"})`, 'swap_requested', swap, { target_person_id: person }],
  ['swapRequests', '(filter: {swapTypes: ["absorb"]})', 'swap_requested', swap, { swap_type: 'absorb' }],
  ['swapRequests', '(filter: {statuses: ["rejected"]})', 'swap_requested', swap, { status: 'rejected' }],
  ['conflictAlerts', `(filter: {personId: "${person}"})`, 'conflict_detected', conflict, { person_id: person }],
  ['conflictAlerts', '(filter: {severities: ["low"]})', 'conflict_detected', conflict, { severity: 'low' }],
  ['conflictAlerts', '(filter: {conflictTypes: ["absence_overlap"]})', 'conflict_detected', conflict,
    { conflict_type: 'absence_overlap' }],
];

for (const [field, args, kind, make, fitting] of FILTERS) {
  test(`${field}${args} passes matching events and no others`, async () => {
    const results = await (await connect()).watching(subscription(field, args));
    await server.broadcast(kind, make());
    const published = make(fitting);
    await server.broadcast(kind, published);
    assertShows(await results.value(), published);
  });
}

test('scheduleUpdates(personId) returns changes that name the person', async () => {
  const results = await (await connect()).watching(subscription('scheduleUpdates', `(filter: {personId: "${person}"})`));
  const change = (changes) => ({ event_type: 'ScheduleUpdated', schedule_id: randomUUID(), updated_by: randomUUID(), changes });
  await server.publish([change({ person_id: randomUUID() }), change({})]);
  const named = change({ affected_persons: [randomUUID(), person] });
  await server.publish(named);
  assert.equal((await results.value()).scheduleId, named.schedule_id);
});

test('the outcome of a swap goes to those who follow swaps', async () => {
  const results = await (await connect()).watching(subscription('swapRequests', `(filter: {personId: "${person}"})`));
  const base = () => ({ swap_id: randomUUID(), requester_id: person, swap_type: 'absorb' });
  const actor = randomUUID();
  const endings = [
    [{ event_type: 'SwapRejected', ...base(), rejected_by: actor, reason: 'no' }, 'rejected'],
    [{ event_type: 'SwapCancelled', ...base(), cancelled_by: actor }, 'cancelled'],
    [{ event_type: 'SwapExecuted', ...base(), executed_by: actor, assignment_changes: [] }, 'executed'],
    [{ event_type: 'SwapRolledBack', ...base(), rolled_back_by: actor, assignment_changes: [] }, 'rolled_back'],
  ];
  await server.publish(endings.map(([event]) => event));
  for (const [event, status] of endings) {
    const value = await results.value();
    assert.deepEqual([value.swapId, value.status], [event.swap_id, status]);
  }
});

test('a resident receives what a resident may see, without naming it', async () => {
  const { personId } = server.user('resident');
  const client = await connect('resident');
  const results = await client.watching(subscription('conflictAlerts'));
  await server.broadcast('conflict_detected', conflict());
  const mine = conflict({ person_id: personId });
  await server.broadcast('conflict_detected', mine);
  assertShows(await results.value(), mine);

  const refused = client.subscribe(subscription('conflictAlerts', `(filter: {personId: "${randomUUID()}"})`));
  const answer = await refused.next();
  assert.equal(answer.data, null);
  assert.equal(answer.errors[0].extensions.name, 'forbidden');
  assert.deepEqual(answer.errors[0].path, ['conflictAlerts']);
  assert.deepEqual(await refused.next(), { complete: true });
});

test('after: missed events come first, in order and once, then new ones', async () => {
  const client = await connect();
  const first = await client.watching(subscription('resilienceAlerts'));
  await server.broadcast('resilience_alert', alert({ message: '0' }));
  const { cursor } = await first.value();
  first.stop();
  for (let i = 1; i <= 200; ++i) await server.broadcast('resilience_alert', alert({ message: String(i) }));
  const again = client.subscribe(subscription('resilienceAlerts', `(after: "${cursor}")`, 'message cursor'));
  const seen = [];
  while (seen.length < 200) seen.push((await again.value()).message);
  await server.broadcast('resilience_alert', alert({ message: '201' }));
  seen.push((await again.value()).message);
  assert.deepEqual(seen, Array.from({ length: 201 }, (_, i) => String(i + 1)));
});

test('from rotacast.v1 to GraphQL and back with one cursor: nothing twice, nothing lost', async () => {
  const say = (n) => server.broadcast('resilience_alert', alert({ message: `m${n}` }));
  const ws = await v1.connect(server);
  const { cursor: begin } = await v1.subscribe(ws);
  await ws.close();
  let cursor = begin;
  let seen = 0;
  const take = (message, at) => {
    assert.equal(message, `m${seen}`);
    seen += 1;
    cursor = at;
  };
  const total = 240;
  const publishing = (async () => {
    for (let n = 0; n < total; ++n) await say(n);
  })();
  const client = await connect();
  for (let turn = 0; seen < total; ++turn) {
    const wanted = Math.min(total, seen + 1 + ((turn * 7) % 13));
    if (turn % 2) {
      const socket = await v1.connect(server);
      socket.send({ action: 'resume', id: 'r', cursor });
      while (seen < wanted) {
        const event = await socket.nextJson();
        if (event.event_type === 'resilience_alert') take(event.message, event.cursor);
      }
      await socket.close();
    } else {
      const results = client.subscribe(subscription('resilienceAlerts', `(after: "${cursor}")`, 'message cursor'));
      while (seen < wanted) {
        const event = await results.value();
        take(event.message, event.cursor);
      }
      results.stop();
    }
  }
  await publishing;
});

test('a cursor of another journal is reported as a gap, and the subscription continues', async () => {
  const results = await (await connect()).watching(subscription('resilienceAlerts', '(after: "other.7")'));
  const { data, extensions } = await results.next();
  assert.equal(data, null);
  assert.deepEqual([extensions.gap.from, extensions.gap.reason], ['other.7', 'epoch_changed']);
  await server.broadcast('resilience_alert', alert({ message: 'live' }));
  assert.equal((await results.value()).message, 'live');

  const bad = (await connect()).subscribe(subscription('resilienceAlerts', '(after: "no cursor")'));
  const answer = await bad.next();
  assert.ok(answer.errors?.length === 1 || answer.failed, JSON.stringify(answer));
});

test('a heartbeat beats at once and again, within its limits', async () => {
  const client = await connect();
  const beats = client.subscribe('subscription { heartbeat(intervalSeconds: 1) { timestamp serverTime connectionId } }');
  const one = await beats.value();
  const two = await beats.value();
  assert.equal(one.timestamp, one.serverTime);
  assert.match(one.timestamp, TIME);
  assert.match(one.connectionId, UUID);
  assert.equal(two.connectionId, one.connectionId);
  assert.notEqual(two.timestamp, one.timestamp);
  for (const bad of [0, -1, 3601]) {
    const refused = client.subscribe(`subscription { heartbeat(intervalSeconds: ${bad}) { timestamp } }`);
    assert.equal((await refused.next()).errors[0].extensions.name, 'invalid_field');
  }
});

test('presence sends the roster first, then changes, and counts a user with two tabs once', async () => {
  const watcher = (await connect()).subscribe('subscription { userPresence { userId status lastSeen activePage } }');
  const me = server.user('admin').id;
  const seen = await watcher.value();
  assert.deepEqual([seen.userId, seen.status, seen.activePage], [me, 'online', null]);
  const presence = 'subscription { userPresence { userId status } }';
  const tabs = [await connect('resident'), await connect('resident')];
  const rosters = tabs.map((tab) => tab.subscribe(presence));
  const come = await watcher.value();
  assert.deepEqual([come.userId, come.status], [server.user('resident').id, 'online']);
  const roster = [await rosters[1].value(), await rosters[1].value()];
  assert.deepEqual(roster.map(({ userId }) => userId).sort(), [me, server.user('resident').id].sort());
});

test('an invalid document is an error of its operation, and the socket stays open', async () => {
  const client = await connect();
  for (const wrong of ['subscription {', '{ nope }', 'subscription { nope }', 'subscription ($n: Int!) { heartbeat(intervalSeconds: $n) { timestamp } }']) {
    const { failed } = await client.subscribe(wrong).next();
    assert.ok(Array.isArray(failed) && failed[0].message, wrong);
    assert.ok(failed[0].locations, wrong);
  }
  assert.deepEqual(await client.ask('{ viewer { username role } }'), { data: { viewer: { username: 'admin', role: 'admin' } } });
});

test('the token is accepted in every place, and a missing token is rejected', async () => {
  const token = await server.token('admin');
  const asked = async (options) => {
    const client = new GraphqlClient(server, options);
    clients.push(client);
    return (await client.ask('{ viewer { userId } }')).data.viewer.userId;
  };
  const me = server.user('admin').id;
  for (const connectionParams of [{ token }, { authToken: token }, { Authorization: `Bearer ${token}` }]) {
    assert.equal(await asked({ connectionParams }), me);
  }
  assert.equal(await asked({ query: { token } }), me);
  assert.equal(await asked({ query: { token: 'stale' }, connectionParams: { token } }), me);
  assert.equal(await asked({ route: '/api/v1/graphql', query: { token } }), me);
  const tokenless = new GraphqlClient(server, { isFatalConnectionProblem: () => true });
  clients.push(tokenless);
  assert.deepEqual(await tokenless.closed, { code: 4401, reason: 'token_missing: Log in and send the token.' });
  const liar = new GraphqlClient(server, { connectionParams: { token: 'x' } });
  clients.push(liar);
  assert.deepEqual(await liar.closed, { code: 4401, reason: 'token_invalid: Log in again; this token cannot be used.' });
});

test('the connection ends when its token expires', async () => {
  const client = await connect('admin', { connectionParams: { token: await server.newToken('admin', 1) } });
  client.subscribe(subscription('resilienceAlerts'));
  assert.deepEqual(await client.closed, { code: 4403, reason: 'token_expired: Refresh the token or log in again.' });
});

test('many operations of one connection each get their events of one batch', async () => {
  const client = await connect();
  const all = Array.from({ length: 50 }, () => client.subscribe(subscription('resilienceAlerts', '', 'message')));
  const other = await client.watching('subscription { resilienceAlerts { text: message } }');
  await server.publish([1, 2, 3].map((n) => ({ event_type: 'ResilienceLevelChanged', new_level: `DEFENSE_LEVEL_${n}`, previous_level: 'green', utilization: 0.9, trigger_reason: 'r' })));
  for (const results of all) {
    for (let i = 0; i < 3; ++i) assert.deepEqual(Object.keys(await results.value()), ['message']);
  }
  for (let i = 0; i < 3; ++i) assert.deepEqual(Object.keys(await other.value()), ['text']);
});
