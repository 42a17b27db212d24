// A page that survives a reload: its refresh token is a cookie that no script sees.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { claims, now, payloadOf, sign } from './support/jwt.mjs';
import { startServer } from './support/server.mjs';

const APP = 'https://app.example';

const server = await startServer({
  users: { admin: 'admin' }, settings: { allowed_origins: APP, 'tokens.refresh_ttl_s': 5_000, 'tokens.access_ttl_s': 500 },
});
after(() => server.stop());

let count = 0;
const newcomer = () => server.addUser(`user${++count}`, 'resident');

/** The cookies of an answer by name: {value, attributes}, the attributes in lower case. */
function cookiesOf({ headers }) {
  return Object.fromEntries(headers.getSetCookie().map((line) => {
    const [pair, ...attributes] = line.split(/;\s*/);
    const at = pair.indexOf('=');
    const lower = attributes.map((text) => text.toLowerCase()).sort();
    return [pair.slice(0, at), { value: pair.slice(at + 1), attributes: lower }];
  }));
}

const login = (user, { base = '/api/auth', headers = {}, ...more } = {}) =>
  server.post(`${base}/login/json`, { username: user.name, password: user.password, refresh_cookie: true, ...more }, headers);
const withCookie = (value, headers = {}) => ({ cookie: `refresh_token=${value}`, ...headers });
const refresh = (value, { base = '/api/auth', headers = {}, body = '' } = {}) =>
  server.post(`${base}/refresh`, body, withCookie(value, headers));

/** The cookie's value, after looking at the whole answer. */
function assertInCookie(answer, { base = '/api/auth', secure = [] } = {}) {
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(Object.keys(answer.body), ['access_token', 'token_type', 'expires_in']);
  assert.equal(answer.body.expires_in, 500);
  const { access_token: access, refresh_token: renewal } = cookiesOf(answer);
  assert.equal(access.value, `"Bearer ${answer.body.access_token}"`);
  assert.deepEqual(access.attributes, ['httponly', 'max-age=500', 'path=/', 'samesite=lax', ...secure]);
  assert.deepEqual(renewal.attributes, ['httponly', 'max-age=5000', `path=${base}`, 'samesite=strict', ...secure]);
  assert.equal(payloadOf(renewal.value).type, 'refresh');
  return renewal.value;
}

function assertInBody(answer) {
  assert.equal(answer.status, 200, answer.text);
  assert.equal(payloadOf(answer.body.refresh_token).type, 'refresh');
  assert.deepEqual(Object.keys(cookiesOf(answer)), ['access_token']);
}

function assertRefused(answer, status, name) {
  assert.deepEqual([answer.status, answer.body.error.name], [status, name], answer.text);
  assert.deepEqual(answer.headers.getSetCookie(), []);
}

for (const base of ['/api/auth', '/api/v1/auth']) {
  test(`${base}: a login that asks for it gets the refresh token as a cookie, each refresh a new one, once`, async () => {
    const user = await newcomer();
    const first = assertInCookie(await login(user, { base }), { base });
    const second = assertInCookie(await refresh(first, { base }), { base });
    assert.notEqual(second, first);
    assertRefused(await refresh(first, { base }), 401, 'token_revoked');
    const third = assertInCookie(await refresh(second, { base, body: '{}' }), { base });
    assertInCookie(await refresh(third, { base, body: { refresh_token: null } }), { base });
  });
}

test('a login by form asks in the same way', async () => {
  const user = await newcomer();
  const form = new URLSearchParams({ username: user.name, password: user.password, refresh_cookie: 'true' });
  const answer = await server.post('/api/auth/login', form.toString(), { 'content-type': 'application/x-www-form-urlencoded' });
  assertInCookie(answer);
});

test('without being asked the server sets no such cookie: clients of the original get the token in the body', async () => {
  const user = await newcomer();
  const plain = await login(user, { refresh_cookie: undefined });
  assertInBody(plain);
  assertInBody(await login(user, { refresh_cookie: false }));
  const { refresh_token } = plain.body;
  const next = await server.post('/api/auth/refresh', { refresh_token });
  assertInBody(next);
  const bad = await login(user, { refresh_cookie: 'yes' });
  assert.deepEqual([bad.status, bad.body.error.path], [422, '/refresh_cookie']);
});

test('a token in the body goes before the cookie, which stays valid', async () => {
  const user = await newcomer();
  const { refresh_token } = (await login(user, { refresh_cookie: false })).body;
  const cookie = assertInCookie(await login(user));
  assertInBody(await refresh(cookie, { body: { refresh_token } }));
  assertInCookie(await refresh(cookie));
});

test('logout ends the refresh token of the cookie and deletes both cookies', async () => {
  const answer = await login(await newcomer());
  const renewal = assertInCookie(answer);
  const out = await server.post('/api/auth/logout', '', withCookie(renewal, { authorization: `Bearer ${answer.body.access_token}` }));
  assert.equal(out.status, 200, out.text);
  const cookies = cookiesOf(out);
  assert.deepEqual(Object.keys(cookies).sort(), ['access_token', 'refresh_token']);
  for (const { attributes } of Object.values(cookies)) assert.ok(attributes.includes('max-age=0'));
  assert.ok(cookies.refresh_token.attributes.includes('path=/api/auth'));
  assertRefused(await refresh(renewal), 401, 'token_revoked');
  assert.equal((await server.request('/ws/stats', { headers: { authorization: `Bearer ${answer.body.access_token}` } })).status, 401);
});

test('a page that slept logs out by the cookie alone, or beside an expired access token', async () => {
  const user = await newcomer();
  const expired = sign(claims(user.id, { exp: now() - 10 }), server.secret);
  for (const headers of [{}, { authorization: `Bearer ${expired}` }]) {
    const renewal = assertInCookie(await login(user));
    const out = await server.post('/api/auth/logout', '', withCookie(renewal, headers));
    assert.equal(out.status, 200, out.text);
    assertRefused(await refresh(renewal), 401, 'token_revoked');
  }
  const alone = await server.post('/api/auth/logout', '', { authorization: `Bearer ${expired}` });
  assertRefused(alone, 401, 'token_expired');
});

test('values that are no refresh token are refused, and nothing ends', async () => {
  const answer = await login(await newcomer());
  const renewal = assertInCookie(answer);
  for (const value of ['certainly', answer.body.access_token, `${renewal.slice(0, -6)}AAAAAA`]) {
    const refused = await refresh(value);
    assertRefused(refused, 401, 'token_invalid');
    assert.ok(!refused.text.includes(value));
  }
  assertRefused(await refresh(''), 401, 'token_missing');
  assertRefused(await refresh('', { body: '{}' }), 422, 'missing_field');
  assertRefused(await server.post('/api/auth/logout', '', withCookie('certainly')), 401, 'token_invalid');
  assertInCookie(await refresh(renewal));
  assert.ok(!server.output.includes(renewal));
});

test('a refresh token in its cookie opens nothing else', async () => {
  const renewal = assertInCookie(await login(server.user('admin')));
  for (const cookie of [`refresh_token=${renewal}`, `access_token="Bearer ${renewal}"`]) {
    assert.equal((await server.request('/api/v1/presence', { headers: { cookie } })).status, 401);
  }
});

test('a foreign page gets no cookie and cannot use it; an allowed page of the same site can', async () => {
  const user = await newcomer();
  const renewal = assertInCookie(await login(user, { headers: { origin: APP, 'sec-fetch-site': 'same-site' } }), { secure: ['secure'] });
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
    assertInBody(await login(user, { headers }));
    assertRefused(await refresh(renewal, { headers }), 403, 'origin_refused');
    assertRefused(await server.post('/api/auth/logout', '', withCookie(renewal, headers)), 403, 'origin_refused');
  }
  assertInCookie(await refresh(renewal, { headers: { origin: APP } }), { secure: ['secure'] });
});

test('an allowed page of another site gets the token in the body, for its browser would drop the cookie', async () => {
  const answer = await login(await newcomer(), { headers: { origin: APP, 'sec-fetch-site': 'cross-site' } });
  assertInBody(answer);
  assert.equal(answer.headers.get('access-control-allow-origin'), APP);
});

test('behind a proxy that ends TLS the cookies of our own page are Secure', async () => {
  const headers = { origin: 'https://rota.example', 'sec-fetch-site': 'same-origin' };
  assertInCookie(await login(await newcomer(), { headers }), { secure: ['secure'] });
});

test('switched off, logins answer in the body, and the cookie does not count', async () => {
  const off = await startServer({ users: { admin: 'admin' }, settings: { 'login.refresh_cookie': 'off' } });
  try {
    const { name: username, password } = off.user('admin');
    const answer = await off.post('/api/auth/login/json', { username, password, refresh_cookie: true });
    assertInBody(answer);
    assertRefused(await off.post('/api/auth/refresh', '', withCookie(answer.body.refresh_token)), 401, 'token_missing');
    assert.equal((await off.post('/api/auth/refresh', { refresh_token: answer.body.refresh_token })).status, 200);
  } finally {
    await off.stop();
  }
});
