// Bodies in gzip, and bodies with a byte order mark, on each kind of route that reads one.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import zlib from 'node:zlib';
import { domainEvent, identifiers, shortEvent } from './support/domain_events.mjs';
import { BROADCAST, EVENTS, assertError } from './support/intake.mjs';
import { startServer } from './support/server.mjs';

const BODY_BYTES_MAX = 1_000_000;
const server = await startServer({ settings: { 'http.max_body_bytes': BODY_BYTES_MAX } });
after(() => server.stop());

const key = () => ({ 'x-api-key': server.apiKey });
const bearer = { authorization: `Bearer ${await server.token('admin')}` };
const event = () => JSON.stringify(shortEvent('PersonActivated'));
const post = (body, encoding, route = EVENTS, headers = key()) =>
  server.post(route, body, { ...headers, 'content-encoding': encoding });

const routes = {
  publishing: [EVENTS, () => shortEvent('PersonActivated'), key()],
  broadcasting: [`${BROADCAST}/schedule_updated`, () => ({ update_type: 'modified' }), key()],
  'a login': ['/api/v1/auth/login/json', () => ({ username: 'admin', password: server.user('admin').password }), {}],
  GraphQL: ['/graphql', () => ({ query: '{ __typename }' }), bearer],
  'a webhook': ['/api/v1/webhooks', () => ({ name: `w-${randomUUID()}`, url: 'https://hook.example/', active: false }), bearer],
  'a replay': ['/api/v1/bus/replays', () => ({ subscriber: 'nobody' }), bearer],
};

for (const [what, [route, content, headers]] of Object.entries(routes)) {
  test(`${what}: gzip is read like the plain body`, async () => {
    const plain = await server.post(route, content(), headers);
    const compressed = await post(zlib.gzipSync(JSON.stringify(content())), 'gzip', route, headers);
    assert.equal(compressed.status, plain.status, compressed.text);
    assert.notEqual(plain.body?.error?.name, 'bad_json');
  });

  test(`${what}: another encoding is refused with what is accepted`, async () => {
    const answer = await post(zlib.brotliCompressSync(JSON.stringify(content())), 'br', route, headers);
    assertError(answer, 415);
    assert.equal(answer.body.error.code, 1013);
    assert.equal(answer.headers.get('accept-encoding'), 'gzip');
  });

  test(`${what}: a byte order mark is passed over`, async () => {
    const plain = await server.post(route, content(), headers);
    const marked = await server.post(route, `\uFEFF${JSON.stringify(content())}`, headers);
    assert.equal(marked.status, plain.status, marked.text);
  });
}

test('what is published in gzip is what was sent', async () => {
  const id = identifiers();
  const client = await server.connect('admin');
  await client.watchPerson(id.person);
  const events = Array.from({ length: 500 }, () => domainEvent('AssignmentCreated', { ...id, assignment: randomUUID() }));
  const answer = await post(zlib.gzipSync(JSON.stringify(events)), 'gzip');
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.body.events.length, 500);
  for (const { assignment_id } of events) assert.equal((await client.nextJson()).assignment_id, assignment_id);
  await server.closeClients();
});

test('plain and compressed are the same content for an idempotency key', async () => {
  const headers = { ...key(), 'idempotency-key': randomUUID() };
  const content = event();
  const first = await server.post(EVENTS, content, headers);
  const second = await post(zlib.gzipSync(content), 'gzip', EVENTS, headers);
  assert.deepEqual(second.body.events, [{ ...first.body.events[0], duplicate: true }]);
});

test('x-gzip, capitals and identity are understood', async () => {
  const body = zlib.gzipSync(event());
  for (const encoding of ['x-gzip', 'GZip', 'identity, gzip']) {
    assert.equal((await post(body, encoding)).status, 200, encoding);
  }
  assert.equal((await post(event(), 'identity')).status, 200);
});

test('several members of gzip are one body', async () => {
  const text = event();
  const body = Buffer.concat([zlib.gzipSync(text.slice(0, 20)), zlib.gzipSync(''), zlib.gzipSync(text.slice(20))]);
  assert.equal((await post(body, 'gzip')).status, 200);
});

test('two encodings are refused, however they are written', async () => {
  const body = zlib.gzipSync(zlib.gzipSync(event()));
  for (const encoding of ['gzip, gzip', 'gzip, br', 'br, gzip', 'deflate', 'zstd', 'gzip;q=1', 'unknown']) {
    assertError(await post(body, encoding), 415);
  }
});

const whole = zlib.gzipSync(event());
const broken = {
  'truncated gzip': whole.subarray(0, -1),
  'gzip cut in its header': whole.subarray(0, 5),
  'nothing': Buffer.alloc(0),
  'garbage behind the gzip': Buffer.concat([whole, Buffer.from('garbage')]),
  'a wrong checksum': Buffer.from(whole.map((octet, i) => (i === whole.length - 8 ? octet ^ 1 : octet))),
  'plain JSON': Buffer.from(event()),
  'the format of zlib': zlib.deflateSync(event()),
  'noise': randomBytes(10_000),
};

for (const [what, body] of Object.entries(broken)) {
  test(`${what} as gzip is refused with 400`, async () => {
    assertError(await post(body, 'gzip'), 400);
    assert.equal((await post(whole, 'gzip')).status, 200, 'the next request is served');
  });
}

test('a bomb is refused at the bound, and counted', async () => {
  const bomb = zlib.gzipSync(Buffer.alloc(200 * 1024 * 1024), { level: 9 });
  assert.ok(bomb.length < BODY_BYTES_MAX);
  const before = await server.counters();
  const answer = await post(bomb, 'gzip');
  assertError(answer, 413);
  assert.match(answer.body.error.message, new RegExp(String(BODY_BYTES_MAX)));
  assert.equal((await server.counters()).http_bodies_too_large, before.http_bodies_too_large + 1);
});

test('the bound is that of the inflated body, to the byte', async () => {
  const padded = (size) => zlib.gzipSync(event().padEnd(size));
  assert.equal((await post(padded(BODY_BYTES_MAX), 'gzip')).status, 200);
  assertError(await post(padded(BODY_BYTES_MAX + 1), 'gzip'), 413);
});

test('a login has its own bound, also in gzip', async () => {
  const body = JSON.stringify({ username: 'admin', password: 'x' }).padEnd(17 * 1024);
  assertError(await post(zlib.gzipSync(body), 'gzip', '/api/v1/auth/login/json', {}), 413);
});

test('without credentials nothing is inflated', async () => {
  assertError(await post(Buffer.from('no gzip'), 'gzip', EVENTS, {}), 401);
});
