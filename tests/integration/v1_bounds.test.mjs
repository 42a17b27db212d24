// rotacast.v1: each limit has its own code, and other clients are not affected.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, describe, test } from 'node:test';
import { claims, now, sign } from './support/jwt.mjs';
import { eventually, withPatience } from './support/process.mjs';
import { startServer } from './support/server.mjs';
import {
  V1, asked, assertClosed, assertError, connect, connectRaw, range, subscribe, untilClosed,
} from './support/v1.mjs';

const users = { admin: 'admin', resident: 'resident' };
const servers = [];
after(() => Promise.all(servers.map((server) => server.stop())));

async function serverWith(settings) {
  const server = await startServer({ users, settings });
  servers.push(server);
  return server;
}

/** Tries until the server admits the client again. */
const admitted = (server, name, options) =>
  eventually(async () => {
    const client = await connect(server, name, options).catch((error) => error);
    assert.ok(!(client instanceof Error), client.message);
    return client;
  });

describe('connections of a user', async () => {
  const server = await serverWith({ 'limits.connections_per_user': 2 });

  test('one too many is closed with 4429; the others stay open, other users can connect', async () => {
    const tabs = [await connect(server), await connect(server)];
    for (const tab of tabs) await subscribe(tab);
    const third = await connectRaw(server, { query: { token: await server.token('admin') } });
    const { seen } = await assertClosed(third, 4429, 'too_many_connections');
    assert.deepEqual(seen, []);
    const neighbour = await connect(server, 'resident');
    await subscribe(neighbour);
    await server.assertNothingElse(...tabs, neighbour);
    await server.counted('refused_too_many_connections');
    await server.closeClients();
  });

  test('a connection that authenticates later is counted as well', async () => {
    const tabs = [await admitted(server, 'admin'), await admitted(server, 'admin')];
    const late = await connectRaw(server);
    late.send({ action: 'authenticate', token: await server.token('admin') });
    const { seen } = await assertClosed(late, 4429, 'too_many_connections');
    assert.deepEqual(seen, []);
    for (const tab of tabs) await tab.barrier();
    await server.closeClients();
  });

  test('classic connections of the same user count, and are closed with a classic code', async () => {
    const tab = await admitted(server, 'admin');
    const classic = await server.connect('admin');
    const another = server.open({ query: { token: await server.token('admin') } });
    const { code, reason } = await another.serverClosed();
    assert.deepEqual([code, reason], [1013, 'too_many_connections']);
    await tab.barrier();
    await classic.barrier();
    await server.closeClients();
  });

  test('closing one makes room', async () => {
    const [going, staying] = [await admitted(server, 'admin'), await admitted(server, 'admin')];
    await going.close();
    const coming = await admitted(server, 'admin');
    await subscribe(coming);
    await staying.barrier();
    await server.closeClients();
  });
});

test('connections of an address: 4429; another address is not affected', async () => {
  const server = await serverWith({ 'limits.connections_per_address': 3 });
  const here = [await connect(server), await connect(server, 'resident'), await connectRaw(server)];
  await assertClosed(await connectRaw(server), 4429, 'too_many_connections');
  await assertClosed(await connectRaw(server, { query: { token: await server.token('resident') } }), 4429,
    'too_many_connections');
  await server.counted('refused_too_many_connections', 2);
  const elsewhere = await connect(server, 'admin', { localAddress: '127.0.0.2' });
  await subscribe(elsewhere);
  await server.assertNothingElse(elsewhere);
  for (const client of here) await client.barrier();
  await here[2].close();
  await subscribe(await admitted(server, 'admin'));
  assert.equal((await server.request('/ws/health')).status, 200, 'plain requests are no live connections');
});

test('upgrades of an address: 4429; another address is not affected', async () => {
  const server = await serverWith({ 'limits.upgrades_per_second': 1, 'limits.upgrades_burst': 3 });
  const token = await server.token('admin');
  const first = await connect(server);
  await subscribe(first);
  const opened = await Promise.all(range(1, 40).map(() => connectRaw(server, { query: { token } })));
  const ends = await Promise.all(opened.map((client) => Promise.race([client.closed, client.next()])));
  const turnedAway = ends.filter((end) => typeof end === 'object');
  const letIn = ends.filter((end) => typeof end === 'string');
  assert.ok(letIn.length >= 2, 'the burst is let in');
  assert.ok(turnedAway.length >= 1, 'not everybody is let in');
  for (const { code, name } of turnedAway) assert.deepEqual([code, name], [4429, 'too_many_upgrades']);
  await server.counted('refused_too_many_upgrades', turnedAway.length);
  const elsewhere = await connect(server, 'resident', { localAddress: '127.0.0.2' });
  await subscribe(elsewhere);
  await server.assertNothingElse(first, elsewhere);
});

test('commands of a connection: error 1100, each with its id; a client that goes on is closed with 4429', async () => {
  const server = await serverWith({ 'limits.commands_per_second': 1, 'limits.commands_burst': 5 });
  const flood = await connect(server);
  const neighbour = await connect(server);
  await subscribe(neighbour);
  for (const id of range(1, 200)) flood.send({ action: 'ping', id });
  const { seen, code, name } = await untilClosed(flood);
  assert.deepEqual([code, name], [4429, 'too_many_commands']);
  assert.deepEqual(seen.map(({ id }) => id), range(1, seen.length), 'each command has one answer, in order');
  const pongs = seen.filter(({ event_type: type }) => type === 'pong');
  const errors = seen.filter(({ event_type: type }) => type === 'error');
  assert.ok(pongs.length >= 5, 'the burst is carried out');
  assert.ok(errors.length >= 1);
  for (const error of errors) assertError(error, { code: 1100, name: 'rate_limited' });
  assert.equal(seen.length, pongs.length + errors.length);
  await server.counted('refused_rate_limited', errors.length);
  await server.counted('refused_too_many_commands');
  await server.assertNothingElse(neighbour);
});

test('a client that waits after the error stays connected', async () => {
  const server = await serverWith({ 'limits.commands_per_second': 1, 'limits.commands_burst': 5 });
  const token = sign(claims(server.user('admin').id, { exp: now() + 6 }), server.secret);
  const client = await connect(server, 'admin', { token });
  await subscribe(client);
  const ping = async () => {
    client.send({ action: 'ping', id: 1 });
    return (await client.nextJson()).event_type;
  };
  while ((await ping()) === 'pong');
  await server.assertNothingElse(client);
  // Half of the token's lifetime is long enough for commands to be admitted again.
  assert.equal((await client.nextJson()).event_type, 'token_expiring');
  assert.equal(await ping(), 'pong');
});

test('a message larger than websocket.max_message_bytes: 1009; one of exactly that size is accepted', async () => {
  const server = await serverWith({ 'websocket.max_message_bytes': 2048 });
  const [client, neighbour] = [await connect(server), await connect(server)];
  assert.equal(client.greeting.message_bytes_max, 2048);
  const command = (bytes) => {
    const text = JSON.stringify({ action: 'subscribe', id: 'full', pad: '' });
    return text.replace('"pad":""', `"pad":"${'x'.repeat(bytes - text.length)}"`);
  };
  client.send(command(2048));
  assert.equal((await client.nextJson()).id, 'full');
  await subscribe(neighbour);
  client.send(command(2049));
  await assertClosed(client, 1009, 'too_large');
  const fragments = await connect(server);
  for (const i of range(1, 3)) fragments.socket.send('x'.repeat(1000), { fin: i === 3 });
  await assertClosed(fragments, 1009, 'too_large');
  await server.counted('closed_1009', 2);
  await server.assertNothingElse(neighbour);
});

test('violations of WebSocket itself: 1002 and 1007', async () => {
  const server = await serverWith({});
  const neighbour = await connect(server);
  await subscribe(neighbour);
  const broken = {
    1002: [Buffer.from([0xf1, 0x80, 0, 0, 0, 0]), Buffer.from([0x83, 0x80, 0, 0, 0, 0]), Buffer.from([0x81, 0x01, 0x78])],
    1007: [Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])],
  };
  for (const [code, frames] of Object.entries(broken)) {
    for (const frame of frames) {
      const client = await connect(server);
      client.raw(frame);
      const end = await untilClosed(client);
      assert.equal(end.code, Number(code));
      assert.match(end.reason, /^bad_request: ./, 'what was broken');
    }
  }
  await server.assertNothingElse(neighbour);
});

describe('requests that are too slow or too large', async () => {
  const server = await serverWith({ 'http.header_timeout_s': 1, 'http.header_bytes_max': 1024, 'http.max_body_bytes': 1024 });
  const { hostname, port } = new URL(server.url);

  /** A plain socket; `ended` resolves to all received bytes at its end. */
  function dial() {
    const socket = net.connect(Number(port), hostname);
    let text = '';
    const ended = new Promise((resolve) => {
      socket.on('data', (chunk) => (text += chunk));
      socket.on('error', () => {});
      socket.once('close', () => resolve(text));
    });
    return { socket, ended: withPatience(ended, 'the end of a connection') };
  }
  const upgrade = `GET /ws HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`;

  test('slow upgrades are cut off in time, even if bytes keep coming; other clients are not affected', async () => {
    const neighbour = await connect(server);
    await subscribe(neighbour);
    const started = Date.now();
    const drips = range(1, 20).map(() => {
      const { socket, ended } = dial();
      let at = 0;
      const drip = setInterval(() => socket.write(upgrade[at++ % upgrade.length]), 50);
      return ended.finally(() => clearInterval(drip));
    });
    const { ended: mute } = dial();
    await server.assertNothingElse(neighbour);
    for (const text of await Promise.all(drips)) assert.match(text, /^(HTTP\/1\.1 408 |$)/);
    await mute;
    assert.ok(Date.now() - started >= 1000, 'they had the time that they may take');
    await server.counted('http_timeouts', 1);
    await server.assertNothingElse(neighbour);
    await server.closeClients();
  });

  test('a head beyond http.header_bytes_max: 431; a body beyond http.max_body_bytes: 413; no HTTP: 400', async () => {
    const neighbour = await connect(server);
    await subscribe(neighbour);
    const publish = `POST /api/v1/events HTTP/1.1\r\nHost: ${hostname}\r\nX-API-Key: ${server.apiKey}\r\n`;
    for (const [status, counter, request] of [
      [431, 'http_headers_too_large', `${upgrade}X: ${'x'.repeat(1024)}\r\n\r\n`],
      [413, 'http_bodies_too_large', `${publish}Content-Length: 1025\r\n\r\n`],
      [400, 'http_malformed', 'certainly\r\n\r\n'],
    ]) {
      const { socket, ended } = dial();
      socket.end(request);
      assert.match(await ended, new RegExp(`^HTTP/1\\.1 ${status} `));
      await server.counted(counter);
    }
    await server.assertNothingElse(neighbour);
    await server.closeClients();
  });
});

test('connections beyond websocket.max_connections: 503 at once; open ones stay', async () => {
  const server = await serverWith({ 'websocket.max_connections': 4 });
  const clients = [await connect(server), await connect(server), await connect(server, 'resident')];
  for (const client of clients) await subscribe(client);
  const full = await connect(server);
  const { status } = await server.open({ protocols: [V1] }).upgraded;
  assert.equal(status, 503);
  await full.close();
  for (const client of clients) await client.barrier();
  await server.counted('http_turned_away');
});

test('the client\'s own close is answered', async () => {
  const server = await serverWith({});
  for (const [code, reason] of [[1000, ''], [1000, 'enough'], [4000, 'that is all']]) {
    const client = await connect(server);
    const end = await client.close(code, reason);
    assert.deepEqual([end.code, end.reason], [code, reason]);
  }
});

describe('with reject = "http" rejections are HTTP responses', async () => {
  const server = await serverWith({ reject: 'http', 'limits.connections_per_user': 1, 'limits.connections_per_address': 3 });

  test('401, 429 for the user, 429 for the address', async () => {
    const statusOf = async (query) => (await server.open({ query, protocols: [V1] }).upgraded).status;
    assert.equal(await statusOf({ token: 'certainly' }), 401);
    const token = await server.token('admin');
    const client = await connect(server);
    await eventually(async () => assert.equal(await statusOf({ token }), 429));
    await connect(server, 'resident');
    await connectRaw(server);
    assert.equal(await statusOf({}), 429);
    await asked(client, { action: 'unsubscribe' }, []);
    await server.closeClients().catch(() => {});
  });
});
