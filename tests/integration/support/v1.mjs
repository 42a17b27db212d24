// Clients of rotacast.v1 (docs/protocol.md): they send commands and check each response against the
// document.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

export const V1 = 'rotacast.v1';

export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The keys of a notice or response, in the document's order. */
export const KEYS = {
  connection_ack: ['event_type', 'timestamp', 'user_id', 'message', 'connection_id', 'token_expires_at',
    'ping_interval_ms', 'message_bytes_max', 'subscriptions_max'],
  error: ['event_type', 'timestamp', 'id', 'code', 'name', 'message', 'path'],
  resumed: ['event_type', 'timestamp', 'id', 'recovered', 'reason', 'replayed', 'cursor'],
  gap: ['event_type', 'timestamp', 'from', 'to', 'reason', 'cursor'],
  token_expiring: ['event_type', 'timestamp', 'token_expires_at'],
  presence: ['event_type', 'timestamp', 'user_id', 'status', 'last_seen', 'active_page'],
  server_draining: ['event_type', 'timestamp', 'reconnect_after_ms'],
  pong: ['event_type', 'timestamp', 'id'],
};
export const PERSON_KEYS = KEYS.presence.slice(2);

export function cursorIn(message) {
  assert.equal(typeof message.cursor, 'string', JSON.stringify(message));
  const bytes = Buffer.byteLength(message.cursor);
  assert.ok(bytes >= 1 && bytes <= 64, `a cursor of ${bytes} bytes`);
  return message.cursor;
}

/** Opens a socket as this user and waits for the acknowledgement; options as Server.connect. */
export async function connect(server, name = 'admin', { protocols = [V1], ...options } = {}) {
  const client = await server.connect(name, { protocols, ...options });
  client.greeting = JSON.parse(client.ack);
  return client;
}

/**
 * Opens a socket with exactly these credentials, none by default, and waits only for the response
 * to the upgrade.
 */
export async function connectRaw(server, { protocols = [V1], ...options } = {}) {
  const client = server.open({ protocols, ...options });
  await client.upgraded;
  return client;
}

/** Sends a command with an id of its own; the very next frame must be its response. */
export async function ask(client, command) {
  const id = command.id ?? randomUUID();
  client.send({ ...command, id });
  const answer = await client.nextJson();
  assert.equal(answer.id, id, `another frame came before the answer: ${JSON.stringify(answer)}`);
  assert.match(answer.timestamp, TIME);
  return answer;
}

/**
 * Like ask; the response must be an `ack` with these keys after `id` (only `cursor` by default).
 */
export async function asked(client, command, keys = ['cursor']) {
  const answer = await ask(client, command);
  assert.equal(answer.event_type, 'ack', JSON.stringify(answer));
  assert.deepEqual(Object.keys(answer), ['event_type', 'timestamp', 'id', ...keys]);
  if (keys.includes('cursor')) cursorIn(answer);
  return answer;
}

/** Like ask; the response must be this error with a message. */
export async function refused(client, command, { code, name, path }) {
  const answer = await ask(client, command);
  assertError(answer, { code, name, path });
  return answer;
}

export function assertError(answer, { code, name, path, keys = KEYS.error }) {
  assert.equal(answer.event_type, 'error', JSON.stringify(answer));
  assert.deepEqual(Object.keys(answer), keys);
  assert.deepEqual([answer.code, answer.name], [code, name], JSON.stringify(answer));
  assert.ok(typeof answer.message === 'string' && answer.message.length > 0, 'a message for people');
  assert.equal(typeof answer.path, 'string');
  if (path !== undefined) assert.equal(answer.path, path);
}

export const subscribe = (client, topics = {}) => asked(client, { action: 'subscribe', ...topics });

/** Sends `resume` and reads frames up to its response: {events, gaps, resumed}. */
export async function resume(client, cursor, topics = {}) {
  client.send({ action: 'resume', id: 'resume', cursor, ...topics });
  const seen = await collect(client, ({ event_type: type }) => type === 'resumed' || type === 'error');
  const resumed = seen.pop();
  assert.equal(resumed.event_type, 'resumed', JSON.stringify(resumed));
  assert.deepEqual(Object.keys(resumed), KEYS.resumed);
  assert.equal(resumed.id, 'resume');
  cursorIn(resumed);
  const gaps = seen.filter(({ event_type: type }) => type === 'gap');
  return { events: seen.filter((message) => !gaps.includes(message)), gaps, seen, resumed };
}

/** Reads frames up to one that is the last: all of them, parsed. */
export async function collect(client, isLast) {
  const seen = [];
  do seen.push(await client.nextJson());
  while (!isLast(seen.at(-1)));
  return seen;
}

/** Reads frames until the connection ends: {seen, code, reason, name}. */
export async function untilClosed(client) {
  const { code, reason, name } = await client.serverClosed();
  const seen = [];
  while (client.waiting > 0) seen.push(await client.nextJson());
  return { seen, code, reason, name };
}

export async function assertClosed(client, code, name) {
  const end = await untilClosed(client);
  assert.deepEqual([end.code, end.name], [code, name]);
  return end;
}

/** Publishes an update of this schedule with a message; returns its receipt {event_id, cursor}. */
export async function update(server, schedule_id, message = '') {
  const answer = await server.broadcast('schedule_updated', { schedule_id, update_type: 'modified', message });
  return answer.events[0];
}

const numbered = (n) => `${String(n).padStart(8, '0')}-aaaa-4aaa-8aaa-aaaaaaaaaaaa`;

/** The number of an event of publishNumbered. */
export const numberOf = ({ rotation_template_id: rotation }) => Number(rotation.slice(0, 8));

/**
 * A domain event whose client event on the topics of this schedule and person contains a number.
 */
export function numberedEvent(schedule_id, n, person_id = randomUUID()) {
  return {
    event_type: 'AssignmentCreated', assignment_id: randomUUID(), person_id, schedule_id, block_id: randomUUID(),
    rotation_id: numbered(n), role: 'primary', created_by: randomUUID(),
  };
}

/**
 * Publishes events with the numbers first to last on the topics of this schedule; returns their
 * receipts.
 */
export async function publishNumbered(server, schedule, first, last) {
  const events = range(first, last).map((n) => numberedEvent(schedule, n));
  const receipts = [];
  for (let i = 0; i < events.length; i += 500) {
    receipts.push(...(await server.publish(events.slice(i, i + 500))).events);
  }
  return receipts;
}

export const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
