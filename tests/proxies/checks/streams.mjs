// Event streams through a proxy, asked for as browsers do, who take gzip: the first record arrives
// before there is any event, and each event when it is published.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { requestStream, streamUrl } from '../../integration/support/event_stream.mjs';
import { openEventStream, openSession } from '../support/http2.mjs';

const publish = async (server, message) => (
  await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red', message })).events[0];

/** The first record comes before the subscription is active, so it begins at a cursor. */
function graphqlUrl(server, cursor) {
  const url = new URL('/graphql', server.url);
  url.searchParams.set('query', `subscription { resilienceAlerts(after: "${cursor}") { message } }`);
  return url;
}

const STREAMS = {
  'REST stream': { url: (server) => streamUrl(server), accept: 'text/event-stream', message: ({ data }) => data.message },
  'GraphQL over SSE': {
    url: graphqlUrl, accept: 'text/event-stream', message: ({ data }) => data.data.resilienceAlerts.message,
  },
  'GraphQL in parts': {
    url: graphqlUrl, accept: 'multipart/mixed;subscriptionSpec=1.0', message: ({ data }) => data.payload.data.resilienceAlerts.message,
  },
};

async function follow(server, { message: messageOf }, { status, headers, stream }) {
  assert.equal(status, 200);
  assert.equal(headers['content-encoding'], undefined);
  await stream.next();
  for (const message of [randomUUID(), randomUUID()]) {
    await publish(server, message);
    assert.equal(messageOf(await stream.nextMessage()), message);
  }
  stream.close();
}

export async function streams({ server }) {
  const authorization = `Bearer ${await server.token('admin')}`;
  const http2 = await openSession(server.url);
  try {
    for (const [name, kind] of Object.entries(STREAMS)) {
      const headers = { authorization, accept: kind.accept, 'accept-encoding': 'gzip, deflate, br' };
      const ways = { 'HTTP/1.1': (url) => requestStream(url, { headers }) };
      if (http2) ways['HTTP/2'] = (url) => openEventStream(http2.session, url, headers);
      for (const [version, open] of Object.entries(ways)) {
        const { cursor } = await publish(server, 'before');
        await follow(server, kind, await open(kind.url(server, cursor)))
          .catch((cause) => { throw new Error(`${name} over ${version}: ${cause.message}`, { cause }); });
      }
    }
  } finally {
    http2?.session.destroy();
  }
  return 'yes';
}
