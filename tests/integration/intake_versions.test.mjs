// Publishing with an expected version, and publishing across a restart.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { identifiers, shortEvent } from './support/domain_events.mjs';
import { EVENTS, assertError, offsetOf } from './support/intake.mjs';
import { everyRole, startServer } from './support/server.mjs';

const server = await startServer({ users: everyRole() });
after(() => server.stop());
afterEach(() => server.closeClients());

const key = () => ({ 'x-api-key': server.apiKey });

async function watcherOf(person) {
  const client = await server.connect('admin');
  await client.watchPerson(person);
  return client;
}

// --- expected versions

test('an event that names the last event of its aggregate is stored; one that missed some is rejected', async () => {
  const id = identifiers();
  const post = (event, expected_version) =>
    server.post(EVENTS, { ...shortEvent(event, id), expected_version }, key());
  const first = await post('AssignmentCreated', null);
  assert.equal(first.status, 200, first.text);
  assert.deepEqual(first.body.ignored, []);
  const version = first.body.events[0].cursor;
  const refused = await post('AssignmentConfirmed', null);
  assertError(refused, 409, '/expected_version');
  assert.equal(refused.body.error.name, 'version_conflict');
  assert.ok(refused.body.error.message.includes(version));
  assert.equal((await post('AssignmentConfirmed', version)).status, 200);
  assertError(await post('AssignmentDeleted', version), 409, '/expected_version');
  assertError(await post('AssignmentDeleted', version.replace(/^[^.]+/, 'another')), 409, '/expected_version');
  assertError(await post('AssignmentDeleted', 'yesterday'), 422, '/expected_version');
  assertError(await post('AssignmentDeleted', 7), 422, '/expected_version');
});

test('one version conflict rejects the whole array', async () => {
  const [known, other] = [identifiers(), identifiers()];
  await server.publish(shortEvent('AssignmentCreated', known));
  const client = await watcherOf(other.person);
  const events = [
    shortEvent('AssignmentCreated', other),
    { ...shortEvent('AssignmentConfirmed', known), expected_version: null },
  ];
  assertError(await server.post(EVENTS, events, key()), 409, '/1/expected_version');
  await server.assertNothingElse(client);
});

test('of concurrent events with the same expected version, one succeeds', async () => {
  const id = identifiers();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      server.post(EVENTS, { ...shortEvent('AssignmentCreated', id), expected_version: null }, key()),
    ),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(19).fill(409)]);
});

// --- after a restart (last, because it restarts the server)

test('after a restart the journal continues, and idempotency keys are still known', async () => {
  const headers = { 'idempotency-key': randomUUID() };
  const event = shortEvent('PersonActivated');
  const before = await server.publish(event, headers);
  await server.restart();
  const again = await server.publish(event, headers);
  assert.deepEqual(again.events, [{ ...before.events[0], duplicate: true }]);
  const next = await server.publish(shortEvent('PersonActivated'));
  const [old, now] = [offsetOf(before.events[0].cursor), offsetOf(next.events[0].cursor)];
  assert.equal(now.epoch, old.epoch);
  assert.equal(now.offset, old.offset + 1);
});
