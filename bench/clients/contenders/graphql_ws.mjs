// npm graphql-ws over its own server. The subscription selects all fields of the event.
import { createServer } from 'node:http';
import { EventEmitter, on } from 'node:events';
import { buildSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/lib/use/ws';
import WebSocket, { WebSocketServer } from 'ws';
import { isValid } from '../token.mjs';

export const title = 'graphql-ws over its server';

const FIELDS = 'event_type timestamp schedule_id academic_year_id user_id update_type affected_blocks_count message';

const schema = buildSchema(`
  type Query { ok: Boolean }
  type Update {
    event_type: String timestamp: String schedule_id: ID academic_year_id: ID user_id: ID update_type: String
    affected_blocks_count: Int message: String
  }
  type Subscription { scheduleUpdates: Update }
`);

async function* updates(published, ended) {
  try {
    for await (const [scheduleUpdates] of on(published, 'event', { signal: ended })) yield { scheduleUpdates };
  } catch (error) {
    if (error.name !== 'AbortError') throw error;
  }
}

export async function serve({ secret }) {
  const http = createServer();
  const published = new EventEmitter();
  // A generator that waits cannot be told to return; without the signal its listener would stay.
  schema.getSubscriptionType().getFields().scheduleUpdates.subscribe = (_, __, { extra }) =>
    updates(published, extra.ended.signal);
  useServer(
    {
      schema,
      context: (connection) => connection,
      onConnect: ({ connectionParams, extra }) => {
        extra.ended = new AbortController();
        return isValid(connectionParams.token, secret);
      },
      onDisconnect: ({ extra }) => extra.ended.abort(),
    },
    new WebSocketServer({ server: http, perMessageDeflate: false }),
  );
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    port: http.address().port,
    publish: (events) => events.forEach((event) => published.emit('event', event)),
  };
}

export function connect({ port, token, received }) {
  const client = createClient({
    url: `ws://127.0.0.1:${port}`,
    webSocketImpl: WebSocket,
    connectionParams: () => ({ token: token() }),
  });
  client.subscribe(
    { query: `subscription { scheduleUpdates { ${FIELDS} } }` },
    { next: ({ data }) => received(data.scheduleUpdates), error: (error) => { throw error; }, complete() {} },
  );
}
