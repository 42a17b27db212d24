// An upgrade behind nginx and HAProxy, as docs/deploy.md says: the old process drains and ends, the new
// one opens the same journal. Meanwhile people publish, follow and ask, all through the proxy.
// ROTACAST_OLD_BIN may name an older version to begin with.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Client } from '../integration/support/client.mjs';
import { requestStream, streamUrl } from '../integration/support/event_stream.mjs';
import { eventually } from '../integration/support/process.mjs';
import { startServer } from '../integration/support/server.mjs';
import { numberedEvent, numberOf, range, V1 } from '../integration/support/v1.mjs';
import { request } from './checks/requests.mjs';
import { ReverseProxy } from './support/proxy.mjs';

const SCHEDULE = randomUUID();

/** Repeats an action until it is told to stop; `done` rejects when it has failed once. */
function repeatedly(action) {
  let stopped = false;
  const done = (async () => { while (!stopped) await action(); })();
  done.catch(() => {});
  return { done, stop: () => { stopped = true; return done; } };
}

/** Publishes numbered events one after the other. What is not answered is an error, and so is a refusal. */
function publisher(url, apiKey) {
  const published = { count: 0 };
  const loop = repeatedly(async () => {
    const { status, text } = await request(new URL('/api/v1/events', url), {
      method: 'POST', body: JSON.stringify(numberedEvent(SCHEDULE, published.count + 1)),
      headers: { 'content-type': 'application/json', 'x-api-key': apiKey, 'idempotency-key': randomUUID() },
    });
    assert.equal(status, 200, text);
    published.count += 1;
  });
  return Object.assign(published, loop);
}

/** Reads events by a connection until it ends, and then by another one that continues at its cursor. */
function follower(open, cursor) {
  const seen = [];
  const loop = (async () => {
    for (;;) {
      const connection = await open(cursor);
      try {
        for (;;) {
          const event = await connection.next();
          assert.ok(event.event_type !== 'gap' && event.recovered !== false, JSON.stringify(event));
          cursor = event.cursor ?? cursor;
          if (event.event_type === 'assignment_changed') seen.push(numberOf(event));
        }
      } catch (error) {
        if (error instanceof assert.AssertionError || !connection.over()) throw error;
      }
    }
  })();
  loop.catch(() => {});
  return { seen, loop };
}

const bySocket = (url, token, opened) => async (cursor) => {
  const client = new Client(`${url.replace('http', 'ws')}/ws`, { protocols: [V1, `bearer.${token}`] });
  const { status } = await client.upgraded;
  assert.equal(status, 101, 'a client that comes back gets in');
  client.send({ action: 'resume', cursor, schedules: [SCHEDULE] });
  opened.push(() => client.socket.terminate());
  return { next: () => client.nextJson(), over: () => client.end !== undefined };
};

const byStream = (url, token, opened) => async (cursor) => {
  const { status, stream, body } = await requestStream(
    streamUrl({ url }, { schedules: [SCHEDULE] }), { headers: { authorization: `Bearer ${token}`, 'last-event-id': cursor } });
  assert.equal(status, 200, body);
  opened.push(() => stream.close());
  return {
    next: async () => ({ ...(await stream.nextMessage()).data }),
    over: () => stream.over,
  };
};

for (const name of ['nginx', 'haproxy']) {
  test(`behind ${name} nobody sees an upgrade: nothing is lost, doubled or refused`, async () => {
    const { default: definition } = await import(`./proxies/${name}.mjs`);
    const newer = process.env.ROTACAST_BIN;
    if (process.env.ROTACAST_OLD_BIN) process.env.ROTACAST_BIN = process.env.ROTACAST_OLD_BIN;
    const server = await startServer({ users: { admin: 'admin' } });
    process.env.ROTACAST_BIN = newer;
    const proxy = new ReverseProxy(definition);
    const opened = [];
    try {
      server.listen = new URL(server.url).host;
      await proxy.start(server.listen);
      const { url } = proxy;
      const token = await server.token('admin');
      const { events: [{ cursor }] } = await server.publish(numberedEvent(randomUUID(), 0));
      const followers = [bySocket, byStream].map((how) => follower(how(url, token, opened), cursor));
      const visitor = repeatedly(async () => {
        const { status, text } = await request(new URL('/api/v1/presence', url), { headers: { authorization: `Bearer ${token}` } });
        assert.equal(status, 200, text);
      });
      const published = publisher(url, server.apiKey);
      const more = async () => {
        const from = published.count;
        await Promise.race([eventually(() => assert.ok(published.count >= from + 20)), published.done, visitor.done,
          ...followers.map(({ loop }) => loop)]);
      };
      await more();
      for (let upgrade = 0; upgrade < 2; ++upgrade) {
        server.signal('SIGTERM');
        assert.deepEqual(await server.exited(), { code: 0, signal: null });
        await server.start();
        await more();
      }
      await Promise.all([published.stop(), visitor.stop()]);
      for (const { seen, loop } of followers) {
        await Promise.race([loop, eventually(() => assert.ok(seen.length >= published.count, `${seen.length} of ${published.count}`))]);
        assert.deepEqual(seen, range(1, published.count));
      }
    } finally {
      for (const close of opened) close();
      await proxy.stop();
      await server.stop();
    }
  });
}
