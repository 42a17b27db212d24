// What clients see when the server behind the proxy restarts, and when the proxy reloads. What is
// expected decides what is waited for, so that no answer depends on who is faster.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { requestStream, streamUrl } from '../../integration/support/event_stream.mjs';
import { eventually } from '../../integration/support/process.mjs';
import { connect, subscribe, untilClosed } from '../../integration/support/v1.mjs';
import { request } from './requests.mjs';

async function openBoth(server) {
  const client = await connect(server);
  await subscribe(client);
  const headers = { authorization: `Bearer ${await server.token('admin')}` };
  const { stream } = await requestStream(streamUrl(server), { headers });
  assert.equal((await stream.next()).event, 'ack');
  return { client, stream };
}

async function assertBothHear(server, { client, stream }) {
  const message = randomUUID();
  await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red', message });
  assert.equal((await client.nextJson()).message, message);
  assert.equal((await stream.nextMessage()).data.message, message);
}

/**
 * Everybody is told that the server goes down, and gets in again as soon as it is back. In between a
 * request waits ('waits'), gets an error page (its status) or no answer ('cut').
 */
export async function restart({ server, proxy }, expected) {
  const { client, stream } = await openBoth(server);
  server.signal('SIGTERM');
  const { code, name, seen } = await untilClosed(client);
  assert.deepEqual([code, name, seen.at(-1).event_type], [1001, 'server_draining', 'server_draining']);
  assert.deepEqual((await stream.untilEnd()).map(({ event }) => event), ['server_draining']);
  assert.ok(stream.complete);
  await server.exited();
  const asked = request(new URL('/health/live', server.url)).then(({ status }) => `${status}`, () => 'cut');
  const told = expected === 'waits' ? undefined : await asked;
  await server.start();
  server.url = proxy.url;
  // Some do not ask a server again for a moment that has refused a connection.
  await eventually(async () => assert.equal((await request(new URL('/health/live', server.url))).status, 200));
  const both = await openBoth(server);
  await assertBothHear(server, both);
  await both.stream.close();
  await server.closeClients();
  return told ?? ((await asked) === '200' ? 'waits' : await asked);
}

/** What a reload of the proxy, with another certificate, does to connections: 'stay', or how they end. */
export async function reload({ server, proxy }, expected) {
  const both = await openBoth(server);
  await proxy.reload();
  let seen = 'stay';
  if (expected === 'stay') {
    await assertBothHear(server, both);
  } else {
    const { code } = await both.client.serverClosed();
    seen = `${code}`;
    if (expected.includes('streams stay')) {
      const message = randomUUID();
      await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red', message });
      assert.equal((await both.stream.nextMessage()).data.message, message);
      seen += ', streams stay';
    } else {
      await both.stream.untilEnd();
    }
  }
  await both.stream.close();
  const again = await openBoth(server);
  await assertBothHear(server, again);
  await again.stream.close();
  await server.closeClients();
  return seen;
}
