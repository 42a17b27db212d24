// CloudEvents 1.0 at intake, in all three modes of HTTP; the traces and requests that events belong
// to, up to the requests of webhooks.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, beforeEach, test } from 'node:test';
import { domainEvent, identifiers, shortEvent } from './support/domain_events.mjs';
import { EVENTS, assertError, postRaw } from './support/intake.mjs';
import { Receiver } from './support/receiver.mjs';
import { operatorOf, startWebhookServer } from './support/webhooks.mjs';

const server = await startWebhookServer({ users: { admin: 'admin' } });
after(() => server.stop());
afterEach(() => server.closeClients());

let receiver;
beforeEach(async () => (receiver = await new Receiver().start()));
afterEach(() => receiver.kill());
const { hook, remove, accepted } = operatorOf(server, () => receiver);

const key = () => ({ 'x-api-key': server.apiKey });
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const TIME = '2026-11-23T06:27:30.590Z';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function cloudEvent(type = 'AssignmentCreated', id = identifiers(), more = {}) {
  const { event_type, ...data } = shortEvent(type, id);
  return { specversion: '1.0', id: randomUUID(), source: '/clinic', type, data, ...more };
}
const structured = (event, headers = {}) => server.post(EVENTS, event,
  { ...key(), 'content-type': 'application/cloudevents+json; charset=utf-8', ...headers });
const batch = (events) => server.post(EVENTS, events, { ...key(), 'content-type': 'application/cloudevents-batch+json' });
function binary({ data, ...attributes }, headers = {}) {
  const named = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encodeURI(value)]);
  return server.post(EVENTS, data, { ...key(), ...Object.fromEntries(named), ...headers });
}
const MODES = { structured, binary };
const pathsOf = ({ body }) => (body.errors ?? [body.error]).map(({ path }) => path);

async function watcherOf(person) {
  const client = await server.connect('admin');
  await client.watchPerson(person);
  return client;
}

/** What a webhook of everything is sent when `publish` has published one event. */
async function sent(publish) {
  const name = await hook({ types: ['ScheduleUpdated'] });
  const answer = await publish();
  assert.equal(answer.status, 200, answer.text);
  await accepted(1);
  await remove(name);
  return receiver.requests[0];
}

// --- the modes

for (const [mode, send] of Object.entries(MODES)) {
  test(`${mode}: the event is stored and shown`, async () => {
    const id = identifiers();
    const client = await watcherOf(id.person);
    const event = cloudEvent('AssignmentCreated', id);
    const answer = await send(event);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.body.ignored, []);
    assert.deepEqual(answer.body.unseen, []);
    assert.equal(answer.body.events[0].event_id, event.id);
    assert.equal((await client.nextJson()).assignment_id, id.assignment);
  });

  test(`${mode}: the attributes become the envelope`, async () => {
    const subject = `Schedule/${randomUUID()}`;
    const { body } = await sent(() => send(cloudEvent('ScheduleUpdated', identifiers(),
      { id: `Ä ${randomUUID()}`, time: TIME, subject, source: '/klinik' })));
    assert.equal(body.event.metadata.timestamp, TIME);
    assert.equal(body.event.aggregate_type, 'Schedule');
    assert.equal(`Schedule/${body.event.aggregate_id}`, subject);
    assert.match(body.event_id, UUID);
  });

  test(`${mode}: the same source and id again is a duplicate, of another source it is not`, async () => {
    const event = cloudEvent('PersonActivated', identifiers(), { id: `A-${randomUUID()}` });
    const first = (await send(event)).body.events[0];
    const again = (await send(event)).body.events[0];
    assert.deepEqual(again, { ...first, duplicate: true });
    const other = (await send({ ...event, source: '/ward' })).body.events[0];
    assert.notEqual(other.event_id, first.event_id);
    assertError(await send({ ...event, data: { ...event.data, activated_by: 'somebody else' } }), 409);
  });

  test(`${mode}: errors are named by their path`, async () => {
    const { type, ...untyped } = cloudEvent();
    assertError(await send(untyped), 422, '/type');
    assertError(await send({ ...untyped, type: 'AssignmentMade' }), 422, '/type');
    assertError(await send({ ...untyped, type: 'assignment_changed' }), 422, '/type');
    const event = cloudEvent();
    assertError(await send({ ...event, specversion: '0.3' }), 422, '/specversion');
    assertError(await send({ ...event, time: 'now' }), 422, '/time');
    assert.deepEqual(pathsOf(await send({ ...event, specversion: '2.0', data: { ...event.data, person_id: 7 } })),
      ['/specversion', '/data/person_id']);
  });

  test(`${mode}: what is ignored or unseen is named, and refused strictly`, async () => {
    const event = cloudEvent('ScheduleUpdated', { ...identifiers(), schedule: 's1' }, { priority: 'high' });
    event.data.mesage = 'x';
    const answer = await send(event);
    assert.deepEqual([...answer.body.ignored].sort(), ['/data/mesage', '/priority']);
    assert.deepEqual(answer.body.unseen, ['/data/schedule_id']);
    const { priority, ...strict } = event;
    delete strict.data.mesage;
    const headers = { 'x-api-key': await server.addKey(`strict-${mode}`, '--strict') };
    assertError(await send({ ...strict, id: randomUUID() }, headers), 422, '/data/schedule_id');
  });
}

test('batch: all are stored in their order, or none', async () => {
  const id = identifiers();
  const client = await watcherOf(id.person);
  const events = Array.from({ length: 20 }, () => cloudEvent('AssignmentCreated', { ...id, assignment: randomUUID() }));
  const refused = await batch([...events, { ...cloudEvent(), type: 7 }, 'none', { ...cloudEvent(), data_base64: 'e30=' }]);
  assertError(refused, 422, '/20/type');
  assert.deepEqual(pathsOf(refused), ['/20/type', '/21', '/22/data_base64']);
  const answer = await batch(events);
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.body.events.map(({ event_id }) => event_id), events.map((event) => event.id));
  for (const { data } of events) assert.equal((await client.nextJson()).assignment_id, data.assignment_id);
});

test('batch: paths of what nobody sees begin with the index', async () => {
  const bad = cloudEvent('ScheduleUpdated', { ...identifiers(), schedule: 's1' });
  assert.deepEqual((await batch([cloudEvent(), bad])).body.unseen, ['/1/data/schedule_id']);
  assertError(await batch([]), 422);
  assertError(await batch(cloudEvent()), 422);
});

test('a whole envelope may be the data: what a server sent is published again as it was', async () => {
  const event = domainEvent('ScheduleUpdated');
  const { metadata, aggregate_type, aggregate_id } = event;
  const strict = { 'x-api-key': await server.addKey('relay', '--strict') };
  const { body } = await sent(() => structured({
    specversion: '1.0', id: metadata.event_id, source: '/rotacast', type: 'ScheduleUpdated', time: metadata.timestamp,
    subject: `${aggregate_type}/${aggregate_id}`, cursor: 'ab12cd34.7',
    datacontenttype: 'application/json', data: event,
  }, strict));
  assert.equal(body.event_id, metadata.event_id);
  assert.equal(body.event.schedule_id, event.schedule_id);
  assert.equal(body.event.aggregate_id, aggregate_id);
  assert.equal(body.event.metadata.correlation_id, metadata.correlation_id ?? null);
});

test('formats other than JSON are refused', async () => {
  for (const type of ['application/cloudevents+xml', 'application/cloudevents', 'application/cloudevents-batch+avro']) {
    assertError(await structured('<event/>', { 'content-type': type }), 415);
  }
  assertError(await binary({ ...cloudEvent(), data: '<event/>' }, { 'content-type': 'text/xml' }), 400);
  assertError(await binary({ ...cloudEvent(), data: '{}' }, { 'content-type': 'text/plain' }), 422, '/datacontenttype');
});

test('binary: bad header values are refused by their path', async () => {
  const { data, ...attributes } = cloudEvent();
  const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]));
  for (const bad of ['%', '%zz', 'a%C3', '%FF']) {
    assertError(await server.post(EVENTS, data, { ...key(), ...headers, 'ce-subject': bad }), 422, '/subject');
  }
});

test('binary: an idempotency key covers the attributes', async () => {
  const headers = { 'idempotency-key': randomUUID() };
  const event = cloudEvent('ScheduleUpdated');
  assert.equal((await binary(event, headers)).status, 200);
  assert.equal((await binary(event, headers)).body.events[0].duplicate, true);
  assertError(await binary({ ...event, subject: 'another' }, headers), 409);
});

// --- traces

const published = (headers) => server.post(EVENTS, shortEvent('ScheduleUpdated'), { ...key(), ...headers });

test('traceparent, tracestate and X-Request-ID reach the webhooks', async () => {
  const { headers, text } = await sent(() => published(
    { traceparent: TRACE, tracestate: 'rojo=1', 'x-request-id': 'req-1' }));
  assert.equal(headers.traceparent, TRACE);
  assert.equal(headers.tracestate, 'rojo=1');
  assert.equal(headers['x-request-id'], 'req-1');
  assert.ok(!text.includes('rojo') && !text.includes('req-1'), 'the event itself is unchanged');
});

test('they are kept with the event: an event that waited through a restart has them', async () => {
  receiver.answer = () => 503;
  const name = await hook({ types: ['ScheduleUpdated'] });
  assert.equal((await published({ traceparent: TRACE, 'x-request-id': 'req-2' })).status, 200);
  await server.restart();
  receiver.answer = () => 204;
  await accepted(1);
  const { headers } = receiver.requests.at(-1);
  assert.equal(headers.traceparent, TRACE);
  assert.equal(headers['x-request-id'], 'req-2');
  await remove(name);
});

const malformed = {
  'nothing': {},
  'words': { traceparent: 'certainly', tracestate: 'a=b' },
  'capitals': { traceparent: TRACE.toUpperCase(), tracestate: 'a=b' },
  'the version ff': { traceparent: `ff${TRACE.slice(2)}` },
  'zeros': { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` },
  'something behind it': { traceparent: `${TRACE}-more` },
  'a tracestate alone': { tracestate: 'a=b' },
  'a request id with blanks': { 'x-request-id': 'a b' },
};
for (const [what, headers] of Object.entries(malformed)) {
  test(`${what} instead of a trace: the event is taken, and nothing is passed on`, async () => {
    const request = await sent(() => published(headers));
    for (const name of ['traceparent', 'tracestate', 'x-request-id']) assert.equal(request.headers[name], undefined);
  });
}

test('two traceparents are none', async () => {
  const { headers } = await sent(() => postRaw(server, EVENTS, JSON.stringify(shortEvent('ScheduleUpdated')),
    ['Host', 'x', 'X-API-Key', server.apiKey, 'traceparent', TRACE, 'traceparent', TRACE]));
  assert.equal(headers.traceparent, undefined);
});

for (const [mode, send] of Object.entries(MODES)) {
  test(`${mode}: the trace of a CloudEvent counts, rather than its request's`, async () => {
    const own = TRACE.replace('b7ad', 'c7ad');
    const event = cloudEvent('ScheduleUpdated', identifiers(), { traceparent: own });
    const { headers } = await sent(() => send(event, { traceparent: TRACE, 'x-request-id': 'req-3' }));
    assert.equal(headers.traceparent, own);
    assert.equal(headers['x-request-id'], 'req-3');
  });
}
