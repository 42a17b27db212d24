// Dead letters by GraphQL: a receiver that rejects events creates some; operators list, replay and
// discard them, and nobody else does.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { eventually } from './support/process.mjs';
import { Receiver } from './support/receiver.mjs';
import { everyRole, startServer } from './support/server.mjs';
import { TIME, numberedEvent, range } from './support/v1.mjs';

const server = await startServer({
  users: everyRole(), settings: { 'webhooks.allow_addresses': '127.0.0.1', 'webhooks.retry_attempts': 1 },
});
const receiver = await new Receiver().start();
after(async () => {
  await receiver.kill();
  await server.stop();
});

async function ask(query, { variables, as = 'coordinator' } = {}) {
  const { status, body } = await server.post('/graphql', { query, variables }, { authorization: `Bearer ${await server.token(as)}` });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}
async function data(...args) {
  const answer = await ask(...args);
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  return Object.values(answer.data)[0];
}

const LIST = 'query ($filter: DeadLetterFilter, $before: ID, $limit: Int! = 50) { deadLetters(filter: $filter, before: $before, '
  + 'limit: $limit) { deadLetters { id subscriber eventId eventType cursor error { name message } attempts firstFailure '
  + 'lastFailure state reason event } next } }';
const REPLAY = 'mutation ($selection: DeadLetterSelection!) { replayDeadLetters(selection: $selection) { id letters requestedBy } }';
const DISCARD = 'mutation ($selection: DeadLetterSelection!, $reason: String! = "old") '
  + '{ discardDeadLetters(selection: $selection, reason: $reason) { letters } }';
const look = (id) => data('query ($id: ID!) { replay(id: $id) { done failed finished } }', { variables: { id } });
const letters = (filter) => data(LIST, { variables: { filter } }).then(({ deadLetters }) => deadLetters);

/**
 * Publishes `count` events that the receiver of this webhook rejects; returns their ids
 * in order.
 */
async function failures(subscriber, count) {
  const already = (await letters({ subscriber })).length;
  receiver.answer = () => 500;
  const { events } = await server.publish(range(1, count).map((n) => numberedEvent(randomUUID(), n)));
  await eventually(async () => assert.equal((await letters({ subscriber })).length, already + count));
  return events.map(({ event_id }) => event_id);
}

const hook = 'webhook:refusing';
before(async () => {
  const made = await server.post('/api/v1/webhooks',
    { name: 'refusing', url: receiver.url(), secret: 'whsec_of_the_black_box_suite', types: ['AssignmentCreated'] },
    { authorization: `Bearer ${await server.token('admin')}` });
  assert.equal(made.status, 201, made.text);
});

test('dead letters are listed page by page and can be read with their event', async () => {
  const ids = await failures(hook, 5);
  const seen = [];
  let from = null;
  do {
    const { deadLetters: page, next } = await data(LIST, { variables: { filter: { subscriber: hook }, before: from, limit: 2 } });
    assert.ok(page.length <= 2);
    seen.push(...page);
    from = next;
  } while (from !== null);
  assert.deepEqual(seen.map(({ eventId }) => eventId).sort(), [...ids].sort());
  assert.equal(new Set(seen.map(({ id }) => id)).size, ids.length);
  for (const letter of seen) {
    assert.deepEqual([letter.subscriber, letter.eventType, letter.error.name, letter.attempts, letter.state, letter.event],
      [hook, 'AssignmentCreated', 'http_500', 1, 'DEAD', null]);
    assert.match(letter.lastFailure, TIME);
  }
  const one = await data('query ($id: ID!) { deadLetter(id: $id) { eventId event } }', { variables: { id: seen[0].id } });
  assert.equal(one.eventId, seen[0].eventId);
  assert.deepEqual([one.event.metadata.event_type, one.event.metadata.event_id], ['AssignmentCreated', one.eventId]);
  assert.deepEqual((await letters({ subscriber: hook, eventId: ids[2] })).map(({ eventId }) => eventId), [ids[2]]);
  assert.deepEqual(await letters({ subscriber: hook, error: 'Timeout' }), []);
  const { deadLetterCount } = await data('{ busStatistics { deadLetterCount } }');
  assert.equal(deadLetterCount, ids.length);
});

test('a replay delivers its selection to its subscriber again and reports the result', async () => {
  const [first, ...others] = await letters({ subscriber: hook });
  receiver.requests = [];
  receiver.answer = () => 204;
  const replayed = async (selection, ids) => {
    const replay = await data(REPLAY, { variables: { selection } });
    assert.equal(Number(replay.letters), ids.length);
    await eventually(async () => {
      const { done, failed, finished } = await look(replay.id);
      assert.deepEqual([Number(done), Number(failed), finished], [ids.length, 0, true]);
    });
    assert.deepEqual(receiver.requests.map(({ body }) => body.event_id).sort(), [...ids].sort());
    receiver.requests = [];
  };
  await replayed({ id: first.id }, [first.eventId]);
  assert.equal((await letters({ subscriber: hook })).length, others.length);
  await replayed({ subscriber: hook, eventType: 'AssignmentCreated' }, others.map(({ eventId }) => eventId));
  assert.deepEqual(await letters({ subscriber: hook }), []);
  const { replays } = await data('{ replays { replays { id } } }');
  assert.equal(replays.length, 2);
});

test('a replay that fails again is reported, and the dead letter stays', async () => {
  const [id] = await failures(hook, 1);
  const replay = await data(REPLAY, { variables: { selection: { eventId: id } } });
  await eventually(async () => {
    const { done, failed, finished } = await look(replay.id);
    assert.deepEqual([Number(done), Number(failed), finished], [0, 1, true]);
  });
  assert.deepEqual((await letters({ subscriber: hook })).map(({ eventId }) => eventId), [id]);
});

test('a discarded dead letter is kept with its reason and is not replayed', async () => {
  await failures(hook, 2);
  const discarded = async (variables) => Number((await data(DISCARD, { variables })).letters);
  const [one, ...rest] = await letters({ subscriber: hook });
  assert.equal(await discarded({ selection: { id: one.id }, reason: 'it was a test' }), 1);
  const [put] = await letters({ subscriber: hook, state: 'DISCARDED' });
  assert.deepEqual([put.id, put.state, put.reason], [one.id, 'DISCARDED', 'it was a test']);
  assert.equal(await discarded({ selection: { all: true } }), rest.length);
  assert.deepEqual(await letters({}), []);
  const audit = await server.request('/api/v1/bus/audit', { headers: { authorization: `Bearer ${await server.token('admin')}` } });
  assert.ok((await audit.text()).includes(`user:${server.user('coordinator').id}`), 'the audit names who did it');
});

test('only operators can list, replay and discard', async () => {
  const [id] = await failures(hook, 1);
  receiver.requests = [];
  receiver.answer = () => 204;
  const attempts = [
    [LIST], ['{ deadLetter(id: "1") { id } }'], [REPLAY, { selection: { all: true } }], [DISCARD, { selection: { all: true } }],
  ];
  for (const as of Object.keys(everyRole()).filter((role) => !['admin', 'coordinator'].includes(role))) {
    for (const [query, variables] of attempts) {
      const { data: nothing, errors } = await ask(query, { variables, as });
      assert.ok(nothing === null || Object.values(nothing)[0] === null, `${as}: ${query}`);
      assert.deepEqual(errors.map(({ extensions }) => extensions.name), ['forbidden']);
    }
  }
  assert.deepEqual((await letters({})).map(({ eventId }) => eventId), [id]);
  assert.deepEqual(receiver.requests, []);
});

test('an empty selection does not select everything', async () => {
  const before = (await letters({})).length;
  for (const query of [REPLAY, DISCARD]) {
    for (const selection of [{}, { all: false }, { all: true, subscriber: hook }, { id: 'x' }]) {
      const { errors } = await ask(query, { variables: { selection } });
      assert.deepEqual(errors.map(({ extensions }) => extensions.name), ['invalid_field'], JSON.stringify(selection));
    }
  }
  assert.equal((await letters({})).length, before);
});
