// Webhooks over real sockets: requests to receivers, their order, retries, crashes of either side.
// webhooks_admin.test.mjs has their management by operators.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, beforeEach, test } from 'node:test';
import { eventually } from './support/process.mjs';
import { Receiver } from './support/receiver.mjs';
import { range } from './support/v1.mjs';
import { numbered, numberOf, numbersOf, operatorOf, startWebhookServer, verify } from './support/webhooks.mjs';

const server = await startWebhookServer({ users: { admin: 'admin' } });
after(() => server.stop());

let receiver;
beforeEach(async () => (receiver = await new Receiver().start()));
afterEach(() => receiver.kill());

const { ask, hook, show, resume, remove, lettersOf, accepted } = operatorOf(server, () => receiver);

test('a receiver gets each event once, signed, in order per aggregate', async () => {
  const name = await hook();
  const aggregates = range(1, 5).map(() => randomUUID());
  const events = range(1, 12).flatMap((n) => aggregates.flatMap((id) => numbered(id, [n])));
  const receipts = (await server.publish(events)).events;
  await accepted(events.length);
  for (const id of aggregates) assert.deepEqual(numbersOf(receiver.requests, id), range(1, 12));
  const byId = new Map(receipts.map((receipt) => [receipt.event_id, receipt.cursor]));
  for (const request of receiver.requests) {
    assert.equal(verify(request).event_id, request.body.event_id);
    assert.throws(() => verify({ ...request, text: request.text.replace('primary', 'private') }));
    const { headers, body } = request;
    assert.equal(body.cursor, byId.get(body.event_id));
    assert.equal(body.webhook, name);
    assert.equal(headers['rotacast-event-id'], body.event_id);
    assert.equal(headers['rotacast-event-type'], 'AssignmentCreated');
    assert.equal(headers['rotacast-delivery-attempt'], '1');
    assert.equal(headers['idempotency-key'], `${name}:${body.event_id}`);
  }
  await eventually(async () => assert.equal((await show(name)).progress.lag, 0));
  await remove(name);
});

test('a receiver that is killed and restarted misses nothing, and order is kept', async () => {
  const name = await hook();
  const aggregate = randomUUID();
  const others = range(1, 10).map(() => randomUUID());
  await server.publish(numbered(aggregate, range(1, 10)));
  await accepted(10);
  await receiver.kill();
  await server.publish([...numbered(aggregate, range(11, 20)), ...others.flatMap((id) => numbered(id, [1, 2]))]);
  await eventually(async () => assert.equal((await show(name)).progress.last_error, 'connect_refused'));
  await receiver.comeBack();
  await accepted(40);
  assert.deepEqual(numbersOf(receiver.requests, aggregate), range(1, 20));
  for (const id of others) assert.deepEqual(numbersOf(receiver.requests, id), [1, 2]);
  assert.deepEqual(await lettersOf(name), []);
  await remove(name);
});

test('an event that fails holds up only its own aggregate', async () => {
  const name = await hook();
  const [stuck, free] = [randomUUID(), randomUUID()];
  let refuse = true;
  receiver.answer = (request) => (refuse && request.body.event.assignment_id === stuck ? 503 : 204);
  await server.publish([...numbered(stuck, [1, 2, 3]), ...numbered(free, [1, 2, 3])]);
  await accepted(3);
  assert.deepEqual(numbersOf(receiver.accepted, free), [1, 2, 3]);
  await eventually(async () => assert.notEqual(numbersOf(receiver.requests, stuck).length, 0));
  assert.deepEqual([...new Set(numbersOf(receiver.requests, stuck))], [1], 'what is behind it waits');
  refuse = false;
  await accepted(6);
  assert.deepEqual(numbersOf(receiver.accepted, stuck), [1, 2, 3]);
  const attempts = receiver.requests.filter((r) => r.body.event.assignment_id === stuck && numberOf(r) === 1)
    .map(({ headers }) => headers['rotacast-delivery-attempt']);
  assert.deepEqual(attempts, range(1, attempts.length).map(String));
  await remove(name);
});

test('410 makes a dead letter at once and pauses; a replay goes only to that webhook', async () => {
  const name = await hook();
  receiver.answer = () => 410;
  await server.publish(numbered(randomUUID(), [1]));
  await eventually(async () => assert.equal((await lettersOf(name)).length, 1));
  const [letter] = await lettersOf(name);
  assert.deepEqual([letter.error.name, letter.attempts], ['http_410', 1]);
  assert.equal(receiver.requests.length, 1);
  receiver.answer = () => 200;
  assert.equal((await resume(name)).status, 200);
  const replay = await ask('POST', '/api/v1/bus/replays', { subscriber: `webhook:${name}` });
  assert.equal(replay.status, 202);
  await accepted(1);
  await eventually(async () =>
    assert.equal((await ask('GET', `/api/v1/bus/replays/${replay.body.id}`)).body.done, 1));
  await remove(name);
});

test('types and filter select events', async () => {
  const name = await hook({ types: ['AssignmentCreated', 'AssignmentDeleted'], filter: { role: ['backup', 'chief'] } });
  const aggregate = randomUUID();
  const [first, second, third] = numbered(aggregate, [1, 2, 3]);
  await server.publish([{ ...first, role: 'backup' }, second, { ...third, role: 'chief' },
    { event_type: 'ScheduleArchived', schedule_id: randomUUID(), archived_by: randomUUID() }]);
  await accepted(2);
  await eventually(async () => assert.equal((await show(name)).progress.lag, 0));
  assert.deepEqual(numbersOf(receiver.requests, aggregate), [1, 3]);
  await remove(name);
});

test('after a long failure it is paused; a probe resumes it, and nothing is missing', async () => {
  const name = await hook();
  const aggregate = randomUUID();
  receiver.answer = () => 500;
  await server.publish(numbered(aggregate, range(1, 5)));
  await eventually(async () => {
    const { state, reason } = (await show(name)).progress;
    assert.deepEqual([state, reason], ['paused', 'It has failed for too long without a success.']);
  });
  receiver.answer = () => 204;
  await server.publish(numbered(aggregate, [6]));
  await accepted(6);
  assert.deepEqual(numbersOf(receiver.accepted, aggregate), range(1, 6));
  await eventually(async () => assert.equal((await show(name)).progress.state, 'active'));
  assert.deepEqual(await lettersOf(name), []);
  await remove(name);
});

test('the server is killed while sending: nothing is missing, and order is kept', async () => {
  const name = await hook();
  const aggregates = range(1, 8).map(() => randomUUID());
  let killed = false;
  receiver.answer = () => {
    if (!killed && receiver.requests.length >= 40) {
      killed = true;
      server.signal('SIGKILL');
    }
    return 204;
  };
  await server.publish(range(1, 20).flatMap((n) => aggregates.flatMap((id) => numbered(id, [n]))));
  await server.exited();
  await server.start();
  await accepted(160);
  for (const id of aggregates) assert.deepEqual(numbersOf(receiver.accepted, id), range(1, 20));
  assert.equal((await show(name)).name, name);
  await remove(name);
});
