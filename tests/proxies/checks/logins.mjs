// Logins through a proxy: cookies, and whose attempts they are.
import assert from 'node:assert/strict';
import { request } from './requests.mjs';

const LOGIN = '/api/auth/login/json';

const cookiesOf = ({ headers }) => headers['set-cookie'] ?? [];

async function login(server, { user = server.user('admin'), headers = {}, password = user.password, ...options } = {}) {
  return request(new URL(LOGIN, server.url), {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ username: user.name, password, refresh_cookie: true }), ...options,
  });
}

/** A login as a page of the proxy's address does it: {cookie, origin} for its next requests. */
export async function loginAsPage(server) {
  const { origin } = new URL(server.url);
  const answer = await login(server, { headers: { origin } });
  assert.equal(answer.status, 200, answer.text);
  return { cookie: cookiesOf(answer).map((line) => line.split(';')[0]).join('; '), origin, answer };
}

/**
 * 'yes': the cookies are Secure exactly if the proxy ends TLS, and the page may use them. 'pages only': programs, who name
 * no origin, get cookies that are not Secure. 'no': the server takes the page for a stranger's.
 */
export async function logins({ server }) {
  const secure = server.url.startsWith('https:');
  const { cookie, origin, answer } = await loginAsPage(server);
  if (cookiesOf(answer).length === 1) return 'no';
  assert.deepEqual(cookiesOf(answer).map((line) => line.split('=')[0]), ['access_token', 'refresh_token']);
  for (const line of cookiesOf(answer)) assert.equal(/; *secure/i.test(line), secure, line.replace(/=[^;]*/, '=…'));
  const used = await request(new URL('/graphql', server.url), {
    method: 'POST', headers: { cookie, origin, 'content-type': 'application/json' }, body: '{"query":"{ viewer { username } }"}',
  });
  assert.deepEqual([used.status, used.text], [200, '{"data":{"viewer":{"username":"admin"}}}']);
  const program = await login(server);
  assert.equal(program.status, 200, program.text);
  const told = cookiesOf(program).every((line) => /; *secure/i.test(line) === secure);
  return told ? 'yes' : 'pages only';
}

/**
 * Who mistypes a password is told to wait, whatever they claim about their address, and nobody else: 'yes'. 'no': everybody
 * behind the proxy is taken for one. Loopback is a /8, so a test can have several addresses.
 */
export async function addresses({ server }) {
  const user = server.user('nurse');
  const claims = [
    { 'x-forwarded-for': '203.0.113.1' }, { forwarded: 'for=203.0.113.2' }, { 'x-real-ip': '203.0.113.3', 'client-ip': '203.0.113.3' },
    { 'x-forwarded-for': '203.0.113.4', forwarded: 'for=203.0.113.4' }, { 'x-forwarded-for': '127.0.0.1, 203.0.113.5' },
  ];
  for (const headers of claims) {
    const wrong = await login(server, { user, headers, password: 'wrong', localAddress: '127.0.0.2' });
    assert.equal(wrong.status, 401, wrong.text);
  }
  for (const headers of [{}, ...claims]) {
    const late = await login(server, { user, headers, localAddress: '127.0.0.2' });
    assert.equal(late.status, 429, `with ${JSON.stringify(headers)}: ${late.text}`);
  }
  const { status } = await login(server, { user, localAddress: '127.0.0.3' });
  assert.ok(status === 200 || status === 429, `${status}`);
  return status === 200 ? 'yes' : 'no';
}
