// People and publishers of a cluster while something happens to it: what every publisher was answered
// for must reach everybody once, in one order.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from './process.mjs';
import { connect, numberedEvent } from './v1.mjs';

const schedule = randomUUID();

/** A cursor is `epoch.offset`; an entry keeps its offset in another epoch. */
const offsetOf = (cursor) => Number(cursor.split('.')[1]);

/** Follows the schedule on one node and, when the connection breaks, on the next, from its cursor. */
export class Follower {
  #load;
  #client;
  #token;
  /** {id, cursor} in the order of arrival. */
  seen = [];
  ids = new Set();
  gaps = [];
  disconnected = 0;
  cursor;

  constructor(load, node) {
    this.#load = load;
    this.node = node;
  }

  async start() {
    await this.#open();
    return this;
  }

  async #open() {
    // Many rounds take longer than a token usually lives.
    this.#token ??= await this.node.newToken('admin', 86_400);
    const client = await connect(this.node, 'admin', { token: this.#token });
    this.#client = client;
    client.socket.on('message', (text) => this.#take(JSON.parse(text)));
    client.socket.once('close', () => this.#broken(client));
    const command = this.cursor ? { action: 'resume', cursor: this.cursor } : { action: 'subscribe' };
    client.send({ ...command, id: 'follow', schedules: [schedule] });
  }

  #take(message) {
    if (message.event_type === 'gap') this.gaps.push(message.reason);
    if (message.event_type === 'resumed') assert.equal(message.recovered, true, JSON.stringify(message));
    if (message.event_id && message.event_type === 'assignment_changed') {
      this.seen.push({ id: message.event_id, cursor: message.cursor });
      this.ids.add(message.event_id);
    }
    if (message.cursor) this.cursor = message.cursor;
  }

  async #broken(client) {
    if (client !== this.#client) return;
    this.disconnected += 1;
    while (this.#client === client) {
      this.node = this.#load.nodeAfter(this.node);
      try {
        await this.#open();
      } catch {
        await pause(50);
      }
    }
  }

  async stop() {
    const client = this.#client;
    this.#client = undefined;
    await client.close();
  }
}

export class Load {
  #running = [];
  #stopping = false;
  /** Identifiers of the events that were stored, as their publishers were told. */
  answered = new Set();
  followers = [];

  constructor(nodes) {
    this.nodes = nodes;
  }

  nodeAfter(node) {
    return this.nodes[(this.nodes.indexOf(node) + 1) % this.nodes.length];
  }

  /** Two people on each node, and a publisher on each, which has a pause of `every` ms. */
  async start(every = 20) {
    for (const node of [...this.nodes, ...this.nodes]) {
      this.followers.push(await new Follower(this, node).start());
    }
    for (const node of this.nodes) this.#running.push(this.#publishOn(node, every));
  }

  async #publishOn(node, every) {
    while (!this.#stopping) {
      await this.publish(node);
      await pause(every);
    }
  }

  /** Publishes one event, at the next node if this one is gone, until somebody has stored it. */
  async publish(node) {
    const id = randomUUID();
    const event = { ...numberedEvent(schedule, this.answered.size), metadata: { event_id: id } };
    for (;;) {
      try {
        const { status } = await node.post('/api/v1/events', event, { 'x-api-key': node.apiKey });
        if (status === 200) break;
      } catch {
        node = this.nodeAfter(node);
      }
      await pause(20);
    }
    this.answered.add(id);
    return id;
  }

  async stopPublishing() {
    this.#stopping = true;
    await Promise.all(this.#running);
  }

  /** Waits until everybody has seen an event that is published now on each node. */
  async reachesEverybody() {
    const ids = await Promise.all(this.nodes.map((node) => this.publish(node)));
    await eventually(() => {
      for (const follower of this.followers) {
        assert.ok(ids.every((id) => follower.ids.has(id)), 'an event that was published now is not seen');
      }
    });
  }

  /** Everybody has had each event once, in an order that all nodes confirm. */
  async check() {
    await eventually(() => {
      for (const { ids } of this.followers) assert.ok(ids.size >= this.answered.size, 'somebody has not had all events');
    });
    const orders = await Promise.all(this.nodes.map((node) => this.#orderOn(node)));
    for (const order of orders) assert.deepEqual(order, orders[0], 'nodes differ in the order');
    const offsets = new Map(orders[0]);
    for (const id of this.answered) assert.ok(offsets.has(id), 'an answered event is lost');
    assert.equal(offsets.size, orders[0].length, 'an event is stored twice');
    for (const follower of this.followers) this.#checkFollower(follower, offsets);
  }

  /** What the node's journal has of these events: [event id, offset]. */
  async #orderOn(node) {
    const { code, stdout, stderr } = await node.cli('tail', '--from-start', '--until-end', '--json');
    assert.equal(code, 0, stderr);
    return stdout.trim().split('\n').map((line) => JSON.parse(line))
      .filter(({ event_type, event }) => event_type === 'AssignmentCreated' && event.schedule_id === schedule)
      .map(({ event_id, cursor }) => [event_id, offsetOf(cursor)]);
  }

  #checkFollower({ seen, ids, gaps }, offsets) {
    for (const id of this.answered) assert.ok(ids.has(id), 'somebody has not had an event');
    // Then an event may have got another place.
    if (gaps.includes('epoch_changed')) return;
    assert.equal(ids.size, seen.length, 'somebody has had an event twice');
    // An event that was shown before it had a place has the cursor of what came before.
    const inPlace = seen.filter(({ id, cursor }) => offsetOf(cursor) === offsets.get(id));
    const order = inPlace.map(({ id }) => offsets.get(id));
    assert.deepEqual(order, [...order].sort((a, b) => a - b), 'somebody has had events in another order');
  }

  async stop() {
    await this.stopPublishing();
    await Promise.all(this.followers.map((follower) => follower.stop()));
  }
}
