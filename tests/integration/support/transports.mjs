// The transports on which a client can follow a person's duties from a cursor. Each returns {next,
// drop}: next() reads the next duty, {id, cursor}, and fails if the server reports a gap or an
// error; drop() breaks the connection.
import assert from 'node:assert/strict';
import { Client } from './client.mjs';
import { requestStream, streamUrl } from './event_stream.mjs';
import { V1 } from './v1.mjs';

const SUBSCRIPTION = 'subscription ($person: ID!, $after: Cursor) '
  + '{ assignmentUpdates(personId: $person, after: $after) { assignmentId cursor } }';
const PAGE = 'query ($after: Cursor!) { events(after: $after, limit: 500) '
  + '{ events { ... on AssignmentUpdate { assignmentId personId cursor } } cursor hasNextPage gap { reason } } }';

const toldAt = ({ assignment_id, assignmentId, cursor }) => ({ id: assignment_id ?? assignmentId, cursor });
const unexpected = (message) => new Error(`neither a duty nor its frame: ${JSON.stringify(message)}`);

function v1({ server, token, person, cursor }) {
  const client = new Client(server.socketUrl('/ws', { token }), { protocols: [V1] });
  client.socket.once('open', () => client.send({ action: 'resume', cursor, persons: [person] }));
  return {
    async next() {
      for (;;) {
        const message = await client.nextJson();
        if (message.event_type === 'assignment_changed') return toldAt(message);
        const plain = message.event_type === 'connection_ack' || (message.event_type === 'resumed' && message.recovered);
        if (!plain) throw unexpected(message);
      }
    },
    drop: () => client.socket.terminate(),
  };
}

function resultOf({ data, errors }) {
  if (!data || errors) throw unexpected({ data, errors });
  return toldAt(data.assignmentUpdates);
}

function graphqlSocket({ server, token, person, cursor }) {
  const client = new Client(server.socketUrl('/graphql'), { protocols: ['graphql-transport-ws'] });
  client.socket.once('open', () => client.send({ type: 'connection_init', payload: { token } }));
  const payload = { query: SUBSCRIPTION, variables: { person, after: cursor } };
  return {
    async next() {
      for (;;) {
        const message = await client.nextJson();
        if (message.type === 'next') return resultOf(message.payload);
        if (message.type !== 'connection_ack') throw unexpected(message);
        client.send({ type: 'subscribe', id: 'duties', payload });
      }
    },
    drop: () => client.socket.terminate(),
  };
}

/** Reads a stream with `read`, which returns undefined for a record that is not a duty. */
async function streamed(url, token, read) {
  const { stream } = await requestStream(url, { headers: { authorization: `Bearer ${token}` } });
  return {
    async next() {
      for (;;) {
        const duty = read(await stream.next());
        if (duty) return duty;
      }
    },
    drop: () => stream.close(),
  };
}

function graphqlStream({ server, token, person, cursor }) {
  const url = new URL('/graphql', server.url);
  url.searchParams.set('query', SUBSCRIPTION);
  url.searchParams.set('variables', JSON.stringify({ person, after: cursor }));
  return streamed(url, token, (record) => {
    if (record.event === 'next') return resultOf(record.data);
    if (!('comment' in record)) throw unexpected(record);
  });
}

function eventStream({ server, token, person, cursor }) {
  return streamed(streamUrl(server, { persons: [person], cursor }), token, (record) => {
    if (record.event === 'assignment_changed') return toldAt(record.data);
    if (!('comment' in record) && !(record.event === 'resumed' && record.data.recovered)) throw unexpected(record);
  });
}

/** Reads page by page; the events must have been published. */
function graphqlPages({ server, token, person, cursor }) {
  const ready = [];
  return {
    asks: true,
    async next() {
      for (let more = true; ready.length === 0;) {
        assert.ok(more, 'the journal ends before what was published');
        const { body } = await server.post('/graphql', { query: PAGE, variables: { after: cursor } },
          { authorization: `Bearer ${token}` });
        const page = body.data?.events;
        if (!page || page.gap) throw unexpected(body);
        ready.push(...page.events.filter(({ personId }) => personId === person));
        [cursor, more] = [page.cursor, page.hasNextPage];
      }
      return toldAt(ready.shift());
    },
    drop() {},
  };
}

export const TRANSPORTS = { v1, graphqlSocket, graphqlStream, eventStream, graphqlPages };
