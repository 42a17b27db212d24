// Server-sent events: a client that returns with a cursor, and a client that does not read. Missed
// events arrive once and in order, and missing ones are reported as a gap.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { startServer } from './support/server.mjs';
import { numbers, replay, streamsOf, take } from './support/streams.mjs';
import { KEYS, connect, cursorIn, numberOf, publishNumbered, range, resume, subscribe, update } from './support/v1.mjs';

const server = await startServer({
  users: { admin: 'admin' },
  settings: { 'limits.connections_per_user': 4, 'journal.synchronous': 'NORMAL' },
});
const servers = [server];
const { open, openLive, closeAll } = streamsOf(server);
afterEach(async () => {
  await closeAll();
  await server.closeClients();
  await server.becomesEmpty();
});
after(() => Promise.all(servers.map((one) => one.stop())));

const WITHOUT_ID = KEYS.resumed.filter((key) => key !== 'id');

// --- resuming

test('a stream that reconnects with Last-Event-ID misses nothing and sees nothing twice', async () => {
  const schedule = randomUUID();
  const first = await openLive({ schedules: [schedule] });
  await publishNumbered(server, schedule, 1, 5);
  const seen = await take(first, 3);
  await first.close();
  await publishNumbered(server, schedule, 6, 400);

  const second = await open({ schedules: [schedule] }, { from: seen.at(-1).id });
  const { events, gaps, resumed } = await replay(second);
  assert.deepEqual(numbers(events), range(4, 400));
  assert.deepEqual(gaps, []);
  assert.deepEqual(Object.keys(resumed.data), WITHOUT_ID);
  assert.deepEqual([resumed.data.recovered, resumed.data.reason, resumed.data.replayed], [true, null, 397]);
  assert.equal(resumed.id, cursorIn(resumed.data));
  await publishNumbered(server, schedule, 401, 402);
  assert.deepEqual(numbers(await take(second, 2)), [401, 402]);
});

test('a position is read wherever a client puts it', async () => {
  const schedule = randomUUID();
  const receipts = await publishNumbered(server, schedule, 1, 4);
  for (const name of ['cursor', 'lastEventId', 'last_event_id', 'last-event-id', 'Last-Event-ID', 'evs_last_event_id']) {
    const { events } = await replay(await open({ schedules: [schedule], [name]: receipts[1].cursor }));
    assert.deepEqual(numbers(events), [3, 4], name);
    await closeAll();
    await server.becomesEmpty();
  }
});

test('of several positions the newest counts: Last-Event-ID, then lastEventId, then cursor', async () => {
  const schedule = randomUUID();
  const [, , { cursor }, { cursor: lastEventId }, , , { cursor: from }] = await publishNumbered(server, schedule, 1, 9);
  const first = await replay(await open({ schedules: [schedule], cursor }));
  assert.deepEqual(numbers(first.events), range(4, 9));
  const polyfill = await replay(await open({ schedules: [schedule], lastEventId, cursor }));
  assert.deepEqual(numbers(polyfill.events), range(5, 9));
  const browser = await replay(await open({ schedules: [schedule], lastEventId, cursor }, { from }));
  assert.deepEqual(numbers(browser.events), [8, 9]);
});

test('an empty position is none: the stream begins live, or where another one says', async () => {
  const schedule = randomUUID();
  const [, { cursor }] = await publishNumbered(server, schedule, 1, 3);
  await openLive({ schedules: [schedule], cursor: '', lastEventId: '' });
  await openLive({ schedules: [schedule] }, { from: '' });
  const { events } = await replay(await open({ schedules: [schedule], lastEventId: '', cursor }, { from: '' }));
  assert.deepEqual(numbers(events), [3]);
});

test('unrecoverable events are reported as a gap before the response', async () => {
  const schedule = randomUUID();
  const [{ cursor }] = await publishNumbered(server, schedule, 1, 1);
  const [epoch, offset] = cursor.split('.');
  const future = `${epoch}.${Number(offset) + 1000}`;
  for (const [from, reason] of [['elsewhere.3', 'epoch_changed'], [future, 'cursor_unknown']]) {
    const stream = await open({ schedules: [schedule] }, { from });
    const { events, gaps: [gap, ...others], resumed } = await replay(stream);
    assert.deepEqual([events, others], [[], []]);
    assert.deepEqual([resumed.data.recovered, resumed.data.reason], [false, reason]);
    assert.deepEqual(Object.keys(gap.data), KEYS.gap);
    assert.deepEqual([gap.data.from, gap.data.to, gap.data.reason], [from, resumed.id, reason]);
    assert.equal(gap.id, gap.data.cursor);
    await update(server, schedule, reason);
    assert.equal((await stream.next()).data.message, reason, 'it is live all the same');
  }
});

test('one cursor works on sockets and streams and across a restart', async () => {
  const schedule = randomUUID();
  const topics = { schedules: [schedule] };
  const socket = await connect(server);
  await subscribe(socket, topics);
  await publishNumbered(server, schedule, 1, 3);
  const bySocket = [await socket.nextJson(), await socket.nextJson()];
  await socket.close();
  await publishNumbered(server, schedule, 4, 6);

  const stream = await open(topics, { from: bySocket.at(-1).cursor });
  const missed = await replay(stream);
  assert.deepEqual([numbers(missed.events), missed.gaps], [[3, 4, 5, 6], []]);
  await publishNumbered(server, schedule, 7, 8);
  const live = await take(stream, 1);
  assert.deepEqual(numbers(live), [7]);
  await stream.close();
  await server.restart();
  await publishNumbered(server, schedule, 9, 9);

  const back = await connect(server);
  const rest = await resume(back, live[0].id, topics);
  assert.deepEqual([rest.events.map(numberOf), rest.gaps], [[8, 9], []]);
  assert.equal(rest.resumed.recovered, true);
});

test('a stream that reconnects repeatedly while events are published sees each once, in order', async () => {
  const schedule = randomUUID();
  const began = await openLive({ schedules: [schedule] });
  const last = 2000;
  const publishing = (async () => {
    for (let first = 1; first <= last; first += 20) await publishNumbered(server, schedule, first, first + 19);
  })();
  const seen = [];
  let { cursor } = began;
  while (seen.length < last) {
    const stream = await open({ schedules: [schedule] }, { from: cursor });
    const enough = Math.min(seen.length + 90, last);
    while (seen.length < enough) {
      const record = await stream.next();
      cursor = record.id;
      if (record.event === 'resumed') assert.equal(record.data.recovered, true);
      else seen.push(numberOf(record.data));
    }
    await stream.close();
  }
  await publishing;
  assert.deepEqual(seen, range(1, last));
  assert.deepEqual(numbers(await take(began, last)), seen, 'as one that stayed');
});

// --- slow readers

// More than two kernel buffers and the server's queue hold together.
async function publishTooMuch(where, schedule) {
  const events = 200;
  for (const n of range(1, events)) await update(where, schedule, `${n} `.padEnd(100_000, 'x'));
  return events;
}
const numberIn = ({ data }) => Number.parseInt(data.message, 10);

for (const policy of ['close', 'drop_oldest', 'keep_latest']) {
  test(`a client that does not read is handled according to the policy ${policy} and can account for every event`, async () => {
    const where = await startServer({
      users: { admin: 'admin', neighbour: 'admin' },
      settings: { 'websocket.slow_client': policy, 'journal.synchronous': 'NORMAL' },
    });
    servers.push(where);
    const schedule = randomUUID();
    const slow = await openLive({ schedules: [schedule] }, { where });
    const neighbour = await openLive({ schedules: [schedule] }, { where, as: 'neighbour' });
    slow.pause();
    const last = await publishTooMuch(where, schedule);
    assert.deepEqual((await take(neighbour, last)).map(numberIn), range(1, last), 'the neighbour misses nothing');
    slow.resume();

    if (policy === 'close') {
      const got = await slow.untilEnd();
      assert.ok(got.length < last, 'it was ended');
      const from = got.at(-1)?.id ?? slow.cursor;
      const { events, gaps, resumed } = await replay(await open({ schedules: [schedule] }, { from, where }));
      assert.deepEqual([...got, ...events].map(numberIn), range(1, last));
      assert.deepEqual([gaps, resumed.data.recovered], [[], true]);
      return;
    }
    const seen = [];
    do seen.push(await slow.next());
    while (seen.at(-1).event === 'gap' || numberIn(seen.at(-1)) !== last);
    const gaps = seen.filter(({ event }) => event === 'gap');
    const events = seen.filter(({ event }) => event !== 'gap').map(numberIn);
    assert.equal(gaps.length, 1);
    assert.equal(gaps[0].id, gaps[0].data.cursor);
    assert.equal(gaps[0].data.reason, policy === 'keep_latest' ? 'superseded' : 'slow_consumer');
    assert.deepEqual(events, [...new Set(events)].sort((a, b) => a - b), 'in order, each once');
    const before = seen.indexOf(gaps[0]);
    assert.equal(gaps[0].data.from, seen[before - 1]?.id ?? slow.cursor, 'the gap begins behind what came last');
    assert.ok(events.length < last);
  });
}
