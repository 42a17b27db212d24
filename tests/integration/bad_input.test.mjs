// Whatever a client sends: the connection stays open, the server sends nothing, and other clients
// are not affected.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { startServer } from './support/server.mjs';

const server = await startServer();
after(() => server.stop());
afterEach(() => server.closeClients());

const id = randomUUID();
const text = (value) => JSON.stringify(value);
const deep = (depth) => '['.repeat(depth) + ']'.repeat(depth);

const silent = {
  'an unknown action': text({ action: 'make_coffee' }),
  'the solver actions of the later original': text({ action: 'subscribe_solver', taskId: 't' }),
  'no action': text({ schedule_id: id }),
  'an empty object': '{}',
  'an action in capitals': text({ action: 'PING' }),
  'an action with blanks': text({ action: ' ping' }),
  'action null': text({ action: null }),
  'action true': text({ action: true }),
  'action as a number': text({ action: 5 }),
  'action as a list': text({ action: ['ping'] }),
  'action as an object': text({ action: { ping: 1 } }),
  'invalid JSON': '{"action":"ping"',
  'words': 'ping',
  'single quotes': "{'action':'ping'}",
  'two objects in one frame': '{"action":"ping"}{"action":"ping"}',
  'a trailing comma': '{"action":"ping",}',
  'an empty frame': '',
  'blanks only': '   ',
  'a byte order mark alone': '\uFEFF',
  'a NUL': '\0',
  'an array': '[{"action":"ping"}]',
  'a string': '"ping"',
  'a number': '42',
  'null': 'null',
  'true': 'true',
  'a binary frame with bytes': Buffer.from([0, 1, 2, 253, 254, 255]),
  'a binary frame with valid JSON': Buffer.from('{"action":"ping"}'),
  'an empty binary frame': Buffer.alloc(0),
  'a lone surrogate': '{"action":"\\ud800"}',
  'very deep nesting': deep(20_000),
  'deep nesting in a command': `{"action":"subscribe_schedule","schedule_id":${deep(20_000)}}`,
  'a huge number': `{"action":1${'0'.repeat(5000)}}`,
  'many keys': `{${Array.from({ length: 3000 }, (_, i) => `"k${i}":1`).join(',')}}`,
};

const keys = {
  subscribe_schedule: ['schedule_id', 'scheduleId'],
  unsubscribe_schedule: ['schedule_id', 'scheduleId'],
  subscribe_person: ['person_id', 'personId'],
  unsubscribe_person: ['person_id', 'personId'],
};
const badIds = {
  'null': null, 'empty text': '', 'zero': 0, 'false': false, 'an empty list': [], 'an empty object': {},
  'a number': 42, 'a list': [id], 'an object': { id }, 'true': true,
  'words': 'spring schedule', 'a short UUID': id.slice(0, -1), 'a long UUID': `${id}0`,
  'a UUID with a letter that is no digit': `g${id.slice(1)}`, 'a UUID with blanks': ` ${id} `,
  'very long text': 'a'.repeat(10_000), 'a quote to inject': `${id}' OR '1'='1`,
};

for (const [action, spellings] of Object.entries(keys)) {
  silent[`${action} without an id`] = text({ action });
  for (const [what, value] of Object.entries(badIds)) {
    for (const key of spellings) silent[`${action} with ${what} as ${key}`] = text({ action, [key]: value });
  }
}

for (const [what, message] of Object.entries(silent)) {
  test(`stays open and silent: ${what}`, async () => {
    const client = await server.connect('admin');
    client.send(message, { binary: Buffer.isBuffer(message) });
    await client.barrier(); // the very next frame is the pong
    await server.assertNothingElse(client);
  });
}

test('literals that are not JSON: the command is either executed or ignored, and the connection stays open', async () => {
  const client = await server.connect('admin');
  client.send('{"action":"make_coffee","x":NaN,"y":Infinity}');
  await client.barrier();
});

test('invalid commands do not change the subscriptions', async () => {
  const client = await server.connect('admin');
  await client.watchSchedule(id);
  for (const message of Object.values(silent)) client.send(message, { binary: Buffer.isBuffer(message) });
  await client.barrier();
  await server.broadcast('schedule_updated', { schedule_id: id, update_type: 'modified' });
  assert.equal((await client.nextJson()).schedule_id, id);
});

test('after an invalid id in snake_case, a valid command works', async () => {
  const client = await server.connect('admin');
  const person = randomUUID();
  client.send({ action: 'subscribe_person', person_id: 'nobody' });
  client.send({ action: 'subscribe_person', person_id: person });
  await client.barrier();
  await server.broadcast('conflict_detected', { person_id: person, conflict_type: 'double_booking', severity: 'low' });
  assert.equal((await client.nextJson()).person_id, person);
});

// --- limits and violations of RFC 6455: closed with the right code

const LIMIT = 64 * 1024;
const padded = (length) => {
  const [head, tail] = ['{"action":"ping","padding":"', '"}'];
  return head + 'x'.repeat(length - head.length - tail.length) + tail;
};

test('a message of exactly 64 KiB is accepted', async () => {
  const client = await server.connect('admin');
  client.send(padded(LIMIT));
  assert.equal((await client.nextJson()).event_type, 'pong');
});

test('a message of one byte more is closed with 1009', async () => {
  const client = await server.connect('admin');
  client.send(padded(LIMIT + 1));
  assert.equal((await client.serverClosed()).code, 1009);
});

test('fragments count together towards the limit', async () => {
  const client = await server.connect('admin');
  const piece = 'x'.repeat(LIMIT / 2);
  client.send(piece, { fin: false });
  client.send(piece, { fin: false });
  client.send('x', { fin: false });
  assert.equal((await client.serverClosed()).code, 1009);
});

test('a message whose announced length is too large is rejected without waiting for its bytes', async () => {
  const client = await server.connect('admin');
  client.raw(Buffer.from([0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4]));
  assert.equal((await client.serverClosed()).code, 1009);
});

const masked = (first, payload) => {
  const mask = [1, 2, 3, 4];
  return Buffer.from([first, 0x80 | payload.length, ...mask, ...payload.map((byte, i) => byte ^ mask[i % 4])]);
};
const bytesOf = (value) => [...Buffer.from(value)];

const violations = {
  'text that is not UTF-8': [masked(0x81, [0x22, 0xc3, 0x28, 0x22]), 1007],
  'a surrogate in UTF-8': [masked(0x81, [0xed, 0xa0, 0x80]), 1007],
  'an unmasked frame': [Buffer.from([0x81, 2, 0x7b, 0x7d]), 1002],
  'a reserved bit': [masked(0xc1, bytesOf('{}')), 1002],
  'a reserved opcode': [masked(0x83, bytesOf('{}')), 1002],
  'a reserved control opcode': [masked(0x8b, []), 1002],
  'a fragmented ping': [masked(0x09, []), 1002],
  'a continuation of nothing': [masked(0x80, bytesOf('{}')), 1002],
  'a close with half a code': [masked(0x88, [3]), 1002],
  'a close with a code that may not be sent': [masked(0x88, [0x03, 0xed]), 1002],
  'a close whose reason is not UTF-8': [masked(0x88, [0x03, 0xe8, 0xff, 0xfe]), 1007],
};

for (const [what, [bytes, code]] of Object.entries(violations)) {
  test(`closed with ${code}: ${what}`, async () => {
    const client = await server.connect('admin');
    client.raw(bytes);
    assert.equal((await client.serverClosed()).code, code);
  });
}

test('closed with 1002: a new message inside a fragmented one', async () => {
  const client = await server.connect('admin');
  client.raw(masked(0x01, bytesOf('{')));
  client.raw(masked(0x81, bytesOf('{}')));
  assert.equal((await client.serverClosed()).code, 1002);
});

test('a client that violates the protocol or vanishes does not disturb its other tab or another user', async () => {
  const [tab, other] = [await server.connect('admin'), await server.connect('coordinator')];
  const schedule = randomUUID();
  await tab.watchSchedule(schedule);
  await other.watchSchedule(schedule);
  const [wild, gone] = [await server.connect('admin'), await server.connect('admin')];
  wild.raw(Buffer.from([0x81, 2, 0x7b, 0x7d]));
  gone.raw(Buffer.from([0x81, 0xfe, 0x10])); // in the middle of a header
  gone.socket.terminate();
  await wild.serverClosed();
  await server.broadcast('schedule_updated', { schedule_id: schedule, update_type: 'modified' });
  for (const client of [tab, other]) assert.equal((await client.nextJson()).schedule_id, schedule);
  await server.assertNothingElse(tab, other);
});

test('the server does not log the input of bad clients', async () => {
  const client = await server.connect('admin');
  const payload = `private-${randomUUID()}`;
  client.send(`{"action":"${payload}"}`);
  client.send(`{"action":"subscribe_person","person_id":"${payload}"}`);
  client.send(payload);
  await client.barrier();
  assert.ok(!server.output.includes(payload));
});
