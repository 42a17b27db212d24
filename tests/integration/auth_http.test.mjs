// Login, refresh and logout over HTTP, and the endpoints /health and /stats.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { now, payloadOf } from './support/jwt.mjs';
import { startServer } from './support/server.mjs';

const server = await startServer({ users: { admin: 'admin' } });
after(() => server.stop());
afterEach(() => server.closeClients());

const PREFIXES = ['/api/auth', '/api/v1/auth'];
const bearer = (token) => ({ authorization: `Bearer ${token}` });

let count = 0;
/** Attempts are limited per name, so each test has a user of its own. */
const newcomer = (role = 'resident') => server.addUser(`user${++count}`, role);

const login = ({ name, password }, prefix = PREFIXES[0], headers = {}) =>
  server.post(`${prefix}/login/json`, { username: name, password }, headers);
const refresh = (refresh_token, prefix = PREFIXES[0]) => server.post(`${prefix}/refresh`, { refresh_token });

async function loggedIn(user) {
  const answer = await login(user);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

function assertRefused(answer, status) {
  assert.equal(answer.status, status, answer.text);
  const { error } = answer.body;
  assert.ok(Number.isInteger(error.code));
  assert.ok(error.name.length > 0 && error.message.length > 0);
  assert.equal(answer.headers.get('set-cookie'), null);
}

function assertTokens(answer, user) {
  assert.equal(answer.status, 200, answer.text);
  const { access_token, refresh_token, token_type, expires_in, ...rest } = answer.body;
  assert.deepEqual(rest, {});
  assert.equal(token_type, 'bearer');
  assert.equal(expires_in, 15 * 60);
  assert.equal(answer.headers.get('pragma'), 'no-cache'); // RFC 6749 §5.1
  const [access, renewal] = [payloadOf(access_token), payloadOf(refresh_token)];
  for (const payload of [access, renewal]) {
    assert.equal(payload.sub, user.id);
    assert.equal(payload.username, user.name);
    assert.match(payload.jti, /^[0-9a-f-]{36}$/);
    assert.ok(Number.isInteger(payload.exp) && Number.isInteger(payload.iat));
  }
  assert.equal(access.type, undefined);
  assert.equal(renewal.type, 'refresh');
  assert.equal(access.exp - access.iat, 15 * 60);
  assert.equal(renewal.exp - renewal.iat, 7 * 24 * 3600);
  assert.ok(Math.abs(access.iat - now()) < 60);
  assert.notEqual(access.jti, renewal.jti);
}

function assertCookie(answer) {
  const [first, ...attributes] = answer.headers.get('set-cookie').split(/;\s*/);
  assert.equal(first, `access_token="Bearer ${answer.body.access_token}"`);
  const names = attributes.map((attribute) => attribute.toLowerCase());
  for (const wanted of ['httponly', 'samesite=lax', 'path=/']) assert.ok(names.includes(wanted), `${wanted} in ${names}`);
}

async function assertSocketOf(user, options) {
  const client = server.open(options);
  assert.equal((await client.nextJson()).user_id, user.id);
}

async function assertSocketRefused(token, reason) {
  const end = await server.open({ query: { token } }).serverClosed();
  assert.deepEqual([end.code, end.reason], [1008, reason]);
}

for (const prefix of PREFIXES) {
  test(`${prefix}/login/json: returns tokens and the cookie, and they work`, async () => {
    const user = await newcomer();
    const answer = await login(user, prefix);
    assertTokens(answer, user);
    assertCookie(answer);
    assert.ok(answer.headers.get('content-type').startsWith('application/json'));
    assert.match(answer.headers.get('cache-control') ?? '', /no-store/, 'tokens are not to be kept by caches');
    await assertSocketOf(user, { query: { token: answer.body.access_token } });
    const cookie = answer.headers.get('set-cookie').split(';')[0];
    await assertSocketOf(user, { headers: { cookie }, origin: server.url });
  });

  test(`${prefix}/login accepts a form`, async () => {
    const user = await newcomer();
    const form = new URLSearchParams({ username: user.name, password: user.password });
    const answer = await server.post(`${prefix}/login`, form.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
    assertTokens(answer, user);
    assertCookie(answer);
  });

  test(`${prefix}/refresh returns new tokens, and the old refresh token is no longer accepted`, async () => {
    const user = await newcomer();
    const first = await loggedIn(user);
    const second = await refresh(first.refresh_token, prefix);
    assertTokens(second, user);
    assert.notEqual(second.body.refresh_token, first.refresh_token);
    assert.notEqual(second.body.access_token, first.access_token);
    assertRefused(await refresh(first.refresh_token, prefix), 401);
    await assertSocketOf(user, { query: { token: second.body.access_token } });
  });

  test(`${prefix}/logout revokes the token of the header`, async () => {
    const user = await newcomer();
    const { access_token } = await loggedIn(user);
    const answer = await server.post(`${prefix}/logout`, {}, bearer(access_token));
    assert.ok(answer.status === 200 || answer.status === 204, answer.text);
    await assertSocketRefused(access_token, 'token_revoked');
    assertRefused(await server.post('/api/v1/events', [], bearer(access_token)), 401);
  });

  test(`${prefix}/logout revokes the token of the cookie, and deletes the cookie`, async () => {
    const user = await newcomer();
    const { access_token } = await loggedIn(user);
    const answer = await server.post(`${prefix}/logout`, {}, {
      cookie: `access_token="Bearer ${access_token}"`, origin: server.url,
    });
    assert.ok(answer.status === 200 || answer.status === 204, answer.text);
    const cookie = answer.headers.get('set-cookie') ?? '';
    assert.match(cookie, /^access_token=("")?;/);
    assert.match(cookie, /max-age=0|expires=/i);
    await assertSocketRefused(access_token, 'token_revoked');
  });
}

test('a password with any characters can be sent in the form', async () => {
  const user = await server.addUser(`user${++count}`, 'rn', { password: 'ä+& %=🏥' });
  const form = new URLSearchParams({ username: user.name, password: user.password });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  assertTokens(await server.post('/api/auth/login', form.toString(), headers), user);
  assertTokens(await login(user), user);
});

test('another login does not affect the tokens of the first one', async () => {
  const user = await newcomer();
  const first = await loggedIn(user);
  await loggedIn(user);
  await assertSocketOf(user, { query: { token: first.access_token } });
});

test('a wrong password and an unknown name get the same response', async () => {
  const user = await newcomer();
  const wrong = await login({ ...user, password: 'certainly' });
  const unknown = await login({ name: `nobody-${randomUUID()}`, password: 'certainly' });
  assertRefused(wrong, 401);
  assertRefused(unknown, 401);
  assert.equal(wrong.text, unknown.text);
  assert.ok(!server.output.includes('certainly'));
});

test('the password is compared completely and exactly', async () => {
  const user = await newcomer();
  for (const password of ['', user.password.slice(0, -1), `${user.password}\n`, user.password.toUpperCase()]) {
    assert.notEqual((await login({ ...user, password })).status, 200);
  }
  await loggedIn(user);
});

test('a user who was deactivated cannot log in, refresh or publish', async () => {
  const user = await newcomer('coordinator');
  const tokens = await loggedIn(user);
  await server.deactivate(user.name);
  assertRefused(await login(user), 401);
  assertRefused(await refresh(tokens.refresh_token), 401);
  const event = { alert_type: 'n1_failure', severity: 'green' };
  const answer = await server.post('/api/v1/broadcast/resilience_alert', event, bearer(tokens.access_token));
  assertRefused(answer, 401);
});

test('after five attempts for a name the sixth is rejected with 429, whether the password is right or not', async () => {
  const [user, other] = [await newcomer(), await newcomer()];
  for (let attempt = 0; attempt < 5; ++attempt) {
    assertRefused(await login({ ...user, password: 'certainly' }), 401);
  }
  assertRefused(await login({ ...user, password: 'certainly' }), 429);
  const right = await login(user);
  assertRefused(right, 429);
  assert.match(right.headers.get('retry-after') ?? '', /^[1-9]\d?$/, 'when to come back, in seconds');
  assertRefused(await login(user, PREFIXES[1]), 429);
  await loggedIn(other);
});

test('attempts by the form count, too', async () => {
  const user = await newcomer();
  const form = new URLSearchParams({ username: user.name, password: 'certainly' }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  for (let attempt = 0; attempt < 5; ++attempt) assertRefused(await server.post('/api/auth/login', form, headers), 401);
  assertRefused(await login(user), 429);
});

test('invalid login requests are rejected with a helpful message', async () => {
  assertRefused(await server.post('/api/auth/login/json', '{"username":'), 400);
  const missing = await server.post('/api/auth/login/json', { username: 'someone' });
  assertRefused(missing, 422);
  assert.equal(missing.body.error.path, '/password');
  const wrong = await server.post('/api/auth/login/json', { username: 7, password: 'x' });
  assertRefused(wrong, 422);
  assert.equal(wrong.body.error.path, '/username');
  const endless = await server.post('/api/auth/login/json', { username: 'x'.repeat(100_000), password: 'x' });
  assertRefused(endless, [401, 413, 422].find((status) => status === endless.status) ?? 401);
  assertRefused(await server.post('/api/auth/login/json', { username: "' OR '1'='1", password: "' OR '1'='1" }), 401);
});

test('refresh accepts refresh tokens only', async () => {
  const { access_token } = await loggedIn(await newcomer());
  assertRefused(await refresh(access_token), 401);
  assertRefused(await refresh('certainly'), 401);
  assertRefused(await server.post('/api/auth/refresh', {}), 422);
  assertRefused(await server.post('/api/auth/refresh', '{'), 400);
});

test('a refresh token cannot open a socket or publish', async () => {
  const { refresh_token } = await loggedIn(await newcomer('admin'));
  await assertSocketRefused(refresh_token, 'token_invalid');
  assertRefused(await server.post('/api/v1/events', [], bearer(refresh_token)), 401);
});

test('of concurrent refreshes with one token only one succeeds', async () => {
  const { refresh_token } = await loggedIn(await newcomer());
  const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(refresh_token)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401, 401, 401, 401, 401, 401]);
});

test('a refresh with neither token nor cookie asks for a login', async () => {
  const answer = await server.post('/api/auth/refresh', '');
  assertRefused(answer, 401);
  assert.equal(answer.body.error.name, 'token_missing');
});

test('logout without a token is rejected', async () => {
  assertRefused(await server.post('/api/auth/logout', {}), 401);
});

// --- /health and /stats

for (const prefix of ['/ws', '/api/v1/ws']) {
  test(`${prefix}/health is public and equals the original byte for byte`, async () => {
    await server.closeClients();
    await server.becomesEmpty();
    const response = await server.request(`${prefix}/health`);
    assert.equal(response.status, 200);
    assert.ok(response.headers.get('content-type').startsWith('application/json'));
    assert.equal(
      await response.text(),
      '{"status":"healthy","websocket_enabled":true,"connections":{"total_connections":0,"unique_users":0,"schedules_watched":0,"persons_watched":0}}',
    );
  });

  test(`${prefix}/stats requires a login and equals the original byte for byte`, async () => {
    await server.becomesEmpty();
    const token = await server.token('admin');
    const good = [
      bearer(token), { authorization: `bearer ${token}` },
      { cookie: `access_token="Bearer ${token}"`, origin: server.url },
    ];
    for (const headers of good) {
      const response = await server.request(`${prefix}/stats`, { headers });
      assert.equal(response.status, 200);
      assert.equal(
        await response.text(),
        '{"status":"ok","stats":{"total_connections":0,"unique_users":0,"schedules_watched":0,"persons_watched":0}}',
      );
    }
    for (const headers of [{}, bearer('certainly')]) {
      const response = await server.request(`${prefix}/stats`, { headers });
      assert.equal(response.status, 401);
      assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/);
      await response.text();
    }
  });
}

test('responses have the security headers for browsers', async () => {
  const { headers } = await server.request('/ws/health');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
});

test('an unknown path is 404 with an error body like all others', async () => {
  const response = await server.request('/api/v1/nowhere');
  assert.equal(response.status, 404);
  assert.ok(Number.isInteger((await response.json()).error.code));
});

test('the log has failed and refused logins with their address, and nothing that somebody typed', async () => {
  const user = await newcomer();
  const typed = randomUUID();
  const before = server.output.length;
  for (let attempt = 0; attempt < 40; ++attempt) await login({ name: user.name, password: typed });
  await login({ name: typed, password: 'wrong' });
  const written = server.output.slice(before);
  const count = (pattern) => written.match(pattern)?.length ?? 0;
  assert.ok(count(/ info a login from 127\.0\.0\.1 failed: bad_credentials$/gm) > 0, written);
  const refused = count(/ warning refused a login from 127\.0\.0\.1: too many attempts$/gm);
  assert.ok(refused > 0 && refused < 35, `${refused} lines about 35 refusals`);
  assert.ok(!written.includes(typed) && !written.includes(user.name));
});

test('the log says who was refused a WebSocket', async () => {
  await server.open({ query: { token: 'nonsense' } }).serverClosed();
  assert.match(server.output, / info refused a WebSocket from 127\.0\.0\.1: token_invalid$/m);
});

const ENDINGS = {
  'a new password': (user) => server.cli('user', 'password', user.name, '--password-file', server.file(`password-${user.name}`)),
  'a deactivation, also after the user was activated again': async (user) => {
    await server.deactivate(user.name);
    return server.cli('user', 'activate', user.name);
  },
  'user sign-out': (user) => server.cli('user', 'sign-out', user.name),
};

for (const [what, end] of Object.entries(ENDINGS)) {
  test(`${what} ends the tokens and the connections from before, and no later ones`, async () => {
    const user = await newcomer('admin');
    const before = await loggedIn(user);
    const client = server.open({ query: { token: before.access_token } });
    assert.match(await client.next(), /connection_ack/);
    const { code, stderr } = await end(user);
    assert.equal(code, 0, stderr);
    const after = await loggedIn(user); // perhaps in the same second
    const statistics = async ({ access_token }) => (await server.request('/api/v1/stats', { headers: bearer(access_token) })).status;
    assert.deepEqual([await statistics(before), await statistics(after)], [401, 200]);
    const renewed = await refresh(before.refresh_token);
    assert.deepEqual([renewed.status, renewed.body.error.name], [401, 'token_revoked']);
    assert.equal((await refresh(after.refresh_token)).status, 200);
    assert.equal((await client.serverClosed()).code, 1008);
  });
}
