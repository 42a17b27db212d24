// permessage-deflate (RFC 7692): negotiated if it is offered and enabled; the same texts with and
// without.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { after, afterEach, test } from 'node:test';
import { startServer } from './support/server.mjs';
import { asked, connect, range, resume, subscribe, untilClosed, update } from './support/v1.mjs';

const THRESHOLD = 300;

const users = { admin: 'admin' };
const server = await startServer({
  users,
  settings: {
    'websocket.deflate.enabled': 'on', 'websocket.deflate.threshold_bytes': THRESHOLD,
    'websocket.max_message_bytes': 100_000,
  },
});
const without = await startServer({ users });
after(() => Promise.all([server.stop(), without.stop()]));
afterEach(() => Promise.all([server.closeClients(), without.closeClients()]));

const extensionsOf = async (client) => (await client.upgraded).headers['sec-websocket-extensions'];

/** The first byte of each received frame, for a client that gets one frame at a time. */
function firstBytes(client) {
  const bytes = [];
  client.socket._socket.on('data', (chunk) => bytes.push(chunk[0]));
  return bytes;
}
const TEXT = 0x81;
const COMPRESSED_TEXT = 0xc1;

test('off by default: the offer is ignored, and messages are uncompressed', async () => {
  const client = await connect(without, 'admin', { perMessageDeflate: true });
  assert.equal(await extensionsOf(client), undefined);
  await subscribe(client);
  const first = firstBytes(client);
  await update(without, null, 'x'.repeat(5000));
  assert.equal((await client.nextJson()).message.length, 5000);
  assert.equal(first[0], TEXT);
});

test('a client without an offer gets uncompressed messages, even beside clients with one', async () => {
  const [plain, deflated] = [await connect(server), await connect(server, 'admin', { perMessageDeflate: true })];
  assert.equal(await extensionsOf(plain), undefined);
  assert.match(await extensionsOf(deflated), /^permessage-deflate\b/);
  const schedule = randomUUID();
  for (const client of [plain, deflated]) await subscribe(client, { schedules: [schedule] });
  const [firstPlain, firstDeflated] = [firstBytes(plain), firstBytes(deflated)];
  const [bytesPlain, bytesDeflated] = [plain, deflated].map((client) => client.socket._socket.bytesRead);
  await update(server, schedule, 'Schedule generated. '.repeat(500));
  const text = await plain.next();
  assert.equal(await deflated.next(), text, 'the same text');
  assert.deepEqual([firstPlain[0], firstDeflated[0]], [TEXT, COMPRESSED_TEXT]);
  assert.ok(plain.socket._socket.bytesRead - bytesPlain > text.length);
  assert.ok(deflated.socket._socket.bytesRead - bytesDeflated < text.length / 10);
  await server.assertNothingElse(plain, deflated);
});

test('messages below the minimum size are uncompressed', async () => {
  const client = await connect(server, 'admin', { perMessageDeflate: true });
  const first = firstBytes(client);
  await client.barrier();
  assert.deepEqual(first, [TEXT]);
});

const offers = {
  'all defaults': {},
  'no context takeover of the server': { serverNoContextTakeover: true },
  'no context takeover of the client': { clientNoContextTakeover: true },
  'a bounded window of the server': { serverMaxWindowBits: 15 },
  'a small window of the server': { serverMaxWindowBits: 9 },
  'a bounded window of the client': { clientMaxWindowBits: 10 },
  'all four': {
    serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 12, clientMaxWindowBits: 9,
  },
};
for (const [what, offer] of Object.entries(offers)) {
  test(`${what}: the npm client accepts the response, and messages go both ways`, async () => {
    // The npm client rejects a response that does not match its offer.
    const client = await connect(server, 'admin', { perMessageDeflate: { threshold: 0, ...offer } });
    const words = range(1, 400).map((i) => `word ${i * i} of Zürich 🏥`);
    await asked(client, { action: 'subscribe', pad: words.join(' ') });
    for (const length of [0, 1, 10, 100, 400]) {
      const message = words.slice(0, length).join(' ');
      await update(server, null, message);
      assert.equal((await client.nextJson()).message, message);
      await asked(client, { action: 'unsubscribe', schedules: range(1, length % 50).map(() => randomUUID()) });
    }
    await server.assertNothingElse(client);
  });
}

test('a burst and a resume: the same texts as without compression', async () => {
  const clients = [];
  for (const perMessageDeflate of [false, true, true, { serverNoContextTakeover: true }]) {
    clients.push(await connect(server, 'admin', { perMessageDeflate }));
  }
  const schedule = randomUUID();
  const topics = { schedules: [schedule] };
  const { cursor } = await subscribe(clients[0], topics);
  for (const client of clients.slice(1)) await subscribe(client, topics);
  await Promise.all(range(1, 40).map((i) => update(server, schedule, `burst ${i} `.repeat(i * 10))));
  for (let i = 0; i < 40; ++i) {
    const [text, ...others] = await Promise.all(clients.map((client) => client.next()));
    assert.deepEqual(others, [text, text, text]);
  }
  const [plain, deflated] = [await connect(server), await connect(server, 'admin', { perMessageDeflate: true })];
  const expected = await resume(plain, cursor, topics);
  assert.equal(expected.resumed.replayed, 40);
  assert.deepEqual((await resume(deflated, cursor, topics)).events, expected.events);
});

test('the classic protocol is compressed as well', async () => {
  const client = await server.connect('admin', { perMessageDeflate: true });
  assert.match(await extensionsOf(client), /^permessage-deflate\b/);
  const schedule = randomUUID();
  await client.watchSchedule(schedule);
  const first = firstBytes(client);
  await update(server, schedule, 'Schedule generated. '.repeat(500));
  assert.equal((await client.nextJson()).message.length, 10_000);
  assert.equal(first[0], COMPRESSED_TEXT);
});

test('a message that inflates beyond the limit: 1009, and other clients are not affected', async () => {
  const [bomb, neighbour] = [
    await connect(server, 'admin', { perMessageDeflate: { threshold: 0 } }),
    await connect(server, 'admin', { perMessageDeflate: { threshold: 0 } }),
  ];
  await subscribe(neighbour);
  const command = (bytes) => JSON.stringify({ action: 'ping', id: 'big', pad: 'x'.repeat(bytes) });
  bomb.send(command(90_000));
  assert.equal((await bomb.nextJson()).id, 'big', 'within the bound');
  bomb.send(command(20_000_000));
  assert.equal((await untilClosed(bomb)).code, 1009);
  await server.counted('closed_1009');
  await server.assertNothingElse(neighbour);
});

test('compression bombs cost less than 2 MB', async () => {
  const residentBytes = () => 1024 * Number(
    fs.readFileSync(`/proc/${server.pid}/status`, 'utf8').match(/^VmHWM:\s+(\d+) kB/m)[1]);
  const explode = async () => {
    const bomb = await connect(server, 'admin', { perMessageDeflate: { threshold: 0 } });
    bomb.send(JSON.stringify({ action: 'ping', pad: 'x'.repeat(20_000_000) }));
    assert.equal((await untilClosed(bomb)).code, 1009);
  };
  await explode(); // allocates what only the first one needs
  const before = residentBytes();
  for (let i = 0; i < 20; ++i) await explode();
  const more = residentBytes() - before;
  // sanitizers keep freed memory
  assert.ok(process.env.ROTACAST_SANITIZED || more < 2_000_000, `${more} bytes more`);
});

test('data that cannot be inflated, and compression that was not negotiated, violate the protocol', async () => {
  const garbage = Buffer.from([0xc1, 0x84, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  const agreed = await connect(server, 'admin', { perMessageDeflate: true });
  agreed.raw(garbage);
  assert.ok([1002, 1007].includes((await untilClosed(agreed)).code));
  const plain = await connect(server);
  plain.raw(garbage);
  assert.equal((await untilClosed(plain)).code, 1002);
});
