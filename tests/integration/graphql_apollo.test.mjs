// Apollo Client: a query and a subscription, with types from `__typename`. Over graphql-ws, and with
// nothing but its HttpLink, which subscribes by multipart/mixed.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { Results } from './support/graphql.mjs';
import { eventually } from './support/process.mjs';
import { startServer } from './support/server.mjs';

const require = createRequire(import.meta.url);
const { ApolloClient, InMemoryCache, gql } = require('@apollo/client/core');
const { GraphQLWsLink } = require('@apollo/client/link/subscriptions');
const apollo4 = require('apollo-client-4/core');

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

test('Apollo Client 4 needs nothing but its HttpLink', async () => {
  const headers = { authorization: `Bearer ${await server.newToken('admin')}` };
  const link = new apollo4.HttpLink({ uri: new URL('/graphql', server.url).href, headers });
  const client = new apollo4.ApolloClient({ link, cache: new apollo4.InMemoryCache() });
  const subscribe = (query) => new Results((sink) => {
    const running = client.subscribe({ query: apollo4.gql(query) }).subscribe(sink);
    return () => running.unsubscribe();
  });
  const running = async () => (await server.counters()).graphql_subscriptions;
  try {
    const before = await running();
    const alerts = subscribe('subscription { resilienceAlerts { severity message } }');
    await eventually(async () => assert.equal(await running(), before + 1));
    const { data } = await client.query({ query: apollo4.gql`{ viewer { username } }` });
    assert.deepEqual(data, { viewer: { __typename: 'Viewer', username: 'admin' } });
    for (const message of ['one', 'hé']) {
      await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red', message });
      const result = await alerts.next();
      assert.deepEqual(result.data.resilienceAlerts, { __typename: 'ResilienceNotification', severity: 'red', message });
    }
    const invalid = await subscribe('subscription { resilienceAlerts { nope } }').next();
    assert.match(invalid.error.message, /Cannot query field/);
    const stopped = subscribe('subscription { resilienceAlerts { message } }');
    await eventually(async () => assert.equal(await running(), before + 2));
    stopped.stop();
    await eventually(async () => assert.equal(await running(), before + 1));
    await server.post('/api/auth/logout', {}, headers);
    const { error } = await alerts.next();
    assert.deepEqual([error.name, error.errors[0].extensions.name], ['CombinedProtocolErrors', 'token_revoked']);
    assert.deepEqual(await alerts.next(), { complete: true });
  } finally {
    client.stop();
  }
});
