// rotacast.v1: a client that does not read. The server's policy decides what happens to it. Other
// clients are not affected, and missing events are reported.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { eventually } from './support/process.mjs';
import { startServer } from './support/server.mjs';
import {
  MESSAGE_BYTES, QUEUE_BYTES, ROUNDS, SCHEDULES, assertAccounted, numberOf, publishTooMuch,
} from './support/slow_clients.mjs';
import { KEYS, collect, connect, range, resume, subscribe, untilClosed, update } from './support/v1.mjs';

// More than SCHEDULES, so that the others are available for publishMixed.
const WATCHED = 13;

const servers = [];
after(() => Promise.all(servers.map((server) => server.stop())));

async function serverWith(policy, queueBytes = QUEUE_BYTES) {
  const server = await startServer({
    users: { admin: 'admin', slow: 'admin', neighbour: 'admin' },
    settings: {
      'websocket.slow_client': policy, 'websocket.send_queue_bytes': queueBytes, 'journal.synchronous': 'NORMAL',
      'websocket.ping_interval_s': 600, 'websocket.idle_timeout_s': 1200,
    },
  });
  servers.push(server);
  return server;
}

/**
 * The same, until only the other client is left: a closed one has little time to read what was on
 * its way.
 */
const publishUntilClosed = (server, schedules) =>
  publishTooMuch(server, schedules, async () => (await server.figures()).total_connections === 1);

/** The same in large requests, as alerts of one kind. */
async function publishBatches(server) {
  const receipts = [undefined];
  for (let round = 0; round < ROUNDS; ++round) {
    const events = range(receipts.length, receipts.length + 99).map((n) => ({
      event_type: 'LoadShedInitiated', level: 'red', initiated_by: randomUUID(),
      reason: `${n} `.padEnd(SCHEDULES * MESSAGE_BYTES / 100, 'x'),
    }));
    receipts.push(...(await server.publish(events)).events);
  }
  return receipts;
}

/**
 * The same with one subject in every other event and pseudo-random sizes: a queue cannot hold the
 * latest event of each subject.
 */
const publishMixed = (seed) => async (server, [often, ...others]) => {
  const next = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const receipts = [undefined];
  for (const n of range(1, 200)) {
    const [schedule, bytes] = next() < 0.5 ? [often, 150_000] : [others[n % others.length], 50_000 + Math.floor(next() * 60_000)];
    receipts.push(await update(server, schedule, `${n} `.padEnd(bytes, 'x')));
  }
  return receipts;
};

/**
 * A client that does not read while too much is published, and sends a ping when its queue is full;
 * then it reads all. Returns what it received, and the order of the positions: cursor → number, 0
 * for where it started.
 */
async function starve(server, publish = publishTooMuch) {
  const schedules = range(1, WATCHED).map(() => randomUUID());
  const slow = await connect(server, 'slow');
  const neighbour = await connect(server, 'neighbour');
  const { cursor } = await subscribe(slow, { schedules });
  await subscribe(neighbour, { schedules });
  slow.socket._socket.pause();
  const receipts = await publish(server, schedules);
  const places = new Map([[cursor, 0], ...receipts.map((receipt, i) => [receipt?.cursor, i])]);
  slow.send({ action: 'ping', id: 'in need' });
  // Queries every loop, so the ping has been read before the client reads again.
  await server.figures();
  slow.socket._socket.resume();
  for (const i of range(1, receipts.length - 1)) {
    assert.equal(numberOf(await neighbour.nextJson()), i, 'the neighbour misses nothing');
  }
  return { slow, schedules, cursor, places, last: receipts.length - 1 };
}

/**
 * What a slow client receives up to a marker that is published afterwards, which must include the
 * pong.
 */
async function seenBy(server, slow) {
  const end = randomUUID();
  await update(server, null, end);
  const seen = await collect(slow, ({ message }) => message === end);
  seen.pop();
  const pongs = seen.filter(({ event_type: type }) => type === 'pong');
  assert.deepEqual(pongs.map(({ id }) => id), ['in need']);
  for (const gap of seen.filter(({ event_type: type }) => type === 'gap')) assert.deepEqual(Object.keys(gap), KEYS.gap);
  return seen.filter((message) => message !== pongs[0]);
}

test('close: 4410, and missed events can be resumed', async () => {
  const server = await serverWith('close');
  const { slow, schedules, cursor, last } = await starve(server, publishUntilClosed);
  const { seen, code, name } = await untilClosed(slow);
  assert.deepEqual([code, name], [4410, 'slow_consumer']);
  assert.deepEqual(seen.map(numberOf), range(1, seen.length), 'what came is whole and in order');
  assert.ok(seen.length < last);
  await server.counted('refused_slow_consumer');
  const returned = await connect(server, 'slow');
  const { events, resumed } = await resume(returned, seen.at(-1)?.cursor ?? cursor, { schedules });
  assert.equal(resumed.recovered, true);
  assert.deepEqual(events.map(numberOf), range(seen.length + 1, last));
});

test('drop_oldest: the oldest events are dropped, with a gap in their place; no response is lost', async () => {
  const server = await serverWith('drop_oldest');
  const starved = await starve(server);
  const { slow, last } = starved;
  const seen = await seenBy(server, slow);
  const missing = assertAccounted({ ...starved, seen });
  for (const gap of seen.filter(({ event_type: type }) => type === 'gap')) {
    assert.equal(gap.reason, 'slow_consumer');
    assert.equal(gap.cursor, gap.to);
  }
  assert.ok(!missing.has(last), 'the newest is there');
  await server.counted('frames_dropped');
  await slow.barrier();
  await server.assertNothingElse(slow);
});

test('keep_latest: the last event of each subject arrives, gaps report the rest', async () => {
  const server = await serverWith('keep_latest');
  const starved = await starve(server);
  const { slow, last } = starved;
  const seen = await seenBy(server, slow);
  const missing = assertAccounted({ ...starved, seen });
  const gaps = seen.filter(({ event_type: type }) => type === 'gap');
  assert.ok(gaps.length > 0);
  for (const gap of gaps) {
    assert.equal(gap.reason, 'superseded');
    assert.equal(gap.cursor, gap.from, 'events of the range still come');
  }
  for (const i of range(last - SCHEDULES + 1, last)) assert.ok(!missing.has(i), 'the last of each schedule is there');
  await slow.barrier();
  await server.assertNothingElse(slow);
});

for (const policy of ['drop_oldest', 'keep_latest']) {
  test(`${policy}: of large batches, too, each event arrives or is reported by one gap`, async () => {
    const server = await serverWith(policy);
    const starved = await starve(server, publishBatches);
    const { slow, last } = starved;
    const seen = await seenBy(server, slow);
    const missing = assertAccounted({ ...starved, seen });
    assert.ok(!missing.has(last), 'the newest is there');
    await slow.barrier();
    await server.assertNothingElse(slow);
  });
}

for (const seed of range(1, 4)) {
  test(`keep_latest, if the latest events are too much (seed ${seed}): as drop_oldest, one gap per range`, async () => {
    const server = await serverWith('keep_latest', 1024 * 1024);
    const starved = await starve(server, publishMixed(seed));
    const { slow, last } = starved;
    const seen = await seenBy(server, slow);
    const missing = assertAccounted({ ...starved, seen });
    assert.ok(!missing.has(last), 'the newest is there');
    for (const [i, message] of seen.entries()) {
      const twice = i > 0 && message.event_type === 'gap' && seen[i - 1].reason === message.reason;
      assert.ok(!twice, 'gaps that meet are one');
    }
    await slow.barrier();
    await server.assertNothingElse(slow);
  });
}

test('the server waits for a client that does not read while it resumes', async () => {
  const server = await serverWith('close');
  const schedule = randomUUID();
  const witness = await connect(server, 'neighbour');
  const { cursor } = await subscribe(witness, { schedules: [schedule] });
  await publishTooMuch(server, Array(SCHEDULES).fill(schedule));
  const slow = await connect(server, 'slow');
  slow.send({ action: 'resume', id: 1, cursor, schedules: [schedule] });
  slow.socket._socket.pause();
  await eventually(async () => assert.equal(witness.waiting, ROUNDS * SCHEDULES));
  slow.socket._socket.resume();
  const seen = await collect(slow, ({ event_type: type }) => type === 'resumed');
  assert.deepEqual(seen.slice(0, -1).map(numberOf), range(1, ROUNDS * SCHEDULES));
  await server.assertNothingElse(slow);
});
