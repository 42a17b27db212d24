// What a receiver asks for by its answer, and by how it treats its connections: Retry-After, 410,
// connections that are kept, closed, or broken at a bad moment.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, beforeEach, test } from 'node:test';
import { eventually } from './support/process.mjs';
import { Receiver } from './support/receiver.mjs';
import { range } from './support/v1.mjs';
import { numbered, numbersOf, operatorOf, startWebhookServer } from './support/webhooks.mjs';

const HOUR_MS = 3_600_000;

const server = await startWebhookServer({ users: { admin: 'admin' }, settings: { 'webhooks.pause_after_s': 60 } });
after(() => server.stop());

let receiver;
const receive = async (options) => (receiver = await new Receiver(options).start());
beforeEach(() => receive());
afterEach(() => receiver.kill());

const { hook, show, resume, remove, lettersOf, accepted } = operatorOf(server, () => receiver);

/** Answers the first request with this, and all others with 204. */
const firstly = (answer) => () => (receiver.requests.length === 0 ? answer : 204);
const wait = (status, seconds) => ({ status, headers: { 'retry-after': String(seconds) } });

/** Waits until the receiver's first answer is known; returns the webhook's progress then. */
const progressAfterFailure = (name, error) => eventually(async () => {
  const { progress } = await show(name);
  assert.equal(progress.last_error, error);
  return progress;
});

for (const status of [429, 503]) {
  test(`Retry-After of a ${status} holds back every event of the webhook`, async () => {
    const name = await hook();
    const [busy, other] = [randomUUID(), randomUUID()];
    receiver.answer = firstly(wait(status, 3));
    await server.publish(numbered(busy, [1]));
    await progressAfterFailure(name, `http_${status}`);
    await server.publish([...numbered(busy, [2]), ...numbered(other, [1, 2])]);
    await accepted(4);
    const [first, ...later] = receiver.requests;
    for (const { at } of later) assert.ok(at - first.at >= 3000, `after ${at - first.at} ms`);
    assert.deepEqual(numbersOf(receiver.accepted, busy), [1, 2]);
    assert.deepEqual(numbersOf(receiver.accepted, other), [1, 2]);
    await eventually(async () => assert.equal((await show(name)).progress.held_until, null));
    await remove(name);
  });
}

test('Retry-After may be a date', async () => {
  const name = await hook();
  const date = new Date(Date.now() + 3500).toUTCString();
  receiver.answer = firstly(wait(503, date));
  await server.publish(numbered(randomUUID(), [1]));
  await accepted(1);
  const [, second] = receiver.requests;
  assert.ok(second.at >= Date.parse(date), `${second.at} is before ${date}`);
  await remove(name);
});

test('nobody has to wait for more than an hour', async () => {
  const name = await hook();
  receiver.answer = firstly(wait(429, 99_999_999));
  await server.publish(numbered(randomUUID(), [1]));
  const { held_until, state } = await progressAfterFailure(name, 'http_429');
  const [{ at }] = receiver.requests;
  assert.equal(state, 'active');
  assert.ok(Date.parse(held_until) >= at + HOUR_MS && Date.parse(held_until) <= Date.now() + HOUR_MS, held_until);
  await remove(name);
});

for (const bad of ['-5', 'soon', '1.5', '3600s', 'Wed, 41 Oct 2099 07:28:00 GMT', '']) {
  test(`Retry-After is ignored if it is ${JSON.stringify(bad)}`, async () => {
    const name = await hook();
    receiver.answer = firstly(wait(429, bad));
    await server.publish(numbered(randomUUID(), [1]));
    const { held_until } = await progressAfterFailure(name, 'http_429');
    assert.equal(held_until, null);
    await accepted(1);
    await remove(name);
  });
}

test('Retry-After of another failure holds back only its event and those behind it', async () => {
  const name = await hook();
  const [stuck, free] = [randomUUID(), randomUUID()];
  receiver.answer = ({ body }) => (body.event.assignment_id === stuck ? wait(500, 3600) : 204);
  await server.publish(numbered(stuck, [1, 2]));
  await progressAfterFailure(name, 'http_500');
  await server.publish(numbered(free, [1, 2, 3]));
  await accepted(3);
  assert.deepEqual(numbersOf(receiver.requests, stuck), [1]);
  const { progress } = await show(name);
  assert.deepEqual([progress.held_until, progress.waiting], [null, 2]);
  await remove(name);
});

test('410 pauses the webhook, and says why; an operator resumes it', async () => {
  const name = await hook();
  const [gone, other] = [randomUUID(), randomUUID()];
  receiver.answer = firstly(410);
  await server.publish(numbered(gone, [1]));
  await eventually(async () => {
    const { state, reason, dead } = (await show(name)).progress;
    assert.deepEqual([state, dead], ['paused', 1]);
    assert.match(reason, /answered with status 410/);
  });
  await server.publish([...numbered(gone, [2]), ...numbered(other, [1])]);
  await eventually(async () => assert.equal((await show(name)).progress.lag, 2));
  assert.equal(receiver.requests.length, 1);
  assert.equal((await resume(name)).status, 200);
  await accepted(2);
  assert.deepEqual((await lettersOf(name)).map(({ error }) => error.name), ['http_410']);
  assert.deepEqual([(await show(name)).progress.state, (await show(name)).progress.reason], ['active', '']);
  await remove(name);
});

test('410 as the answer to a probe ends the probes', async (t) => {
  const strict = await startWebhookServer({ users: { admin: 'admin' }, settings: { 'webhooks.pause_after_s': 1 } });
  t.after(() => strict.stop());
  const operator = operatorOf(strict, () => receiver);
  const name = await operator.hook();
  receiver.answer = () => 500;
  await strict.publish(numbered(randomUUID(), [1]));
  await eventually(async () => assert.match((await operator.show(name)).progress.reason, /failed for too long/));
  receiver.answer = () => 410;
  await eventually(async () => assert.match((await operator.show(name)).progress.reason, /status 410/));
  assert.equal((await operator.show(name)).progress.dead, 0, 'a probe is no attempt');
  receiver.answer = () => 204;
  await operator.resume(name);
  await operator.accepted(1);
});

const attempts = () => receiver.requests.map(({ headers }) => headers['rotacast-delivery-attempt']);

/** Publishes n events of one aggregate, which are sent one after the other, and waits until they are accepted. */
async function sendOneByOne(n) {
  const aggregate = randomUUID();
  const before = receiver.accepted.length;
  await server.publish(numbered(aggregate, range(1, n)));
  await accepted(before + n);
  assert.deepEqual(numbersOf(receiver.accepted, aggregate), range(1, n));
  assert.deepEqual([...new Set(attempts())], ['1']);
  return aggregate;
}

for (const [what, answer] of [
  ['an empty answer', 204], ['a short body', { status: 200, body: 'ok' }],
  ['a chunked body', { status: 200, headers: { 'transfer-encoding': 'chunked' }, body: '{"ok":true}' }],
]) {
  test(`one connection is kept for consecutive events: ${what}`, async () => {
    const name = await hook();
    receiver.answer = () => answer;
    await sendOneByOne(20);
    assert.deepEqual([receiver.requests.length, receiver.connections], [20, 1]);
    await remove(name);
  });
}

test('a receiver that closes after each answer, announced or not, gets each event at the first attempt', async () => {
  const name = await hook();
  receiver.answer = () => ({ status: 200, headers: { connection: 'close' } });
  await sendOneByOne(10);
  assert.equal(receiver.connections, 10);
  receiver.answer = ({ socket }) => {
    setImmediate(() => socket.end());
    return 204;
  };
  await sendOneByOne(10);
  assert.equal((await show(name)).progress.last_error, '');
  await remove(name);
});

test('a receiver that closed an idle connection gets the next event on a new one', async () => {
  await receiver.kill();
  await receive({ keepAliveTimeout: 1 });
  const name = await hook();
  await sendOneByOne(2);
  await receiver.idle();
  await sendOneByOne(2);
  assert.equal((await show(name)).progress.last_error, '');
  await remove(name);
});

test('a request into a dying connection is sent again at once, which is no failed attempt', async () => {
  const used = new Set();
  receiver.answer = ({ socket }) => {
    if (used.has(socket)) return null;
    used.add(socket);
    return 204;
  };
  const name = await hook();
  const aggregate = await sendOneByOne(4);
  assert.deepEqual(numbersOf(receiver.requests, aggregate), [1, 2, 2, 3, 3, 4, 4]);
  assert.equal((await show(name)).progress.last_error, '');
  await remove(name);
});
