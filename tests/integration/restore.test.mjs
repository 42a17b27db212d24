// The journal was restored from a copy, and other events have the places of those that were lost:
// a webhook receives each new event once, and clients that return are told a gap (docs/adr/0028).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { test } from 'node:test';
import { GraphqlClient, subscription } from './support/graphql.mjs';
import { offsetOf } from './support/intake.mjs';
import { eventually } from './support/process.mjs';
import { Receiver } from './support/receiver.mjs';
import { numbers, replay, streamsOf, take } from './support/streams.mjs';
import { KEYS, collect, connect, numberOf, publishNumbered, range, resume } from './support/v1.mjs';
import { numberOf as numberSent, operatorOf, startWebhookServer } from './support/webhooks.mjs';

const FIRST = range(1, 100);
const LOST = range(101, 105);
const OTHERS = range(201, 205);

const PAGE = 'query ($after: Cursor!) { events(after: $after, limit: 500) '
  + '{ events { ... on AssignmentUpdate { rotationTemplateId } } cursor hasNextPage gap { from to reason } } }';
const numberIn = ({ rotationTemplateId }) => Number(rotationTemplateId.slice(0, 8));
const epochOf = (cursor) => offsetOf(cursor).epoch;
const ascending = (list) => [...list].sort((a, b) => a - b);

/** Replaces a database and SQLite's files beside it by a copy. The file of deliveries and the mark stay. */
function copyDatabase(from, to) {
  for (const part of ['', '-wal', '-shm']) {
    fs.rmSync(to + part, { force: true });
    if (fs.existsSync(from + part)) fs.copyFileSync(from + part, to + part);
  }
}

/** A server with a webhook, and everything that looks at it. */
async function story(t) {
  // Without the server's own handlers, which publish too: the journal has only what is published here.
  const server = await startWebhookServer({ users: { admin: 'admin' }, settings: { 'handlers.enabled': 'off' } });
  t.after(() => server.stop());
  const receiver = await new Receiver().start();
  t.after(() => receiver.kill());
  const operator = operatorOf(server, () => receiver);
  const webhook = await operator.hook();
  const streams = streamsOf(server);
  const graphql = new Set();
  const schedule = randomUUID();

  const statusOf = async () => {
    const { subscribers } = (await operator.ask('GET', '/api/v1/bus/stats')).body;
    return subscribers.find(({ name }) => name === `webhook:${webhook}`);
  };

  async function leave() {
    await Promise.all([...graphql].map((client) => client.close()));
    graphql.clear();
    await streams.closeAll();
    await server.closeClients();
  }
  t.after(leave);

  return {
    server, receiver, streams, statusOf, topics: { schedules: [schedule] },
    publish: (all) => publishNumbered(server, schedule, all[0], all.at(-1)),

    /** Waits until the receiver has accepted this many different events and nothing is outstanding. */
    async handled(count) {
      await operator.accepted(count);
      await eventually(async () => {
        const { lag, running, waiting, pending } = await statusOf();
        assert.deepEqual({ lag, running, waiting, pending }, { lag: 0, running: 0, waiting: 0, pending: 0 });
      });
    },

    /** Ends the process after its clients have left; its files stay. */
    async end(signal = 'SIGTERM') {
      await leave();
      server.signal(signal);
      await server.exited();
    },

    /** The results of a subscription that starts after this cursor. */
    async follow(after) {
      const client = new GraphqlClient(server, { connectionParams: { token: await server.token('admin') } });
      graphql.add(client);
      return client.watching(subscription('assignmentUpdates', `(after: "${after}")`, 'rotationTemplateId cursor'));
    },

    async page(after) {
      const headers = { authorization: `Bearer ${await server.token('admin')}` };
      const { body } = await server.post('/graphql', { query: PAGE, variables: { after } }, headers);
      assert.equal(body.errors, undefined, JSON.stringify(body));
      return body.data.events;
    },
  };
}

const values = async (results, count) => {
  const all = [];
  while (all.length < count) all.push(await results.value());
  return all;
};

/** Each kind of client reads the lost events live; returns the cursor that each of them stores. */
async function readLost({ server, streams, topics, publish, follow }, from) {
  const socket = await connect(server);
  const bySocket = await resume(socket, from, topics);
  const stream = await streams.open(topics, { from });
  const byStream = await replay(stream);
  for (const { recovered, reason, replayed } of [bySocket.resumed, byStream.resumed.data]) {
    assert.deepEqual([recovered, reason, replayed], [true, null, 0], 'a restart alone keeps the epoch');
  }
  const results = await follow(from);
  const receipts = await publish(LOST);
  const seen = await collect(socket, (event) => numberOf(event) === LOST.at(-1));
  assert.deepEqual(seen.map(numberOf), LOST);
  const records = await take(stream, LOST.length);
  assert.deepEqual(numbers(records), LOST);
  const found = await values(results, LOST.length);
  assert.deepEqual(found.map(numberIn), LOST);
  return { receipts, v1: seen.at(-1).cursor, sse: records.at(-1).id, graphql: found.at(-1).cursor };
}

/** A client that returns with this cursor is told one gap up to a position of the new epoch. */
async function v1Told({ server, topics }, from) {
  const socket = await connect(server);
  const { events, gaps, seen, resumed } = await resume(socket, from, topics);
  assert.deepEqual([events, gaps.length], [[], 1]);
  assert.deepEqual([resumed.recovered, resumed.reason, resumed.replayed], [false, 'epoch_changed', 0]);
  assert.deepEqual(seen.map((message) => Object.keys(message)), [KEYS.gap]);
  const [gap] = gaps;
  assert.deepEqual([gap.from, gap.to, gap.reason], [from, resumed.cursor, 'epoch_changed']);
  assert.equal(gap.cursor, gap.to);
  assert.notEqual(epochOf(gap.to), epochOf(from));
  return { socket, cursor: resumed.cursor };
}

async function sseTold({ streams, topics }, from) {
  const stream = await streams.open(topics, { from });
  const { events, gaps, resumed } = await replay(stream);
  assert.deepEqual([events, gaps.length], [[], 1]);
  assert.deepEqual([resumed.data.recovered, resumed.data.reason, resumed.data.replayed], [false, 'epoch_changed', 0]);
  const [gap] = gaps;
  assert.deepEqual(Object.keys(gap.data), KEYS.gap);
  assert.deepEqual([gap.data.from, gap.data.to, gap.data.reason], [from, resumed.id, 'epoch_changed']);
  assert.deepEqual([gap.id, gap.data.cursor], [resumed.id, resumed.id]);
  assert.notEqual(epochOf(resumed.id), epochOf(from));
  return { stream, cursor: resumed.id };
}

async function graphqlTold({ follow }, from) {
  const results = await follow(from);
  const { data, errors, extensions } = await results.next();
  assert.deepEqual([data, errors], [null, undefined]);
  assert.deepEqual([extensions.gap.from, extensions.gap.reason], [from, 'epoch_changed']);
  assert.notEqual(epochOf(extensions.gap.to), epochOf(from));
  return { results, cursor: extensions.gap.to };
}

/** A page begins again with what the journal has now. */
async function pageTold({ page }, from, present) {
  const { events, gap, cursor, hasNextPage } = await page(from);
  assert.deepEqual([gap.from, gap.reason, hasNextPage], [from, 'epoch_changed', false]);
  assert.deepEqual(events.map(numberIn), present);
  for (const at of [gap.to, cursor]) assert.notEqual(epochOf(at), epochOf(from));
  return cursor;
}

for (const [how, signal] of [['a stopped server', 'SIGTERM'], ['a killed server, with its write-ahead log', 'SIGKILL']]) {
  test(`a copy of ${how} is put back, and other events take the places of the lost ones`, async (t) => {
    const all = await story(t);
    const { server, receiver, publish, handled, end, page, statusOf } = all;
    const copy = server.file('copy.db');
    const first = await publish(FIRST);
    await handled(100);
    await end(signal);
    assert.equal(fs.existsSync(`${server.database}-wal`), signal === 'SIGKILL');
    copyDatabase(server.database, copy);

    await server.start();
    const stored = await readLost(all, first.at(-1).cursor);
    await handled(105);
    await end();
    const sent = receiver.requests.length;
    if (signal === 'SIGTERM') assert.equal(sent, 105, 'each once');
    copyDatabase(copy, server.database);

    await server.start();
    const middle = first[49].cursor;
    const sockets = [await v1Told(all, stored.v1), await v1Told(all, middle)];
    const streams = [await sseTold(all, stored.sse), await sseTold(all, middle)];
    const followers = [await graphqlTold(all, stored.graphql), await graphqlTold(all, middle)];
    const pages = [await pageTold(all, stored.graphql, FIRST), await pageTold(all, middle, FIRST)];

    const others = await publish(OTHERS);
    const cursors = others.map(({ cursor }) => cursor);
    assert.deepEqual(cursors.map((cursor) => offsetOf(cursor).offset),
      stored.receipts.map(({ cursor }) => offsetOf(cursor).offset), 'the same places');
    for (const { socket } of sockets) {
      const seen = await collect(socket, (event) => numberOf(event) === OTHERS.at(-1));
      assert.deepEqual(seen.map(numberOf), OTHERS);
      assert.deepEqual(seen.map(({ cursor }) => cursor), cursors);
    }
    for (const { stream } of streams) {
      const records = await take(stream, OTHERS.length);
      assert.deepEqual(numbers(records), OTHERS);
      assert.deepEqual(records.map(({ id }) => id), cursors);
    }
    for (const { results } of followers) {
      const found = await values(results, OTHERS.length);
      assert.deepEqual(found.map(numberIn), OTHERS);
      assert.deepEqual(found.map(({ cursor }) => cursor), cursors);
    }
    for (const cursor of pages) {
      const { events, gap } = await page(cursor);
      assert.deepEqual([events.map(numberIn), gap], [OTHERS, null]);
    }

    // Who returns only now has an old cursor at a place that is taken again, and is told as well.
    await v1Told(all, stored.v1);
    await sseTold(all, stored.sse);
    await graphqlTold(all, stored.graphql);
    await pageTold(all, stored.graphql, [...FIRST, ...OTHERS]);
    // The position behind the gap is a good one.
    const bySocket = await resume(await connect(server), sockets[0].cursor, all.topics);
    assert.deepEqual([bySocket.events.map(numberOf), bySocket.gaps], [OTHERS, []]);
    const byStream = await replay(await all.streams.open(all.topics, { from: streams[0].cursor }));
    assert.deepEqual([numbers(byStream.events), byStream.gaps], [OTHERS, []]);
    assert.deepEqual((await values(await all.follow(followers[0].cursor), OTHERS.length)).map(numberIn), OTHERS);

    await handled(110);
    const { missed, dead, position } = await statusOf();
    assert.deepEqual([missed, dead, position], [0, 0, cursors.at(-1)]);
    assert.match(server.output, new RegExp(`new epoch, ${epochOf(cursors[0])} after ${epochOf(middle)}, because`));
    await end();
    assert.deepEqual(ascending(receiver.requests.slice(sent).map(numberSent)), OTHERS, 'each once, and no other again');
    assert.deepEqual(ascending(receiver.accepted.map(numberSent)), [...FIRST, ...LOST, ...OTHERS]);

    // The new epoch stays.
    await server.start();
    const back = await resume(await connect(server), cursors[0], all.topics);
    assert.deepEqual([back.events.map(numberOf), back.gaps], [OTHERS.slice(1), []]);
  });
}
