// Statistics: open connections by protocol, for operators; the original's figures are unchanged.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { requestStream, streamUrl } from './support/event_stream.mjs';
import { eventually } from './support/process.mjs';
import { startServer } from './support/server.mjs';
import * as v1 from './support/v1.mjs';

const server = await startServer({ users: { admin: 'admin' } });
after(() => server.stop());
const token = await server.token('admin');
const headers = { authorization: `Bearer ${token}` };

const PROTOCOLS = ['classic', 'rotacast_v1', 'event_stream', 'graphql_transport_ws', 'graphql_ws', 'graphql_stream'];
const SUBSCRIPTION = 'subscription { resilienceAlerts { message } }';

async function graphqlSocket(protocol, begin) {
  const client = server.open({ route: '/graphql', query: { token }, protocols: [protocol] });
  client.socket.once('open', () => client.send({ type: 'connection_init' }));
  assert.equal((await client.nextJson()).type, 'connection_ack');
  if (begin) client.send({ type: begin, id: '1', payload: { query: SUBSCRIPTION } });
  return client;
}
async function stream(url) {
  const opened = await requestStream(url, { headers });
  assert.equal(opened.status, 200);
  return opened.stream;
}
const graphqlStream = () => stream(new URL(`/graphql?query=${encodeURIComponent(SUBSCRIPTION)}`, server.url));

const open = (counters) => PROTOCOLS.map((protocol) => counters[`open_${protocol}`]);
const becomes = (...expected) => eventually(async () => assert.deepEqual(open(await server.counters()), expected));

test('open connections are counted by protocol, whether they have subscriptions or not', async () => {
  const silent = [await graphqlSocket('graphql-transport-ws'), await graphqlSocket('graphql-ws'), await v1.connect(server)];
  await becomes(0, 1, 0, 1, 1, 0);
  await server.connect('admin');
  const streams = [await stream(streamUrl(server)), await graphqlStream(), await graphqlStream()];
  await graphqlSocket('graphql-transport-ws', 'subscribe');
  await graphqlSocket('graphql-ws', 'start');
  await becomes(1, 1, 1, 2, 2, 2);
  await eventually(async () => assert.equal((await server.counters()).graphql_subscriptions, 4));
  const query = '{ connectionStatistics { totalConnections uniqueUsers graphqlSubscriptions open { protocol connections } } }';
  const { body } = await server.post('/graphql', { query }, headers);
  const { open: all, ...figures } = body.data.connectionStatistics;
  assert.deepEqual(all.map(({ protocol }) => protocol), PROTOCOLS);
  assert.deepEqual(all.map(({ connections }) => connections), [1, 1, 1, 2, 2, 2]);
  // Connections that receive the events of /ws: the classic one and the stream; rotacast.v1 has not
  // subscribed.
  assert.deepEqual(figures, { totalConnections: 2, uniqueUsers: 1, graphqlSubscriptions: 4 });
  assert.equal((await server.figures()).total_connections, 2);
  for (const client of silent) client.socket.terminate();
  for (const one of streams) await one.close();
  await server.closeClients();
  await becomes(0, 0, 0, 0, 0, 0);
});

test('rejected connections are not counted', async () => {
  const { code } = await server.open({ route: '/graphql' }).serverClosed();
  assert.equal(code, 4406);
  await server.counted('closed_4406');
  await becomes(0, 0, 0, 0, 0, 0);
});
