// Server-sent events with npm event-source-polyfill, which pages use to send a token in a header. It
// returns with ?lastEventId=, not with the header. Nothing may be lost.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import net from 'node:net';
import { after, test } from 'node:test';
import { streamUrl } from './support/event_stream.mjs';
import { eventually } from './support/process.mjs';
import { startServer } from './support/server.mjs';
import { numberOf, publishNumbered } from './support/v1.mjs';

const { EventSourcePolyfill } = createRequire(import.meta.url)('event-source-polyfill');
const server = await startServer({ users: { admin: 'admin' } });
after(() => server.stop());

/** Passes connections on to the server, and can break all of them. */
async function startProxy() {
  const { hostname, port } = new URL(server.url);
  const connections = new Set();
  const targets = [];
  const proxy = net.createServer((client) => {
    const upstream = net.connect(port, hostname);
    connections.add(client).add(upstream);
    client.once('data', (head) => targets.push(head.toString().split(' ')[1]));
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => {});
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${proxy.address().port}`,
    targets,
    cut() {
      for (const socket of connections) socket.destroy();
      connections.clear();
    },
    stop() {
      this.cut();
      proxy.close();
    },
  };
}

test('the polyfill resumes: what was published while it was away arrives once', async () => {
  const proxy = await startProxy();
  const schedule = randomUUID();
  const headers = { Authorization: `Bearer ${await server.token('admin')}` };
  const source = new EventSourcePolyfill(streamUrl(proxy, { schedules: [schedule] }).href, { headers });
  const seen = [];
  for (const name of ['ack', 'resumed', 'gap']) source.addEventListener(name, () => seen.push(name));
  source.addEventListener('assignment_changed', ({ data }) => seen.push(numberOf(JSON.parse(data))));
  const sees = (...expected) => eventually(() => assert.deepEqual(seen, expected));
  try {
    await sees('ack');
    await publishNumbered(server, schedule, 1, 1);
    await sees('ack', 1);
    proxy.cut();
    await publishNumbered(server, schedule, 2, 2);
    await sees('ack', 1, 2, 'resumed');
    await publishNumbered(server, schedule, 3, 3);
    await sees('ack', 1, 2, 'resumed', 3);
    assert.match(proxy.targets.at(-1), /[?&]lastEventId=/);
  } finally {
    source.close();
    proxy.stop();
  }
});
