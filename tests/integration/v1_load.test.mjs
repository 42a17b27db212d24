// rotacast.v1: hundreds of clients subscribe while a thousand events a second are published. From
// its ack on, the stream of each is contiguous.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { startServer } from './support/server.mjs';
import { connect, numberOf, numberedEvent, range, subscribe } from './support/v1.mjs';

const CLIENTS = 500;
const AT_ONCE = 20;
const SCHEDULES = 50;
const BATCH = 50;
const PAUSE_MS = 50; // 1,000 events a second, if the server keeps up

const server = await startServer({
  users: { admin: 'admin' },
  settings: { 'limits.connections_per_user': 0, 'journal.synchronous': 'NORMAL' },
});
after(() => server.stop());

const schedules = range(1, SCHEDULES).map(() => randomUUID());

/** Publishes on the schedules in turn; `published` is {schedule, cursor} by number. */
class Publisher {
  published = [];
  #last = Infinity;

  /** Stops after `more` further events. */
  finish(more) {
    this.#last = this.published.length + more;
  }

  async run() {
    while (this.published.length < this.#last) {
      const pause = new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      const first = this.published.length;
      const numbers = range(first, first + BATCH - 1);
      const events = numbers.map((n) => numberedEvent(schedules[n % SCHEDULES], n));
      const receipts = (await server.publish(events)).events;
      this.published.push(...receipts.map(({ cursor }, i) => ({ cursor, schedule: schedules[(first + i) % SCHEDULES] })));
      await pause;
    }
  }
}

async function follow(schedule) {
  const client = await connect(server);
  const { cursor } = await subscribe(client, { schedules: [schedule] });
  return { client, schedule, cursor };
}

async function followAll() {
  const followers = [];
  let next = 0;
  await Promise.all(range(1, AT_ONCE).map(async () => {
    while (next < CLIENTS) followers.push(await follow(schedules[next++ % SCHEDULES]));
  }));
  return followers;
}

test(`${CLIENTS} clients subscribing while events are published: contiguous from each ack`, async () => {
  const { cursor: beginning } = await subscribe(await connect(server));
  const publisher = new Publisher();
  const running = publisher.run();
  const followers = await followAll();
  publisher.finish(20 * SCHEDULES);
  await running;

  const { published } = publisher;
  const places = new Map(published.map(({ cursor }, i) => [cursor, i]));
  for (const { client, schedule, cursor } of followers) {
    const place = cursor === beginning ? -1 : places.get(cursor);
    assert.notEqual(place, undefined, 'the cursor of an ack is a place that was published');
    const expected = range(place + 1, published.length - 1).filter((n) => published[n].schedule === schedule);
    for (const n of expected) assert.equal(numberOf(await client.nextJson()), n);
    assert.ok(expected.length > 0);
  }
  await server.assertNothingElse(...followers.map(({ client }) => client));
  assert.ok(followers.some(({ cursor }) => places.has(cursor)), 'some began in the midst of it');
});
