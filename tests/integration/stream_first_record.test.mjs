// A stream's body begins with its head, before there is an event: a proxy that compresses may hold back even
// the head until then. What it begins with is short and a chunk of its own, so that it is not compressed.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { RawConnection } from './support/raw.mjs';
import { startServer } from './support/server.mjs';

const ALERTS = 'subscription { resilienceAlerts { message } }';
const PARTS = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0';

const server = await startServer({ users: { admin: 'admin' } });
const authorization = `Bearer ${await server.token('admin')}`;
const connections = new Set();
after(() => {
  for (const connection of connections) connection.close();
  return server.stop();
});

/** Opens a stream: its head, and a function that reads on. */
async function open(line, headers, { body = '', version = '1.1' } = {}) {
  const connection = new RawConnection(server);
  connections.add(connection);
  const lines = Object.entries({ Host: 'rotacast', Authorization: authorization, ...headers, 'Content-Length': body.length });
  await connection.send(`${line} HTTP/${version}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
  const head = await connection.until('\r\n\r\n');
  assert.match(head, /^HTTP\/1\.. 200 OK\r\n/);
  return { head, until: (end) => connection.until(end) };
}

function assertIsForNoProxy(head) {
  assert.match(head, /^X-Accel-Buffering: no\r$/m);
  assert.match(head, /^Cache-Control: no-store, no-transform\r$/m);
}

async function reserve() {
  const reserved = await server.request('/graphql', { method: 'PUT', headers: { authorization } });
  return reserved.text();
}

async function cursor() {
  const { events: [published] } = await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red', message: 'm' });
  return published.cursor;
}

const distinct = `/graphql?query=${encodeURIComponent(ALERTS)}`;
const retry = 'retry: 2000\n';
const comment = ':\n\n';
const heartbeat = '\r\n--graphql\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql';
const streams = {
  'events': { line: 'GET /api/v1/events/stream', first: retry },
  'events from a cursor': { line: 'GET /api/v1/events/stream?cursor=' + (await cursor()), first: retry },
  'GraphQL, distinct connections': { line: `GET ${distinct}`, headers: { Accept: 'text/event-stream' }, first: comment },
  'GraphQL, distinct connections by POST': {
    line: 'POST /graphql', headers: { Accept: 'text/event-stream', 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: ALERTS }), first: comment,
  },
  'GraphQL, single connection': {
    line: 'GET /graphql', headers: { Accept: 'text/event-stream', 'X-GraphQL-Event-Stream-Token': await reserve() },
    first: comment,
  },
  'GraphQL in parts': { line: `GET ${distinct}`, headers: { Accept: PARTS }, first: heartbeat },
};

for (const [what, { line, headers, body, first }] of Object.entries(streams)) {
  test(`${what}: a first record at once`, async () => {
    const stream = await open(line, headers, { body });
    assertIsForNoProxy(stream.head);
    const chunk = `${first.length.toString(16)}\r\n${first}\r\n`;
    assert.equal(await stream.until(chunk), chunk);
  });
}

test('the same for HTTP/1.0, without chunks', async () => {
  const events = await open('GET /api/v1/events/stream', {}, { version: '1.0' });
  assertIsForNoProxy(events.head);
  assert.match(await events.until('\n\n'), /^retry: 2000\nid: \S+\nevent: ack\n/);
  const results = await open(`GET ${distinct}`, { Accept: 'text/event-stream' }, { version: '1.0' });
  assertIsForNoProxy(results.head);
  assert.equal(await results.until(comment), comment);
});
