// Publishing over HTTP: accepted and rejected requests, messages, idempotency.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { after, afterEach, test } from 'node:test';
import { catalogue, domainEvent, identifiers, shortEvent } from './support/domain_events.mjs';
import { BROADCAST, EVENTS, assertError, offsetOf } from './support/intake.mjs';
import { ROLES, everyRole, startServer } from './support/server.mjs';

const server = await startServer({ users: everyRole() });
after(() => server.stop());
afterEach(() => server.closeClients());

const key = () => ({ 'x-api-key': server.apiKey });

async function watcherOf(person) {
  const client = await server.connect('admin');
  await client.watchPerson(person);
  return client;
}

// --- accepted requests

for (const type of Object.keys(catalogue())) {
  test(`${type} is accepted in the full form and in the short one, with nothing ignored`, async () => {
    for (const event of [domainEvent(type), shortEvent(type)]) {
      const { events, ignored } = await server.publish(event);
      assert.equal(events.length, 1);
      assert.equal(events[0].duplicate, false);
      assert.match(events[0].event_id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      offsetOf(events[0].cursor);
      assert.deepEqual(ignored, []);
    }
  });
}

test('an event keeps the identity that its publisher gave it', async () => {
  const event = domainEvent('PersonActivated');
  const { events } = await server.publish(event);
  assert.equal(events[0].event_id, event.metadata.event_id);
});

test('an array is answered in its order, with increasing cursors of one epoch and an id each', async () => {
  const events = Array.from({ length: 50 }, () => shortEvent('AssignmentCreated'));
  const answer = await server.publish(events);
  assert.equal(answer.events.length, 50);
  const cursors = answer.events.map(({ cursor }) => offsetOf(cursor));
  for (let i = 1; i < cursors.length; ++i) {
    assert.equal(cursors[i].epoch, cursors[0].epoch);
    assert.ok(cursors[i].offset > cursors[i - 1].offset);
  }
  assert.equal(new Set(answer.events.map(({ event_id }) => event_id)).size, 50);
});

test('an array may mix types and forms', async () => {
  const id = identifiers();
  const client = await watcherOf(id.person);
  const answer = await server.publish([shortEvent('AssignmentCreated', id), domainEvent('ACGMEViolationDetected', id)]);
  assert.equal(answer.events.length, 2);
  assert.equal((await client.nextJson()).event_type, 'assignment_changed');
  assert.equal((await client.nextJson()).event_type, 'conflict_detected');
});

test('an acknowledged event is in the journal: later ones come after it', async () => {
  const first = await server.publish(shortEvent('PersonActivated'));
  const second = await server.broadcast('schedule_updated', { update_type: 'modified' });
  assert.ok(offsetOf(second.events[0].cursor).offset > offsetOf(first.events[0].cursor).offset);
});

test('concurrent publishers: every client gets each event once, in the order of the cursors', async () => {
  const id = identifiers();
  const clients = [await watcherOf(id.person), await watcherOf(id.person)];
  const ids = Array.from({ length: 200 }, () => randomUUID());
  const answers = await Promise.all(
    ids.map((assignment) => server.publish(shortEvent('AssignmentCreated', { ...id, assignment }))),
  );
  const order = answers
    .map(({ events }, i) => ({ ...offsetOf(events[0].cursor), assignment: ids[i] }))
    .sort((a, b) => a.offset - b.offset)
    .map(({ assignment }) => assignment);
  for (const client of clients) {
    for (const assignment of order) assert.equal((await client.nextJson()).assignment_id, assignment);
  }
  await server.assertNothingElse(...clients);
});

test('unknown keys are ignored and reported', async () => {
  const event = domainEvent('AssignmentCreated');
  event.shoe_size = 44;
  event.metadata.mood = 'good';
  const one = await server.publish(event);
  assert.deepEqual([...one.ignored].sort(), ['/metadata/mood', '/shoe_size']);
  const many = await server.publish([shortEvent('PersonActivated'), { ...shortEvent('PersonActivated'), hat: 'red' }]);
  assert.deepEqual(many.ignored, ['/1/hat']);
  const client = await server.broadcast('schedule_updated', { update_type: 'modified', colour: 'blue' });
  assert.deepEqual(client.ignored, ['/colour']);
});

test('keys inside free-form objects are not reported as unknown', async () => {
  const changes = { anything: { at: ['all', null, 1.5] } };
  const { ignored } = await server.publish(shortEvent('ScheduleUpdated', identifiers(), { changes }));
  assert.deepEqual(ignored, []);
});

test('a character set in the content type, or no content type, is accepted', async () => {
  for (const type of ['application/json; charset=utf-8', 'text/plain', '']) {
    const headers = { ...key(), 'content-type': type };
    assert.equal((await server.post(EVENTS, shortEvent('PersonActivated'), headers)).status, 200, type);
  }
});

test('an empty array is accepted or rejected, but stores nothing', async () => {
  const answer = await server.post(EVENTS, [], key());
  if (answer.status === 200) assert.deepEqual(answer.body.events, []);
  else assertError(answer, 422);
});

// --- idempotency

test('the same key and content again: the same response as a duplicate, delivered once', async () => {
  const id = identifiers();
  const client = await watcherOf(id.person);
  const headers = { 'idempotency-key': randomUUID() };
  const events = [shortEvent('AssignmentCreated', id), shortEvent('AssignmentConfirmed', id)];
  const first = await server.publish(events, headers);
  const second = await server.publish(events, headers);
  assert.deepEqual(second.events, first.events.map((event) => ({ ...event, duplicate: true })));
  assert.equal((await client.nextJson()).change_type, 'created');
  assert.equal((await client.nextJson()).change_type, 'updated');
  await server.assertNothingElse(client);
});

test('the same key in concurrent requests: one event', async () => {
  const id = identifiers();
  const client = await watcherOf(id.person);
  const headers = { 'idempotency-key': randomUUID() };
  const event = shortEvent('AssignmentCreated', id);
  const answers = await Promise.all(Array.from({ length: 20 }, () => server.publish(event, headers)));
  assert.equal(new Set(answers.map(({ events }) => events[0].event_id)).size, 1);
  assert.equal(answers.filter(({ events }) => !events[0].duplicate).length, 1);
  await client.next();
  await server.assertNothingElse(client);
});

test('the same key with other content is rejected with 409 and stores nothing', async () => {
  const id = identifiers();
  const client = await watcherOf(id.person);
  const headers = { ...key(), 'idempotency-key': randomUUID() };
  assert.equal((await server.post(EVENTS, shortEvent('AssignmentCreated', id), headers)).status, 200);
  assertError(await server.post(EVENTS, shortEvent('AssignmentDeleted', id), headers), 409);
  assert.equal((await client.nextJson()).change_type, 'created');
  await server.assertNothingElse(client);
});

test('an event id that was used for other content is named by the place of its event', async () => {
  const used = { ...shortEvent('PersonActivated'), metadata: { event_id: randomUUID() } };
  assert.equal((await server.post(EVENTS, used, key())).status, 200);
  const other = { ...used, activated_by: 'somebody else' };
  assertError(await server.post(EVENTS, other, key()), 409, '');
  assertError(await server.post(EVENTS, [shortEvent('PersonActivated'), other], key()), 409, '/1');
});

test('one request has one idempotency key', async () => {
  const headers = { ...key(), 'idempotency-key': ['a', 'b'], 'content-type': 'application/json' };
  const request = http.request(new URL(EVENTS, server.url), { method: 'POST', headers });
  request.end(JSON.stringify(shortEvent('PersonActivated')));
  const [response] = await once(request, 'response');
  response.resume();
  assert.equal(response.statusCode, 400);
});

test('broadcasts support idempotency keys, too', async () => {
  const client = await server.connect('admin');
  const headers = { 'idempotency-key': randomUUID() };
  const event = { update_type: 'modified', message: randomUUID(), timestamp: '2025-12-30T14:23:45.123Z' };
  const first = await server.broadcast('schedule_updated', event, headers);
  const second = await server.broadcast('schedule_updated', event, headers);
  assert.equal(second.events[0].duplicate, true);
  assert.equal(second.events[0].event_id, first.events[0].event_id);
  assert.equal((await client.nextJson()).message, event.message);
  await server.assertNothingElse(client);
});

test('a rejected request does not use up its key', async () => {
  const headers = { ...key(), 'idempotency-key': randomUUID() };
  assertError(await server.post(EVENTS, { event_type: 'AssignmentCreated' }, headers), 422);
  const answer = await server.post(EVENTS, shortEvent('AssignmentCreated'), headers);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.body.events[0].duplicate, false);
});

// --- who may publish

for (const role of ROLES) {
  const may = role === 'admin' || role === 'coordinator';
  test(`a token of ${role} ${may ? 'may' : 'may not'} publish`, async () => {
    const headers = { authorization: `Bearer ${await server.token(role)}` };
    const alert = { alert_type: 'n1_failure', severity: 'red' };
    for (const answer of [
      await server.post(EVENTS, shortEvent('PersonActivated'), headers),
      await server.post(`${BROADCAST}/resilience_alert`, alert, headers),
    ]) {
      if (may) assert.equal(answer.status, 200, answer.text);
      else assertError(answer, 403);
    }
  });
}

const unauthorized = {
  'no credentials': () => ({}),
  'a wrong key': () => ({ 'x-api-key': 'certainly' }),
  'an empty key': () => ({ 'x-api-key': '' }),
  'a key with one letter changed': () => ({ 'x-api-key': server.apiKey.replace(/.$/, (c) => (c === 'a' ? 'b' : 'a')) }),
  'a wrong token': () => ({ authorization: 'Bearer certainly' }),
  'the key as a token': () => ({ authorization: `Bearer ${server.apiKey}` }),
};

for (const [who, headers] of Object.entries(unauthorized)) {
  test(`${who}: 401, and nothing is stored`, async () => {
    const client = await server.connect('admin');
    assertError(await server.post(EVENTS, shortEvent('ResilienceLevelChanged'), headers()), 401);
    assertError(await server.post(`${BROADCAST}/schedule_updated`, { update_type: 'modified' }, headers()), 401);
    await server.assertNothingElse(client);
  });
}

test('without credentials the response says nothing about the content', async () => {
  assertError(await server.post(EVENTS, '{"broken', {}), 401);
});

test('an API key created while the server runs works at once', async () => {
  const fresh = await server.addKey('another');
  assert.notEqual(fresh, server.apiKey);
  assert.match(fresh, /^\S+$/, 'the key alone is printed');
  assert.equal((await server.post(EVENTS, shortEvent('PersonActivated'), { 'x-api-key': fresh })).status, 200);
});

test('a user created while the server runs can publish at once', async () => {
  await server.addUser('newcomer', 'coordinator');
  const headers = { authorization: `Bearer ${await server.token('newcomer')}` };
  assert.equal((await server.post(EVENTS, shortEvent('PersonActivated'), headers)).status, 200);
});

// --- rejected requests

const notJson = {
  'nothing': '',
  'words': 'hello',
  'half an object': '{"event_type":"PersonActivated"',
  'two objects': '{}{}',
  'NaN': '{"alert_type":"n1_failure","severity":"red","current_utilization":NaN}',
  'Infinity': '{"alert_type":"n1_failure","severity":"red","current_utilization":-Infinity}',
  'very deep nesting': '['.repeat(50_000),
  'bytes that are not UTF-8': Buffer.from([0x22, 0xc3, 0x28, 0x22]),
};

for (const [what, body] of Object.entries(notJson)) {
  test(`${what} is rejected with 400`, async () => {
    assertError(await server.post(EVENTS, body, key()), 400);
    assertError(await server.post(`${BROADCAST}/resilience_alert`, body, key()), 400);
  });
}

test('a number out of range is rejected', async () => {
  const body = '{"alert_type":"n1_failure","severity":"red","current_utilization":1e999}';
  const answer = await server.post(`${BROADCAST}/resilience_alert`, body, key());
  assert.ok(answer.status === 400 || answer.status === 422, answer.text);
  assertError(answer, answer.status);
});

for (const [what, body] of Object.entries({ 'a string': '"PersonActivated"', 'a number': '7', 'null': 'null', 'true': 'true' })) {
  test(`${what} instead of an event is rejected with 422`, async () => {
    assertError(await server.post(EVENTS, body, key()), 422);
  });
}

const swap = shortEvent('SwapRequested');
const without = (name) => {
  const { [name]: _, ...rest } = swap;
  return rest;
};
const refusals = {
  'a number where text is wanted': [{ ...swap, requester_id: 7 }, '/requester_id'],
  'null where a value is wanted': [{ ...swap, requester_id: null }, '/requester_id'],
  'a list where text is wanted': [{ ...swap, swap_type: ['one_to_one'] }, '/swap_type'],
  'a missing field': [without('requester_id'), '/requester_id'],
  'a number for optional text': [{ ...swap, reason: 7 }, '/reason'],
  'text where an object is wanted': [shortEvent('ScheduleUpdated', identifiers(), { changes: 'all' }), '/changes'],
  'text where a number is wanted': [
    shortEvent('ResilienceLevelChanged', identifiers(), { utilization: 'high' }), '/utilization'],
  'a fraction where a whole number is wanted': [
    shortEvent('SnapshotCreated', identifiers(), { event_count: 1.5 }), '/event_count'],
  'a number where yes or no is wanted': [
    shortEvent('SchedulePublished', identifiers(), { notification_sent: 1 }), '/notification_sent'],
  'a date that is none': [shortEvent('ScheduleCreated', identifiers(), { start_date: '2025-02-30T00:00:00Z' }), '/start_date'],
  'words as a date': [shortEvent('ScheduleCreated', identifiers(), { start_date: 'tomorrow' }), '/start_date'],
  'a wrong element of a list': [
    shortEvent('SwapExecuted', identifiers(), { assignment_changes: [{}, 'x'] }), '/assignment_changes/1'],
  'an unknown event type': [{ event_type: 'SwapForgotten' }, '/event_type'],
  'an unknown event type in the metadata': [{ metadata: { event_type: 'SwapForgotten' } }, '/metadata/event_type'],
  'a client event as a domain event': [{ event_type: 'swap_requested' }, '/event_type'],
  'no event type': [{ swap_id: randomUUID() }, /event_type/],
  'a number as event type': [{ ...swap, event_type: 7 }, '/event_type'],
  'metadata that is no object': [{ ...domainEvent('PersonActivated'), metadata: 'none' }, /^\/(metadata|event_type)/],
  'an element of an array': [[swap, swap, swap, { ...swap, requester_id: 7 }], '/3/requester_id'],
  'an element that is no object': [[swap, 'swap'], '/1'],
  'an array in an array': [[swap, [swap]], '/1'],
};

for (const [what, [body, path]] of Object.entries(refusals)) {
  test(`${what} is rejected with 422 and its path`, async () => {
    assertError(await server.post(EVENTS, body, key()), 422, path);
  });
}

const alert = { alert_type: 'n1_failure', severity: 'red' };
const conflict = { person_id: randomUUID(), conflict_type: 'double_booking', severity: 'high' };
const broadcastRefusals = {
  'a missing field': ['conflict_detected', { ...conflict, person_id: undefined }, '/person_id'],
  'an id that is no UUID': ['conflict_detected', { ...conflict, person_id: 'somebody' }, '/person_id'],
  'an optional id that is no UUID': ['schedule_updated', { update_type: 'modified', schedule_id: 's1' }, '/schedule_id'],
  'a wrong id in a list': ['conflict_detected', { ...conflict, affected_blocks: [randomUUID(), 7] }, '/affected_blocks/1'],
  'text for a number': ['resilience_alert', { ...alert, current_utilization: 'much' }, '/current_utilization'],
  'words as a time': ['resilience_alert', { ...alert, timestamp: 'now' }, '/timestamp'],
  'another type in the body': ['resilience_alert', { ...alert, event_type: 'schedule_updated' }, '/event_type'],
};

for (const [what, [kind, body, path]] of Object.entries(broadcastRefusals)) {
  test(`broadcast: ${what} is rejected with 422 and its path`, async () => {
    assertError(await server.post(`${BROADCAST}/${kind}`, body, key()), 422, path);
  });
}

test('broadcast: a type that is not a client event is rejected', async () => {
  for (const kind of ['nonsense', 'SwapRequested', 'pong', 'connection_ack']) {
    const answer = await server.post(`${BROADCAST}/${kind}`, alert, key());
    assert.ok(answer.status === 404 || answer.status === 422, `${kind}: ${answer.status}`);
    assertError(answer, answer.status);
  }
});

test('an error does not repeat the input', async () => {
  const value = `private-${randomUUID()}`;
  const answer = await server.post(`${BROADCAST}/conflict_detected`, { ...conflict, person_id: value }, key());
  assertError(answer, 422);
  assert.ok(!answer.text.includes(value));
  assert.ok(!server.output.includes(value));
});

test('all or nothing: if one event of an array is invalid, none is stored or shown', async () => {
  const id = identifiers();
  const client = await watcherOf(id.person);
  const before = await server.publish(shortEvent('PersonActivated'));
  const events = Array.from({ length: 10 }, () => shortEvent('AssignmentCreated', id));
  assertError(await server.post(EVENTS, [...events, { event_type: 'AssignmentCreated' }], key()), 422, /^\/10\//);
  const after = await server.publish(shortEvent('PersonActivated'));
  const distance = offsetOf(after.events[0].cursor).offset - offsetOf(before.events[0].cursor).offset;
  assert.equal(distance, 1, 'the refused events took no place in the journal');
  await server.assertNothingElse(client);
});

test('a request that is too large is rejected with 413 without being read', async () => {
  const { status, text } = await new Promise((resolve, reject) => {
    const request = http.request(new URL(EVENTS, server.url), {
      method: 'POST',
      headers: { ...key(), 'content-type': 'application/json', 'content-length': 1024 ** 3 },
    });
    request.once('response', (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk));
      response.once('close', () => {
        request.destroy();
        resolve({ status: response.statusCode, text: body });
      });
    });
    request.once('error', reject);
    request.write('[');
  });
  assert.equal(status, 413);
  assert.ok(Number.isInteger(JSON.parse(text).error.code));
});

test('other methods do not publish', async () => {
  for (const route of [EVENTS, `${BROADCAST}/resilience_alert`]) {
    const response = await server.request(route, { headers: key() });
    assert.ok(response.status === 405 || response.status === 404, `GET ${route}: ${response.status}`);
  }
});
