// GraphQL: a client that does not read, by WebSocket and by streams. The server's policy decides
// what happens to it. Other clients are not affected, missing events are reported in
// `extensions.gap`, and `after` fetches them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { requestStream } from './support/event_stream.mjs';
import { eventually } from './support/process.mjs';
import { startServer } from './support/server.mjs';
import { QUEUE_BYTES, SCHEDULES, assertAccounted, numberOf, publishTooMuch } from './support/slow_clients.mjs';
import * as v1 from './support/v1.mjs';

const { range } = v1;

const servers = [];
after(() => Promise.all(servers.map((server) => server.stop())));

async function serverWith(policy) {
  const server = await startServer({
    users: { admin: 'admin', slow: 'admin', neighbour: 'admin' },
    settings: {
      'websocket.slow_client': policy, 'websocket.send_queue_bytes': QUEUE_BYTES, 'journal.synchronous': 'NORMAL',
      'websocket.ping_interval_s': 600, 'websocket.idle_timeout_s': 1200,
    },
  });
  servers.push(server);
  return server;
}

const updates = ({ scheduleId, after: from } = {}) => {
  const args = [scheduleId && `filter: { scheduleId: "${scheduleId}" }`, from && `after: "${from}"`].filter(Boolean);
  return `subscription { scheduleUpdates${args.length > 0 ? `(${args})` : ''} { message cursor } }`;
};

/** Converts a result to the form of rotacast.v1: an event, or a gap and the position after it. */
function shown({ data, errors, extensions }) {
  assert.equal(errors, undefined);
  if (data) return data.scheduleUpdates;
  const { from, to, reason } = extensions.gap;
  return { event_type: 'gap', from, to, reason, cursor: reason === 'superseded' ? from : to };
}

/**
 * Opens a connection with these subscriptions; each result names its subscription. begun() waits
 * until they are active.
 */
const TRANSPORTS = {
  async 'graphql-transport-ws'(server, queries) {
    const client = server.open({ route: '/graphql', query: { token: await server.token('slow') }, protocols: ['graphql-transport-ws'] });
    client.socket.once('open', () => client.send({ type: 'connection_init' }));
    assert.equal((await client.nextJson()).type, 'connection_ack');
    for (const [id, query] of queries.entries()) client.send({ type: 'subscribe', id: String(id), payload: { query } });
    const read = (text) => {
      const { type, id, payload } = JSON.parse(text);
      if (type === 'pong') return { pong: true };
      assert.equal(type, 'next', text);
      return { operation: Number(id), ...shown(payload) };
    };
    return {
      async begun() {
        client.send({ type: 'ping' });
        assert.deepEqual(await client.nextJson(), { type: 'pong' });
      },
      next: async () => read(await client.next()),
      ping: () => client.send({ type: 'ping' }),
      pause: () => client.socket._socket.pause(),
      resume: () => client.socket._socket.resume(),
      async untilEnd() {
        const { code, name } = await client.serverClosed();
        assert.deepEqual([code, name], [4410, 'slow_consumer']);
        const seen = [];
        while (client.waiting > 0) seen.push(read(await client.next()));
        return seen;
      },
    };
  },
  'text/event-stream': (server, queries) => openStream(server, queries, {
    accept: 'text/event-stream',
    read({ event, data }) {
      assert.equal(event, 'next');
      return data;
    },
    withoutEnd: (records) => records,
  }),
  'multipart/mixed': (server, queries) => openStream(server, queries, {
    accept: 'multipart/mixed;subscriptionSpec=1.0',
    read: ({ data }) => data.payload,
    withoutEnd(records) {
      const [{ data: reason }, end] = records.splice(-2);
      assert.deepEqual([reason.payload, reason.errors[0].extensions.name, end], [null, 'slow_consumer', { end: true }]);
      return records;
    },
  }),
};

async function openStream(server, [query], { accept, read, withoutEnd }) {
  const url = new URL('/graphql', server.url);
  url.searchParams.set('query', query);
  const { stream } = await requestStream(url, { headers: { accept, authorization: `Bearer ${await server.token('slow')}` } });
  const toldBy = (record) => ({ operation: 0, ...shown(read(record)) });
  return {
    begun: () => eventually(async () => assert.equal((await server.counters()).graphql_subscriptions, 1)),
    next: async () => toldBy(await stream.nextMessage()),
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    untilEnd: async () => withoutEnd(await stream.untilEnd()).map(toldBy),
  };
}

/**
 * A client that does not read while too much is published, and then reads again. Returns it, and
 * the order of the positions: cursor → number, 0 for where it started.
 */
async function starve(server, open, { isEnough, only = [] } = {}) {
  const schedules = range(1, SCHEDULES).map(() => randomUUID());
  const neighbour = await v1.connect(server, 'neighbour');
  const { cursor } = await v1.subscribe(neighbour, { schedules });
  const slow = await open(server, [updates(), ...only.map((i) => updates({ scheduleId: schedules[i] }))]);
  await slow.begun();
  slow.pause();
  const receipts = await publishTooMuch(server, schedules, isEnough);
  slow.ping?.();
  // Queries every loop, so the ping has been read before the client reads again.
  await server.figures();
  slow.resume();
  const last = receipts.length - 1;
  for (const i of range(1, last)) assert.equal(numberOf(await neighbour.nextJson()), i, 'the neighbour misses nothing');
  return { slow, cursor, last, places: new Map([[cursor, 0], ...receipts.map((receipt, i) => [receipt?.cursor, i])]) };
}

/**
 * What a slow client receives up to a marker that is published afterwards, per operation; and its
 * pongs.
 */
async function seenBy(server, slow) {
  const end = randomUUID();
  await v1.update(server, null, end);
  const seen = [];
  do seen.push(await slow.next());
  while (seen.at(-1).message !== end);
  seen.pop();
  return { of: (operation) => seen.filter((message) => message.operation === operation), pongs: seen.filter(({ pong }) => pong) };
}
const gapsIn = (seen) => seen.filter(({ event_type: type }) => type === 'gap');

for (const [transport, open] of Object.entries(TRANSPORTS)) {
  test(`${transport}, close: it is closed, and the argument after fetches the missed events`, async () => {
    const server = await serverWith('close');
    const ended = async () => (await server.counters()).graphql_subscriptions === 0;
    const { slow, cursor, last } = await starve(server, open, { isEnough: ended });
    const seen = await slow.untilEnd();
    assert.deepEqual(seen.map(numberOf), range(1, seen.length), 'what came is whole and in order');
    assert.ok(seen.length < last);
    await server.counted('refused_slow_consumer');
    const again = await open(server, [updates({ after: seen.at(-1)?.cursor ?? cursor })]);
    const rest = [];
    while (rest.length < last - seen.length) rest.push(await again.next());
    assert.deepEqual(rest.map(numberOf), range(seen.length + 1, last));
  });

  test(`${transport}, drop_oldest: the oldest events are dropped, with a gap in their place`, async () => {
    const server = await serverWith('drop_oldest');
    const starved = await starve(server, open);
    const seen = (await seenBy(server, starved.slow)).of(0);
    const missing = assertAccounted({ ...starved, seen });
    for (const { reason } of gapsIn(seen)) assert.equal(reason, 'slow_consumer');
    assert.ok(!missing.has(starved.last), 'the newest is there');
    const { frames_dropped: frames, stream_frames_dropped: records } = await server.counters();
    assert.ok(frames + records > 0);
  });

  test(`${transport}, keep_latest: the last event of each subject arrives, gaps report the rest`, async () => {
    const server = await serverWith('keep_latest');
    const starved = await starve(server, open);
    const { last } = starved;
    const seen = (await seenBy(server, starved.slow)).of(0);
    const missing = assertAccounted({ ...starved, seen });
    const gaps = gapsIn(seen);
    assert.ok(gaps.length > 0);
    for (const { reason } of gaps) assert.equal(reason, 'superseded');
    for (const i of range(last - SCHEDULES + 1, last)) assert.ok(!missing.has(i), 'the last of each schedule is there');
  });
}

test('every operation of a socket gets the gap, and no response is lost', async () => {
  const server = await serverWith('drop_oldest');
  const starved = await starve(server, TRANSPORTS['graphql-transport-ws'], { only: [2] });
  const { of, pongs } = await seenBy(server, starved.slow);
  assert.equal(pongs.length, 1);
  const numbers = range(1, starved.last).filter((i) => i % SCHEDULES === 3);
  assertAccounted({ ...starved, seen: of(0) });
  const missing = assertAccounted({ ...starved, seen: of(1), numbers });
  assert.deepEqual(gapsIn(of(0)).map(({ from, to }) => [from, to]), gapsIn(of(1)).map(({ from, to }) => [from, to]));
  assert.ok(missing.size < numbers.length);
});
