// Apollo Client over graphql-ws: a query and a subscription, with types from `__typename`.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createRequire } from 'node:module';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { Results } from './support/graphql.mjs';
import { startServer } from './support/server.mjs';

const require = createRequire(import.meta.url);
const { ApolloClient, InMemoryCache, gql } = require('@apollo/client/core');
const { GraphQLWsLink } = require('@apollo/client/link/subscriptions');

const server = await startServer({ users: { admin: 'admin' } });
after(() => server.stop());

test('Apollo Client can query and subscribe', async () => {
  const socket = createClient({
    url: server.socketUrl('/graphql'),
    webSocketImpl: WebSocket,
    connectionParams: { authToken: await server.token('admin') },
  });
  const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });
  try {
    const alerts = new Results((sink) => {
      const running = client.subscribe({ query: gql`subscription { resilienceAlerts { severity message } }` }).subscribe(sink);
      return () => running.unsubscribe();
    });
    const { data } = await client.query({ query: gql`{ viewer { username } }` });
    assert.deepEqual(data, { viewer: { __typename: 'Viewer', username: 'admin' } });
    await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red', message: 'm' });
    assert.deepEqual(await alerts.value(), { __typename: 'ResilienceNotification', severity: 'red', message: 'm' });
  } finally {
    client.stop();
    await socket.dispose();
  }
});
