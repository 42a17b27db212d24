// What GraphQL clients of other projects do when a connection ends: each client, and a server that
// ends the first connection in a given way.
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { Client, fetchExchange, gql as urqlGql, subscriptionExchange } from '@urql/core';
import { createClient as createSse } from 'graphql-sse';
import { createClient as createWs5 } from 'graphql-ws';
import { createClient as createWs6 } from 'graphql-ws6';
import { SubscriptionClient } from 'subscriptions-transport-ws';
import WebSocket, { WebSocketServer } from 'ws';
import { PATIENCE_MS, withPatience } from './process.mjs';

const require = createRequire(import.meta.url);
const apollo3 = { ...require('@apollo/client/core'), ...require('@apollo/client/link/subscriptions') };
const apollo4 = { ...require('apollo-client-4'), ...require('apollo-client-4/link/subscriptions') };

// Apollo Client compares with constants of the browser's class.
globalThis.WebSocket ??= WebSocket;

const QUERY = 'subscription { resilienceAlerts { message } }';

/** The version that is installed under this name. */
export const versionOf = (name) =>
  JSON.parse(fs.readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

const soon = async () => {};

/** A client of npm graphql-ws that asks for its token each time and does not wait. */
const socketOf = (create, url, askToken) =>
  create({ url, webSocketImpl: WebSocket, connectionParams: async () => ({ token: askToken() }), retryWait: soon });

function withApollo({ ApolloClient, InMemoryCache, GraphQLWsLink, gql }, create) {
  return (url, askToken, sink) => {
    const socket = socketOf(create, url, askToken);
    const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });
    const running = client.subscribe({ query: gql(QUERY) }).subscribe({
      next: ({ error }) => error && sink.error(error), // Apollo Client 4 reports errors as results
      error: sink.error,
      complete: sink.complete,
    });
    return () => (running.unsubscribe(), client.stop(), socket.dispose());
  };
}

/**
 * Each begins to subscribe and returns what stops it: (url, askToken, sink). `askToken` is called
 * when the client needs a token.
 */
export const socketClients = {
  [`graphql-ws ${versionOf('graphql-ws')}`]: (url, askToken, sink) => {
    const client = socketOf(createWs5, url, askToken);
    client.subscribe({ query: QUERY }, sink);
    return () => client.dispose();
  },
  [`graphql-ws ${versionOf('graphql-ws6')}`]: (url, askToken, sink) => {
    const client = socketOf(createWs6, url, askToken);
    client.subscribe({ query: QUERY }, sink);
    return () => client.dispose();
  },
  [`Apollo Client ${versionOf('@apollo/client')}`]: withApollo(apollo3, createWs5),
  [`Apollo Client ${versionOf('apollo-client-4')}`]: withApollo(apollo4, createWs6),
  [`urql ${versionOf('@urql/core')}`]: (url, askToken, sink) => {
    const socket = socketOf(createWs6, url, askToken);
    const forwardSubscription = ({ query, variables }) => ({
      subscribe: (observer) => ({ unsubscribe: socket.subscribe({ query, variables }, observer) }),
    });
    const client = new Client({
      url: 'http://unused.invalid',
      exchanges: [fetchExchange, subscriptionExchange({ forwardSubscription })],
      preferGetMethod: false,
    });
    const running = client.subscription(urqlGql(QUERY), {}).subscribe(({ error }) => error && sink.error(error));
    return () => (running.unsubscribe(), socket.dispose());
  },
  [`subscriptions-transport-ws ${versionOf('subscriptions-transport-ws')}`]: (url, askToken, sink) => {
    // It drops a connection that takes longer than `minTimeout` to open, even on a slow machine.
    const client = new SubscriptionClient(
      url, { reconnect: true, minTimeout: PATIENCE_MS, connectionParams: () => ({ token: askToken() }) }, WebSocket);
    client.request({ query: QUERY }).subscribe(sink);
    return () => client.close();
  },
};

/** The same for npm graphql-sse, in both modes. */
export const streamClients = Object.fromEntries([false, true].map((singleConnection) => [
  `graphql-sse ${versionOf('graphql-sse')}${singleConnection ? ', one connection' : ''}`,
  (url, askToken, sink) => {
    const client = createSse({
      url, singleConnection, retry: soon, retryAttempts: 1, headers: async () => ({ authorization: `Bearer ${askToken()}` }),
    });
    client.subscribe({ query: QUERY }, sink);
    return () => client.dispose();
  },
]));

/**
 * Lets the client subscribe, has `server` end its first connection, and waits for what it does:
 * 'comes back', and has asked for a token again, or 'gives up', and has reported an error, or
 * 'is done'.
 */
async function watch(begin, server) {
  let asked = 0;
  let stop = () => {};
  const verdict = new Promise((resolve) => {
    server.onSecond = (tokens = 2) => resolve(asked === tokens ? 'comes back' : `comes back with ${asked} tokens`);
    stop = begin(server.url, () => `token ${(asked += 1)}`, {
      next: () => server.onResult?.(),
      error: () => resolve('gives up'),
      complete: () => resolve('is done'),
    });
  });
  try {
    return await withPatience(verdict, 'what the client does');
  } finally {
    const stopped = Promise.resolve(stop()).catch(() => {}); // it may still have been connecting
    await server.close();
    await stopped;
  }
}

const listening = (server) => new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(server.address().port)); });

/** `end(socket)` ends the first connection once its client has subscribed; `deny`: its upgrade. */
export async function afterSocketEnds(begin, { end, deny }) {
  const served = {};
  let connections = 0;
  const plain = http.createServer();
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] });
  plain.on('upgrade', (request, raw, head) => {
    connections += 1;
    if (connections === 1 && deny) return raw.end(deny);
    return sockets.handleUpgrade(request, raw, head, (socket) => {
      const first = connections === 1;
      socket.on('message', (text) => {
        const { type } = JSON.parse(text);
        if (type === 'connection_init' && !first) served.onSecond(deny ? 1 : 2);
        if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
        if ((type === 'subscribe' || type === 'start') && first) end(socket);
      });
    });
  });
  served.url = `ws://127.0.0.1:${await listening(plain)}/graphql`;
  served.close = async () => {
    for (const socket of sockets.clients) socket.terminate();
    plain.closeAllConnections();
    await new Promise((resolve) => { plain.close(resolve); });
  };
  return watch(begin, served);
}

const NEXT = (operation) => {
  const result = { data: {} };
  return `event: next\ndata: ${JSON.stringify(operation ? { id: operation, payload: result } : result)}\n\n`;
};

async function textOf(request) {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  return text;
}

/**
 * The first stream is refused with `status`, or it ends with `last` after its client has received a
 * result: before that, graphql-sse with one connection does not notice the end. Reservations and
 * operations of that mode are granted.
 */
export async function afterStreamEnds(begin, { status, last }) {
  const served = {};
  let streams = 0;
  let reserved;
  const begun = (stream, operation) => {
    served.onResult = () => (last === undefined ? stream.end() : stream.write(last));
    stream.write(NEXT(operation));
  };
  const plain = http.createServer(async (request, response) => {
    const { method, headers } = request;
    const text = await textOf(request);
    if (method === 'PUT') return response.writeHead(201).end('reservation');
    if (method === 'DELETE') return response.end();
    if (!headers.accept.includes('text/event-stream')) {
      response.writeHead(202).end();
      return begun(reserved, JSON.parse(text).extensions.operationId);
    }
    streams += 1;
    if (streams > 1) return served.onSecond();
    if (status) return response.writeHead(status).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    if (method === 'POST') return begun(response);
    reserved = response;
    return undefined;
  });
  served.url = `http://127.0.0.1:${await listening(plain)}/graphql`;
  served.close = async () => {
    plain.closeAllConnections();
    await new Promise((resolve) => { plain.close(resolve); });
  };
  return watch(begin, served);
}
