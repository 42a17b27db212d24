// WebSockets through a proxy: every protocol, by every kind of credentials.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { GraphqlClient, Results, subscription } from '../../integration/support/graphql.mjs';
import { asked, connect, subscribe, V1 } from '../../integration/support/v1.mjs';
import { openSession, SocketOverHttp2 } from '../support/http2.mjs';
import { SubscriptionClient, WebSocket } from '../support/libraries.mjs';
import { loginAsPage } from './logins.mjs';

const alert = async (server) => {
  const message = randomUUID();
  await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red', message });
  return message;
};

async function assertHears(server, client) {
  const message = await alert(server);
  assert.equal((await client.nextJson()).message, message);
}

async function rotacastV1(server) {
  const client = server.open({ protocols: [V1, `bearer.${await server.token('admin')}`] });
  assert.equal((await client.nextJson()).event_type, 'connection_ack');
  await subscribe(client);
  await assertHears(server, client);
  const other = await connect(server);
  await subscribe(other);
  await assertHears(server, other);
}

async function classicByToken(server) {
  const client = await server.connect('admin');
  await client.barrier();
  await assertHears(server, client);
}

/** As a page of the proxy's address does it, after a login. */
async function classicByCookie(server) {
  const { cookie, origin } = await loginAsPage(server);
  const client = server.open({ headers: { cookie }, origin });
  assert.match(await client.next(), /connection_ack/);
  await client.barrier();
  await assertHears(server, client);
}

async function graphqlTransportWs(server) {
  const client = new GraphqlClient(server, { connectionParams: { token: await server.token('admin') } });
  const watched = await client.watching(subscription('resilienceAlerts', '', 'message'));
  const message = await alert(server);
  assert.deepEqual(await watched.value(), { message });
  await client.close();
}

async function graphqlLegacy(server) {
  const client = new SubscriptionClient(
    server.socketUrl('/graphql'), { connectionParams: { authToken: await server.token('admin') }, reconnect: false }, WebSocket,
  );
  const begin = (query) => new Results((sink) => client.request({ query }).subscribe(sink).unsubscribe);
  const watched = begin(subscription('resilienceAlerts', '', 'message'));
  await begin('{ viewer { username } }').next();
  const message = await alert(server);
  assert.deepEqual(await watched.value(), { message });
  client.close();
}

/** 'yes', or 'by token only': the server takes the page of the proxy's address for a stranger's. */
export async function websockets({ server }) {
  for (const protocol of [rotacastV1, classicByToken, graphqlTransportWs, graphqlLegacy]) {
    await protocol(server).catch((cause) => { throw new Error(`${protocol.name}: ${cause.message}`, { cause }); });
  }
  const told = await classicByCookie(server).then(() => 'yes', ({ message }) => (/origin_refused/.test(message) ? 'by token only' : message));
  await server.closeClients();
  return told;
}

/** By extended CONNECT, as browsers do it if a proxy offers it. */
export async function websocketsOverHttp2({ server }) {
  const opened = await openSession(server.url);
  if (!opened) return 'no HTTP/2';
  const { session, extendedConnect } = opened;
  try {
    if (!extendedConnect) return 'no';
    const url = new URL(`/ws?token=${await server.token('admin')}`, server.url);
    const client = await SocketOverHttp2.open(session, url, [V1]);
    assert.equal((await client.nextJson()).event_type, 'connection_ack');
    await asked(client, { action: 'subscribe' });
    await assertHears(server, client);
    client.close();
    return 'yes';
  } finally {
    session.destroy();
  }
}
