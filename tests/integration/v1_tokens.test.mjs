// rotacast.v1: connecting without a token, expiry of tokens, and refreshing them on the connection.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { claims, now, sign } from './support/jwt.mjs';
import { startServer } from './support/server.mjs';
import {
  KEYS, TIME, asked, assertClosed, connect, connectRaw, refused, subscribe, update,
} from './support/v1.mjs';

const server = await startServer({
  users: { admin: 'admin', faculty: 'faculty', resident: 'resident', leaver: 'rn', late: 'rn' },
  settings: { 'websocket.auth_timeout_s': 300 },
});
const strict = await startServer({ users: { admin: 'admin' }, settings: { 'websocket.auth_timeout_s': 1 } });
after(() => Promise.all([server.stop(), strict.stop()]));
afterEach(() => Promise.all([server.closeClients(), strict.closeClients()]));

const unauthenticated = { code: 1200, name: 'unauthenticated' };
const brief = (name, seconds, where = server) =>
  sign(claims(where.user(name).id, { exp: now() + seconds }), where.secret);
const logout = async (token) => {
  const { status, text } = await server.post('/api/auth/logout', {}, { authorization: `Bearer ${token}` });
  assert.ok(status >= 200 && status < 300, text);
};

// --- authenticate

test('without a token only ping and authenticate are accepted', async () => {
  const client = await connectRaw(server);
  const id = randomUUID();
  const token = await server.token('admin');
  const commands = [
    { action: 'subscribe', schedules: [id] }, { action: 'subscribe_schedule', schedule_id: id }, { action: 'unsubscribe' },
    { action: 'resume', cursor: 'k.1' }, { action: 'refresh_token', token }, { action: 'presence', status: 'online' },
    { action: 'watch_presence' }, { action: 'unwatch_presence' }, { action: 'ack', cursor: 'k.1' },
  ];
  await client.barrier();
  for (const command of commands) await refused(client, command, unauthenticated);
  await update(server, id, 'not for unauthenticated clients');
  await update(server, null, 'nor this');
  client.send({ action: 'authenticate', id: 7, token });
  assert.equal((await client.nextJson()).event_type, 'connection_ack', 'the first that flows');
  assert.equal((await client.nextJson()).id, 7);
  await subscribe(client);
  await server.assertNothingElse(client);
});

test('an invalid token is rejected, and the next attempt may succeed', async () => {
  const client = await connectRaw(server);
  const expired = brief('admin', -10);
  const tries = [['certainly', 1202, 'token_invalid'], [expired, 1203, 'token_expired']];
  for (const [token, code, name] of tries) await refused(client, { action: 'authenticate', token }, { code, name });
  await refused(client, { action: 'subscribe' }, unauthenticated);
  client.send({ action: 'authenticate', token: await server.token('admin') });
  assert.equal((await client.nextJson()).event_type, 'connection_ack');
  assert.equal((await client.nextJson()).event_type, 'ack');
  await subscribe(client);
});

test('commands after authenticate in the same write are executed as that user', async () => {
  const client = await connectRaw(server);
  const own = server.user('resident').personId;
  client.send({ action: 'authenticate', token: await server.token('resident') });
  client.send({ action: 'subscribe', persons: [own] });
  client.send({ action: 'subscribe', persons: [randomUUID()] });
  const seen = [];
  while (seen.length < 4) seen.push((await client.nextJson()).event_type);
  assert.deepEqual(seen, ['connection_ack', 'ack', 'ack', 'error']);
});

test('a client that does not authenticate is closed with 4408, in spite of pings', async () => {
  const [silent, chatty, known] =
    [await connectRaw(strict), await connectRaw(strict), await connect(strict)];
  chatty.send({ action: 'ping' });
  chatty.send({ action: 'authenticate', token: 'certainly' });
  const { seen } = await assertClosed(chatty, 4408, 'authentication_timeout');
  assert.deepEqual(seen.map(({ event_type: type }) => type), ['pong', 'error']);
  await assertClosed(silent, 4408, 'authentication_timeout');
  await strict.counted('refused_authentication_timeout', 2);
  await known.barrier();
});

for (const [reason, token] of [
  ['token_invalid', () => 'certainly'],
  ['token_expired', () => brief('admin', -10)],
  ['token_revoked', async () => {
    const revoked = await server.newToken('admin');
    await logout(revoked);
    return revoked;
  }],
]) {
  test(`an invalid token at the upgrade: 4401 ${reason}`, async () => {
    const client = await connectRaw(server, { query: { token: await token() } });
    const { seen } = await assertClosed(client, 4401, reason);
    assert.deepEqual(seen, []);
  });
}

test('an inactive user: 4403 at the upgrade, 1205 for authenticate', async () => {
  const token = await server.token('late');
  await server.deactivate('late');
  await assertClosed(await connectRaw(server, { query: { token } }), 4403, 'user_inactive');
  const client = await connectRaw(server);
  await refused(client, { action: 'authenticate', token }, { code: 1205, name: 'user_inactive' });
});

// --- expiry of a token

test('token_expiring arrives once, before a short lifetime has ended, then 4401', async () => {
  const client = await connect(server, 'faculty', { token: brief('faculty', 4) });
  await subscribe(client);
  const notice = await client.nextJson();
  assert.equal(notice.event_type, 'token_expiring');
  assert.deepEqual(Object.keys(notice), KEYS.token_expiring);
  assert.match(notice.token_expires_at, TIME);
  assert.equal(notice.token_expires_at, client.greeting.token_expires_at);
  const { seen } = await assertClosed(client, 4401, 'token_expired');
  assert.deepEqual(seen, []);
});

test('a refreshed token outlives the old one without an interruption', async () => {
  const token = brief('faculty', 4);
  const schedule = randomUUID();
  const [staying, going] =
    [await connect(server, 'faculty', { token }), await connect(server, 'faculty', { token })];
  const later = await connect(server, 'faculty', { token: brief('faculty', 5) });
  for (const client of [staying, going]) await subscribe(client, { schedules: [schedule] });
  for (const client of [staying, going]) assert.equal((await client.nextJson()).event_type, 'token_expiring');
  const { token_expires_at: end } = await asked(staying, { action: 'refresh_token', token: brief('faculty', 600) },
    ['cursor', 'token_expires_at']);
  assert.ok(Date.parse(end) > Date.parse(staying.greeting.token_expires_at));
  await assertClosed(going, 4401, 'token_expired');
  // A token that expires later than the old one has expired as well: without the refresh, this one
  // would be closed, too.
  assert.deepEqual((await later.serverClosed()).code, 4401);
  await update(server, schedule, 'after the refresh');
  assert.equal((await staying.nextJson()).message, 'after the refresh');
  await server.assertNothingElse(staying);
});

test('a refreshed token gets a warning of its own', async () => {
  const client = await connect(server, 'faculty', { token: brief('faculty', 600) });
  await asked(client, { action: 'refresh_token', token: brief('faculty', 4) }, ['token_expires_at']);
  assert.equal((await client.nextJson()).event_type, 'token_expiring');
  await asked(client, { action: 'refresh_token', token: brief('faculty', 4) }, ['token_expires_at']);
  assert.equal((await client.nextJson()).event_type, 'token_expiring');
  await assertClosed(client, 4401, 'token_expired');
});

test('after a rejected refresh the connection keeps its old token', async () => {
  const client = await connect(server, 'faculty', { token: brief('faculty', 6) });
  const refresh = async (token) => ({ action: 'refresh_token', token: await token });
  await refused(client, await refresh(server.newToken('resident')), { code: 1207, name: 'identity_changed' });
  await refused(client, await refresh('certainly'), { code: 1202, name: 'token_invalid' });
  await refused(client, await refresh(brief('faculty', -10)), { code: 1203, name: 'token_expired' });
  const revoked = await server.newToken('faculty');
  await logout(revoked);
  await refused(client, await refresh(revoked), { code: 1204, name: 'token_revoked' });
  await subscribe(client);
  await server.assertNothingElse(client);
  assert.equal((await client.nextJson()).event_type, 'token_expiring');
  await assertClosed(client, 4401, 'token_expired');
});

// --- revocation

test('revoking a token closes its connections with 4401, and nobody else\'s', async () => {
  const token = await server.newToken('resident');
  const tabs = [await connect(server, 'resident', { token }), await connect(server, 'resident', { token })];
  const [other, somebody] = [await connect(server, 'resident'), await connect(server)];
  for (const client of [...tabs, other, somebody]) await subscribe(client);
  await logout(token);
  for (const tab of tabs) await assertClosed(tab, 4401, 'token_revoked');
  await server.assertNothingElse(other, somebody);
});

test('a token sent by authenticate or refresh_token can be revoked as well', async () => {
  const [one, two, old] =
    [await server.newToken('resident'), await server.newToken('resident'), await server.newToken('resident')];
  const late = await connectRaw(server);
  late.send({ action: 'authenticate', token: one });
  assert.equal((await late.nextJson()).event_type, 'connection_ack');
  assert.equal((await late.nextJson()).event_type, 'ack');
  const refreshed = await connect(server, 'resident', { token: old });
  await asked(refreshed, { action: 'refresh_token', token: two }, ['token_expires_at']);
  await logout(old);
  await logout(one);
  await assertClosed(late, 4401, 'token_revoked');
  await refreshed.barrier();
  await logout(two);
  await assertClosed(refreshed, 4401, 'token_revoked');
});

test('deactivating a user closes every connection with 4403', async () => {
  const tabs = [await connect(server, 'leaver'),
    await connect(server, 'leaver', { token: await server.newToken('leaver') })];
  const somebody = await connect(server);
  await subscribe(somebody);
  await server.deactivate('leaver');
  for (const tab of tabs) await assertClosed(tab, 4403, 'user_inactive');
  await server.assertNothingElse(somebody);
});

test('no token is logged', async () => {
  const token = brief('faculty', 600);
  const client = await connectRaw(server, { protocols: ['rotacast.v1', `bearer.${token}`] });
  await client.next();
  await asked(client, { action: 'refresh_token', token }, ['token_expires_at']);
  await refused(client, { action: 'refresh_token', token: `${token}x` }, { code: 1202, name: 'token_invalid' });
  await client.close();
  assert.ok(!server.output.includes(token.slice(0, 60)));
});
