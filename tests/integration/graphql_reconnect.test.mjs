// npm graphql-ws at our server: it comes back where coming back is right, with a new token, and
// loses no event; where it is not, it gives up at once and is told why.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, describe, test } from 'node:test';
import { createClient as createWs5 } from 'graphql-ws';
import { createClient as createWs6 } from 'graphql-ws6';
import WebSocket from 'ws';
import { present, subscribeFrom } from '../../examples/subscribe_from.mjs';
import { Results } from './support/graphql.mjs';
import { claims, now, sign } from './support/jwt.mjs';
import { withPatience } from './support/process.mjs';
import { startServer } from './support/server.mjs';

const require = createRequire(import.meta.url);
const apollo = { ...require('apollo-client-4'), ...require('apollo-client-4/link/subscriptions') };

const servers = [];
after(() => Promise.all(servers.map((server) => server.stop())));

async function serverWith(settings, users = { admin: 'admin', resident: 'resident', leaver: 'rn' }) {
  const server = await startServer({ users, settings });
  servers.push(server);
  return server;
}

/** The connection does not end when nothing uses it. */
const lasting = { lazy: false, onNonLazyError: () => {} };
const VERSIONS = { 'graphql-ws 5': createWs5, 'graphql-ws 6': createWs6 };
const ALERTS = 'subscription ($after: Cursor) { resilienceAlerts(after: $after) { message cursor } }';

const alert = (server, message) =>
  server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'green', message });
const brief = (server, name, seconds) => sign(claims(server.user(name).id, { exp: now() + seconds }), server.secret);
const bearer = (token) => ({ authorization: `Bearer ${token}` });

/**
 * A client with the options of its users. `askToken` is called for each connection; `whenAway`
 * after a connection has ended and before the next.
 */
function clientOf(create, server, { askToken, whenAway = async () => {}, ...options }) {
  const ends = [];
  const client = create({
    url: server.socketUrl('/graphql'),
    webSocketImpl: WebSocket,
    connectionParams: async () => ({ token: await askToken(ends.length) }),
    retryWait: () => whenAway(ends.length),
    on: { closed: ({ code, reason }) => ends.push({ code, reason }) },
    ...options,
  });
  return Object.assign(client, { ends });
}

/** Publishes alerts `1`, `2`, … one after the other, whoever asks for them. */
function numberedAlerts(server) {
  let last = 0;
  let done = Promise.resolve();
  return () => (done = done.then(() => alert(server, String((last += 1)))));
}

/** The messages of the next results; anything but an event fails. */
async function messages(results, count) {
  const seen = [];
  while (seen.length < count) seen.push((await results.value()).message);
  return seen;
}

const watching = (client, variables) =>
  new Results((sink) => subscribeFrom(client, { query: ALERTS, variables }, sink));

describe('with the cursor of its last event, a client misses nothing', async () => {
  const server = await serverWith({});

  for (const [version, create] of Object.entries(VERSIONS)) {
    test(`${version}: its token expires, again and again`, async () => {
      const publish = numberedAlerts(server);
      const client = clientOf(create, server, {
        askToken: () => brief(server, 'admin', 2), whenAway: publish, ...lasting,
      });
      try {
        const results = watching(client, { after: await present(client) });
        await publish();
        assert.deepEqual(await messages(results, 4), ['1', '2', '3', '4']);
        assert.ok(client.ends.length >= 2);
        for (const { code, reason } of client.ends) {
          assert.deepEqual([code, reason], [4403, 'token_expired: Refresh the token or log in again.']);
        }
      } finally {
        await client.dispose();
      }
    });

    test(`${version}: its token is revoked, before and after its first event`, async () => {
      const tokens = [];
      const client = clientOf(create, server, {
        askToken: async () => tokens[tokens.push(await server.newToken('admin')) - 1],
        whenAway: (ends) => alert(server, `away ${ends}`),
        ...lasting,
      });
      try {
        const results = watching(client, { after: await present(client) });
        for (const round of [1, 2]) {
          assert.equal((await server.post('/api/auth/logout', {}, bearer(tokens.at(-1)))).status, 200);
          assert.deepEqual(await messages(results, 1), [`away ${round}`]);
          await alert(server, `back ${round}`);
          assert.deepEqual(await messages(results, 1), [`back ${round}`]);
        }
        assert.deepEqual(client.ends.map(({ code }) => code), [4403, 4403]);
        assert.equal(tokens.length, 3);
      } finally {
        await client.dispose();
      }
    });
  }

  test('Apollo Client over it: the same', async () => {
    const tokens = [];
    const socket = clientOf(createWs6, server, {
      askToken: async () => tokens[tokens.push(await server.newToken('admin')) - 1],
      whenAway: () => alert(server, 'away'),
      ...lasting,
    });
    const link = new apollo.GraphQLWsLink({ ...socket, subscribe: (request, sink) => subscribeFrom(socket, request, sink) });
    const client = new apollo.ApolloClient({ link, cache: new apollo.InMemoryCache() });
    try {
      const variables = { after: await present(socket) };
      const results = new Results((sink) => {
        const running = client.subscribe({ query: apollo.gql(ALERTS), variables }).subscribe(sink);
        return () => running.unsubscribe();
      });
      await alert(server, 'first');
      assert.deepEqual(await messages(results, 1), ['first']);
      assert.equal((await server.post('/api/auth/logout', {}, bearer(tokens.at(-1)))).status, 200);
      assert.deepEqual(await messages(results, 1), ['away']);
    } finally {
      client.stop();
      await socket.dispose();
    }
  });
});

for (const [version, create] of Object.entries(VERSIONS)) {
  test(`${version}: the bound on a user's connections is reached, and it comes in by itself when there is room`, async () => {
    const server = await serverWith({ 'limits.connections_per_user': 1 });
    const token = await server.token('resident');
    const holder = await server.connect('resident');
    const client = clientOf(create, server, {
      askToken: () => token,
      whenAway: async () => {
        await holder.close();
        await server.becomesEmpty();
      },
    });
    try {
      const results = new Results((sink) => client.subscribe({ query: '{ viewer { username } }' }, sink));
      assert.deepEqual(await results.value(), { username: 'resident' });
      assert.deepEqual(client.ends[0], {
        code: 4503, reason: 'too_many_connections: Close another connection, then reconnect with back-off.',
      });
    } finally {
      await client.dispose();
    }
  });
}

describe('what does not pass by itself ends a client at once', async () => {
  const server = await serverWith({});
  const foreign = { headers: { cookie: `access_token=${await server.token('admin')}` }, origin: 'https://elsewhere.example' };
  await server.deactivate('leaver');
  class ForeignPage extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols, foreign);
    }
  }
  const cases = {
    token_missing: [() => undefined],
    token_invalid: [async () => `${await server.token('admin')}x`],
    user_inactive: [() => brief(server, 'leaver', 60)],
    origin_refused: [() => undefined, { webSocketImpl: ForeignPage }],
  };
  for (const [name, [askToken, options]] of Object.entries(cases)) {
    for (const [version, create] of Object.entries(VERSIONS)) {
      test(`${version}: ${name}`, async () => {
        let asked = 0;
        const client = clientOf(create, server, { askToken: () => ((asked += 1), askToken()), ...options });
        const results = new Results((sink) => client.subscribe({ query: ALERTS }, sink));
        const { failed } = await results.next();
        assert.equal(failed.code, 4401);
        assert.match(failed.reason, new RegExp(`^${name}: .+\\.$`));
        assert.equal(asked, 1);
      });
    }
  }
});

/** A socket as `resident` that has sent connection_init. */
async function initialised(server, protocol) {
  const client = server.open({ route: '/graphql', query: { token: await server.token('resident') }, protocols: [protocol] });
  await client.upgraded;
  client.send({ type: 'connection_init' });
  return client;
}

for (const protocol of ['graphql-transport-ws', 'graphql-ws']) {
  test(`${protocol}: too many connections and too many upgrades are 4503, and counted`, async () => {
    const server = await serverWith({
      'limits.connections_per_user': 1, 'limits.upgrades_per_second': 1, 'limits.upgrades_burst': 2,
    });
    const first = await initialised(server, protocol);
    assert.equal((await first.nextJson()).type, 'connection_ack');
    const second = await initialised(server, protocol);
    const { code, name } = await second.serverClosed();
    assert.deepEqual([code, name], [4503, 'too_many_connections']);
    if (protocol === 'graphql-ws') {
      assert.deepEqual(await second.nextJson(), {
        type: 'connection_error',
        payload: {
          message: 'Close another connection, then reconnect with back-off.',
          extensions: { code: 1102, name: 'too_many_connections' },
        },
      });
    }
    await first.close();
    const others = await Promise.all(Array.from({ length: 20 }, () => initialised(server, protocol)));
    const ends = await Promise.all(others.map((client) => Promise.race([client.closed, client.next()])));
    const turnedAway = ends.filter(({ name }) => name === 'too_many_upgrades');
    assert.ok(turnedAway.length > 0);
    for (const end of turnedAway) assert.equal(end.code, 4503);
    await server.counted('refused_too_many_connections');
    await server.counted('refused_too_many_upgrades', turnedAway.length);
  });
}

for (const [protocol, code] of [['graphql-transport-ws', 4408], ['graphql-ws', 4408], ['rotacast.v1', 1011]]) {
  test(`${protocol}: a device that sleeps for longer than websocket.idle_timeout_s finds ${code} when it wakes`, async () => {
    const server = await serverWith({ 'websocket.ping_interval_s': 1, 'websocket.idle_timeout_s': 2 });
    const client = server.open({
      route: protocol === 'rotacast.v1' ? '/ws' : '/graphql', query: { token: await server.token('admin') }, protocols: [protocol],
    });
    await client.upgraded;
    client.socket.pause();
    await server.counted(`closed_${code}`);
    client.socket.resume();
    const end = await client.serverClosed();
    assert.deepEqual([end.code, end.name], [code, 'keepalive_timeout']);
  });
}

test('a server that drains: 1001, and graphql-ws comes back', async () => {
  const server = await serverWith({ drain_window_s: 0 });
  const client = clientOf(createWs6, server, {
    askToken: () => server.token('admin'),
    whenAway: async () => {
      await server.exited();
      await server.start();
    },
    url: () => server.socketUrl('/graphql'),
    ...lasting,
  });
  try {
    const results = watching(client, { after: await present(client) });
    await alert(server, 'one');
    assert.deepEqual(await messages(results, 1), ['one']);
    server.signal('SIGTERM');
    await withPatience(new Promise((resolve) => { client.on('connected', resolve); }), 'its return');
    await alert(server, 'two');
    assert.deepEqual(await messages(results, 1), ['two']);
    assert.equal(client.ends[0].code, 1001);
    assert.match(client.ends[0].reason, /^server_draining: ./);
  } finally {
    await client.dispose();
  }
});
