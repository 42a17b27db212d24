// What publishers are told: all errors of a request, and with `strict` what nobody would have seen.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { after, afterEach, test } from 'node:test';
import { domainEvent, identifiers, shortEvent } from './support/domain_events.mjs';
import { BROADCAST, EVENTS, assertError, offsetOf, postRaw } from './support/intake.mjs';
import { run } from './support/process.mjs';
import { startServer } from './support/server.mjs';

// Without the server's own handlers, which publish too: the tests count the journal's entries.
const server = await startServer({ settings: { 'handlers.enabled': 'off' } });
after(() => server.stop());
afterEach(() => server.closeClients());

const key = () => ({ 'x-api-key': server.apiKey });
const STRICT = `${EVENTS}?strict=true`;
const pathsOf = ({ body }) => body.errors.map(({ path }) => path);

/** The number of entries in the journal. */
const entries = async () => offsetOf((await server.publish(shortEvent('PersonActivated'))).events[0].cursor).offset;

/** Asserts that these requests store nothing. */
async function storesNothing(send) {
  const before = await entries();
  await send();
  assert.equal(await entries(), before + 1);
}

// --- all errors at once

test('all errors of an event are named in its order, the first one as ever', async () => {
  const event = { event_type: 'SwapRequested', swap_id: 7, swap_type: ['x'], metadata: { timestamp: 'now' } };
  const answer = await server.post(EVENTS, event, key());
  assertError(answer, 422, '/metadata/timestamp');
  assert.deepEqual(pathsOf(answer),
    ['/metadata/timestamp', '/swap_id', '/requester_id', '/requester_assignment_id', '/swap_type']);
  assert.deepEqual(answer.body.errors[0], answer.body.error);
  for (const { code, name, message } of answer.body.errors) {
    assert.ok(Number.isInteger(code) && name && message);
  }
});

test('one error is answered as before, without a list', async () => {
  const answer = await server.post(EVENTS, { ...shortEvent('PersonActivated'), person_id: 7 }, key());
  assertError(answer, 422, '/person_id');
  assert.deepEqual(Object.keys(answer.body), ['error']);
  assert.deepEqual(Object.keys(answer.body.error), ['code', 'name', 'message', 'path']);
});

test('the errors of all events of an array are named, and nothing is stored', () => storesNothing(async () => {
  const good = shortEvent('PersonActivated');
  const events = [good, { event_type: 'SwapForgotten' }, good, 7, { ...good, person_id: 7, activated_by: 8 }];
  const answer = await server.post(EVENTS, events, key());
  assertError(answer, 422, '/1/event_type');
  assert.deepEqual(pathsOf(answer), ['/1/event_type', '/3', '/4/person_id', '/4/activated_by']);
}));

test('of forty errors thirty-two are named', async () => {
  const answer = await server.post(EVENTS, Array.from({ length: 40 }, () => ({})), key());
  assertError(answer, 422, '/0/event_type');
  assert.deepEqual(pathsOf(answer), Array.from({ length: 32 }, (_, i) => `/${i}/event_type`));
});

test('errors within a long list are bounded, too', async () => {
  const blocks = Array.from({ length: 10_000 }, () => 7);
  const conflict = { person_id: 'x', conflict_type: 'double_booking', severity: 'high', affected_blocks: blocks };
  const answer = await server.post(`${BROADCAST}/conflict_detected`, conflict, key());
  assertError(answer, 422, '/person_id');
  assert.equal(answer.body.errors.length, 32);
});

test('no error repeats the input', async () => {
  const value = `private-${randomUUID()}`;
  const answer = await server.post(`${BROADCAST}/conflict_detected`, { person_id: value, conflict_id: value }, key());
  assertError(answer, 422);
  assert.ok(!answer.text.includes(value));
});

test('the command line names them all', async () => {
  const file = server.file('events.json');
  const keyFile = server.file('key');
  fs.writeFileSync(file, JSON.stringify([{}, { event_type: 'PersonActivated' }]));
  fs.writeFileSync(keyFile, `${server.apiKey}\n`, { mode: 0o600 });
  const { code, stderr } = await run(['publish', file, '--url', server.url, '--api-key-file', keyFile]);
  assert.notEqual(code, 0);
  for (const path of ['/0/event_type', '/1/person_id', '/1/activated_by']) assert.match(stderr, new RegExp(`\\(at ${path}\\)`));
});

// --- strict

const misspelt = () => ({ ...shortEvent('ScheduleUpdated'), mesage: 'x', metadata: { corelation_id: 'y' } });
const unseen = () => shortEvent('ScheduleUpdated', { ...identifiers(), schedule: 's1' });

test('strict refuses misspelt fields, each by its path', () => storesNothing(async () => {
  const answer = await server.post(STRICT, [misspelt(), unseen()], key());
  assertError(answer, 422, '/0/metadata/corelation_id');
  assert.deepEqual(pathsOf(answer), ['/0/metadata/corelation_id', '/0/mesage']);
  assertError(await server.post(`${BROADCAST}/schedule_updated?strict=true`,
    { update_type: 'modified', mesage: 'x' }, key()), 422, '/mesage');
}));

test('strict refuses an event that nobody would be sent', () => storesNothing(async () => {
  assertError(await server.post(STRICT, unseen(), key()), 422, '/schedule_id');
  assertError(await server.post(STRICT, [unseen()], key()), 422, '/0/schedule_id');
  const bare = { event_type: 'AssignmentConfirmed', assignment_id: randomUUID(), confirmed_by: 'u' };
  const answer = await server.post(STRICT, [shortEvent('PersonActivated'), bare, unseen()], key());
  assertError(answer, 422, '/1/person_id');
  assert.deepEqual(pathsOf(answer), ['/1/person_id', '/1/block_id', '/2/schedule_id']);
}));

test('strict takes what is good, also by what earlier events said', async () => {
  const id = identifiers();
  const client = await server.connect('admin');
  await client.watchPerson(id.person);
  const bare = { event_type: 'AssignmentConfirmed', assignment_id: id.assignment, confirmed_by: 'u' };
  const answer = await server.post(STRICT, [shortEvent('AssignmentCreated', id), bare], key());
  assert.equal(answer.status, 200, answer.text);
  assert.equal((await client.nextJson()).change_type, 'created');
  assert.equal((await client.nextJson()).change_type, 'updated');
  for (const event of [domainEvent('ScheduleCreated'), shortEvent('PersonActivated')]) {
    assert.equal((await server.post(STRICT, event, key())).status, 200);
  }
});

test('without strict both are stored and reported, as before', async () => {
  const answer = await server.publish([misspelt(), unseen()]);
  assert.deepEqual(answer.ignored, ['/0/metadata/corelation_id', '/0/mesage']);
  assert.deepEqual(answer.unseen, ['/1/schedule_id']);
  assert.deepEqual((await server.publish([unseen()])).unseen, ['/0/schedule_id'], 'an array of one');
});

test('who repeats a stored event strictly is answered, not refused', async () => {
  const event = { ...unseen(), metadata: { event_id: randomUUID() } };
  await server.publish(event);
  const answer = await server.post(STRICT, event, key());
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.body.events[0].duplicate, true);
});

test('a refused request does not use up its key', async () => {
  const headers = { ...key(), 'idempotency-key': randomUUID() };
  assertError(await server.post(STRICT, unseen(), headers), 422);
  assert.equal((await server.post(STRICT, shortEvent('ScheduleUpdated'), headers)).status, 200);
});

test('strict is true or false', async () => {
  for (const value of ['yes', '', '1', 'TRUE']) {
    assertError(await server.post(`${EVENTS}?strict=${value}`, shortEvent('PersonActivated'), key()), 400);
  }
  assert.equal((await server.post(`${EVENTS}?strict=false`, misspelt(), key())).status, 200);
});

test('a strict key is strict in each request, and cannot be talked out of it', async () => {
  const strict = { 'x-api-key': await server.addKey('careful', '--strict') };
  for (const route of [EVENTS, `${EVENTS}?strict=false`]) {
    assertError(await server.post(route, misspelt(), strict), 422, '/metadata/corelation_id');
    assertError(await server.post(route, unseen(), strict), 422, '/schedule_id');
    assert.equal((await server.post(route, shortEvent('PersonActivated'), strict)).status, 200);
  }
  const { stdout } = await server.cli('key', 'list');
  assert.match(stdout, /^careful .* strict$/m);
  assert.match(stdout, /^suite .*Z$/m);
});

test('the command line publishes strictly if asked to', async () => {
  const file = server.file('event.json');
  const keyFile = server.file('key');
  fs.writeFileSync(file, JSON.stringify(unseen()));
  fs.writeFileSync(keyFile, `${server.apiKey}\n`, { mode: 0o600 });
  const args = ['publish', file, '--url', server.url, '--api-key-file', keyFile];
  const refused = await run([...args, '--strict']);
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /\(at \/schedule_id\)/);
  assert.equal((await run(args)).code, 0);
});

// --- what operators see

test('operators see which key publishes events that reach nobody', async () => {
  const quiet = await server.addKey('quiet');
  const before = await server.counters();
  const headers = { 'x-api-key': quiet };
  await server.publish([unseen(), shortEvent('PersonActivated'), unseen()], headers);
  const repeated = { ...unseen(), metadata: { event_id: randomUUID() } };
  for (let i = 0; i < 3; ++i) await server.publish(repeated, headers);
  await server.post(STRICT, unseen(), headers);
  const token = { authorization: `Bearer ${await server.token('admin')}` };
  assert.equal((await server.post(EVENTS, unseen(), token)).status, 200);
  const after = await server.counters();
  assert.equal(after['unseen_key:quiet'], 3);
  assert.equal(after.unseen_tokens - before.unseen_tokens, 1);
});

// --- credentials

test('two keys in one request are refused', () => storesNothing(async () => {
  for (const keys of [[server.apiKey, server.apiKey], [server.apiKey, 'x'], ['x', server.apiKey]]) {
    const { status, text } = await postRaw(server, EVENTS, JSON.stringify(shortEvent('PersonActivated')),
      ['Host', 'x', ...keys.flatMap((value) => ['X-API-Key', value])]);
    assert.equal(status, 400, text);
    assert.equal(JSON.parse(text).error.name, 'bad_request');
    assert.ok(!text.includes(server.apiKey));
  }
}));
