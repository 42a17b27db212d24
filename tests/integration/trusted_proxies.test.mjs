// What a trusted proxy says about the sender of a request counts for limits, cookies, origins and
// events; what anybody else says does not. The test itself is the proxy, on loopback.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { run } from './support/process.mjs';
import { login, send } from './support/proxied.mjs';
import { Receiver } from './support/receiver.mjs';
import { startServer } from './support/server.mjs';
import { V1, numberedEvent } from './support/v1.mjs';
import { operatorOf } from './support/webhooks.mjs';

const STRANGER = '127.0.0.2'; // the proxy is 127.0.0.1

const ONE_ATTEMPT = { 'login.attempts': 1, 'login.window_s': 3_600 }; // of one name at one address

const server = await startServer({
  users: { admin: 'admin', ada: 'resident' },
  settings: {
    trusted_proxies: '127.0.0.1, 10.0.0.0/8, ::1',
    'limits.connections_per_address': 1,
    'http.header_bytes_max': 65_535,
    'webhooks.allow_addresses': '127.0.0.1',
    ...ONE_ATTEMPT,
  },
});
after(() => server.stop());
afterEach(() => server.closeClients());

let count = 0;
const newcomer = async () => (await server.addUser(`user${++count}`, 'resident')).name;
const cookie = async () => `access_token="Bearer ${await server.token('admin')}"`;
const alert = () => ({ alert_type: 'n1_failure', severity: 'green', message: randomUUID() });
const publish = (headers, options = {}) =>
  send(server, '/api/v1/broadcast/resilience_alert', { method: 'POST', body: alert(), headers, ...options });

/** Mistypes the password as often as it may be: then the sender's address is locked out for this name. */
const lockOut = (name, options) => login(server, name, { password: 'wrong', ...options });
const statusOf = async (name, headers, from) => (await login(server, name, { headers, from })).status;

// --- limits

for (const [what, from] of Object.entries({
  'X-Forwarded-For': (address) => ({ 'x-forwarded-for': address }),
  'X-Forwarded-For after a forged one': (address) => ({ 'x-forwarded-for': `1.2.3.4, ${address}` }),
  'X-Forwarded-For in two lines': (address) => ({ 'x-forwarded-for': ['1.2.3.4', address] }),
  'X-Forwarded-For through two proxies': (address) => ({ 'x-forwarded-for': `${address}, 10.0.0.3` }),
  Forwarded: (address) => ({ forwarded: `for=${address};proto=https` }),
  'Forwarded, quoted and with a port': (address) => ({ forwarded: `for="${address}:4711"` }),
  'Forwarded after a forged open quote': (address) => ({ forwarded: `for=", for=${address}` }),
  'Forwarded in two lines': (address) => ({ forwarded: ['for=1.2.3.4', `for=${address}`] }),
  'both, which say the same': (address) => ({ forwarded: `for=${address}`, 'x-forwarded-for': address }),
})) {
  test(`login attempts are counted for the client: ${what}`, async () => {
    const name = await newcomer();
    await lockOut(name, { headers: from('198.51.100.7') });
    assert.equal(await statusOf(name, from('198.51.100.7')), 429);
    assert.equal(await statusOf(name, from('203.0.113.9')), 200, 'somebody at another address');
  });
}

for (const [what, headers] of Object.entries({
  'an unknown one': { forwarded: 'for=1.2.3.4, for=unknown' },
  'an obfuscated one': { forwarded: 'for=1.2.3.4, for=_hidden' },
  'a malformed one': { forwarded: 'for=1.2.3.4, for="2.3.4' },
  'something else': { 'x-forwarded-for': '1.2.3.4, certainly' },
  'two that contradict each other': { forwarded: 'for=1.2.3.4', 'x-forwarded-for': '5.6.7.8' },
  'ten thousand elements': { forwarded: `${'for=a,'.repeat(10_000)}for=unknown` },
  'ten thousand malformed ones': { forwarded: 'for=",'.repeat(10_000) },
  'six thousand trusted ones': { 'x-forwarded-for': `5.6.7.8${',127.0.0.1'.repeat(6_000)}` },
  'nothing but commas': { 'x-forwarded-for': `1.2.3.4${','.repeat(10_000)}` },
})) {
  test(`an address that nobody vouches for does not count, the proxy's does: ${what}`, async () => {
    const name = await newcomer();
    await lockOut(name, { headers });
    assert.equal(await statusOf(name, {}), 429, 'the proxy itself');
    assert.equal(await statusOf(name, { 'x-forwarded-for': '1.2.3.4' }), 200);
    assert.equal(await statusOf(name, { 'x-forwarded-for': '5.6.7.8' }), 200);
  });
}

test('chains of two hundred and ten thousand addresses are walked from the right', async () => {
  for (const times of [200, 10_000]) {
    const name = await newcomer();
    const chain = (address) => ({ 'x-forwarded-for': `${'::2,'.repeat(times)}${address}, 10.0.0.3, 10.0.0.4` });
    await lockOut(name, { headers: chain('198.51.100.7') });
    assert.equal(await statusOf(name, { 'x-forwarded-for': '198.51.100.7' }), 429);
    assert.equal(await statusOf(name, { 'x-forwarded-for': '::2' }), 200);
  }
});

test('whoever is not trusted has no other address by writing one', async () => {
  const name = await newcomer();
  for (let attempt = 0; attempt < 3; ++attempt) {
    const address = `198.51.100.${attempt}`;
    await lockOut(name, { from: STRANGER, headers: { 'x-forwarded-for': address, forwarded: `for=${address}` } });
  }
  assert.equal(await statusOf(name, { 'x-forwarded-for': '203.0.113.9' }, STRANGER), 429);
  assert.equal(await statusOf(name, {}, STRANGER), 429);
  assert.equal(await statusOf(name, { 'x-forwarded-for': '198.51.100.1' }), 200, 'nor does it harm that one');
});

test('connections are counted for the client', async () => {
  const open = async (headers, options = {}) => {
    const client = server.open({ protocols: [V1], query: { token: await server.token('ada') }, headers, ...options });
    return Promise.race([client.nextJson().then(({ event_type: type }) => type, () => 'none'), client.closed.then(({ name }) => name)]);
  };
  assert.equal(await open({ 'x-forwarded-for': '198.51.100.7' }), 'connection_ack');
  assert.equal(await open({ forwarded: 'for=203.0.113.9' }), 'connection_ack');
  assert.equal(await open({ 'x-forwarded-for': '2001:db8::1' }), 'connection_ack');
  for (const headers of [{ 'x-forwarded-for': '198.51.100.7' }, { forwarded: 'for="203.0.113.9:80"' }, { forwarded: 'for="[2001:db8::2]"' }]) {
    assert.match(await open(headers), /none|too_many_connections/, 'the second of one address');
  }
  assert.equal(await open({ 'x-forwarded-for': '198.51.100.8' }, { localAddress: STRANGER }), 'connection_ack');
  assert.match(await open({ 'x-forwarded-for': '198.51.100.9' }, { localAddress: STRANGER }), /none|too_many_connections/);
});

// --- protocol and host

test('a cookie is Secure if the client came to the proxy by TLS', async () => {
  let { refresh_token: renewal } = (await login(server, await newcomer())).body;
  async function isSecure(headers, from) {
    const answer = await send(server, '/api/auth/refresh', { method: 'POST', body: { refresh_token: renewal }, headers, from });
    assert.equal(answer.status, 200, answer.text);
    renewal = answer.body.refresh_token;
    assert.equal(answer.cookies.length, 1);
    return /; *Secure/i.test(answer.cookies[0]);
  }
  const rows = [
    [{}, false],
    [{ 'x-forwarded-proto': 'https' }, true],
    [{ 'x-forwarded-proto': 'wss' }, true],
    [{ 'x-forwarded-proto': 'http' }, false],
    [{ 'x-forwarded-proto': 'certainly' }, false],
    [{ 'x-forwarded-proto': 'https, http' }, false],
    [{ 'x-forwarded-for': '198.51.100.7, 10.0.0.3', 'x-forwarded-proto': 'https, http' }, true],
    [{ forwarded: 'for=198.51.100.7;proto=https' }, true],
    [{ forwarded: 'for=198.51.100.7;proto=https, for=203.0.113.9;proto=http' }, false],
    [{ forwarded: 'for=198.51.100.7;proto=http', 'x-forwarded-proto': 'https' }, false],
    [{ origin: 'https://rota.example' }, true],
  ];
  for (const [headers, secure] of rows) {
    assert.equal(await isSecure(headers), secure, JSON.stringify(headers));
  }
  for (const headers of [{ 'x-forwarded-proto': 'https' }, { forwarded: 'proto=https' }]) {
    assert.equal(await isSecure(headers, STRANGER), false, JSON.stringify(headers));
  }
});

test('our own page is known by the host that it asked the proxy for', async () => {
  const jar = await cookie();
  const ours = { cookie: jar, origin: 'https://rota.example' };
  const good = [
    { 'x-forwarded-host': 'rota.example' },
    { 'x-forwarded-host': 'Rota.example:443' },
    { 'x-forwarded-host': 'rota.example', 'x-forwarded-proto': 'https' },
    { 'x-forwarded-host': 'evil.example, rota.example' },
    { forwarded: 'for=198.51.100.7;host=rota.example;proto=https' },
    { forwarded: 'host="rota.example:443"' },
  ];
  for (const headers of good) assert.equal((await publish({ ...ours, ...headers })).status, 200, JSON.stringify(headers));
  const bad = [
    {},
    { 'x-forwarded-host': 'evil.example' },
    { 'x-forwarded-host': 'rota.example, evil.example' },
    { 'x-forwarded-host': 'rota.example:8443' },
    { 'x-forwarded-host': 'x@rota.example' },
    { forwarded: 'host=rota.example, host=evil.example' },
  ];
  for (const headers of bad) assert.equal((await publish({ ...ours, ...headers })).status, 403, JSON.stringify(headers));
  const plain = { ...ours, origin: 'http://rota.example', 'x-forwarded-host': 'rota.example' };
  assert.equal((await publish(plain)).status, 200);
  assert.equal((await publish({ ...plain, 'x-forwarded-proto': 'https' })).status, 403, 'a page without TLS is not ours');
  assert.equal((await publish({ ...ours, 'x-forwarded-host': 'rota.example' }, { from: STRANGER })).status, 403);
});

test('a page opens a socket by its cookie through a proxy that replaces Host', async () => {
  const headers = { cookie: await cookie(), 'x-forwarded-for': '198.51.100.20', 'x-forwarded-host': 'rota.example' };
  const client = server.open({ headers, origin: 'https://rota.example' });
  assert.equal((await client.nextJson()).event_type, 'connection_ack');
});

// --- events

test('an event says from which address it was published', async () => {
  const receiver = await new Receiver().start();
  const { hook, accepted, remove } = operatorOf(server, () => receiver);
  try {
    const name = await hook({ types: ['AssignmentCreated'] });
    const rows = [
      [{ 'x-forwarded-for': '1.2.3.4, 198.51.100.7' }, undefined, '198.51.100.7'],
      [{ forwarded: 'for="[2001:db8::1]:80"' }, undefined, '2001:db8::1'],
      [{ 'x-forwarded-for': '198.51.100.7' }, STRANGER, STRANGER],
      [{}, undefined, '127.0.0.1'],
    ];
    for (const [headers, from, address] of rows) {
      const event = numberedEvent(randomUUID(), 1);
      const answer = await send(server, '/api/v1/events', {
        method: 'POST', body: event, from, headers: { 'x-api-key': server.apiKey, ...headers },
      });
      assert.equal(answer.status, 200, answer.text);
      await accepted(rows.findIndex((row) => row[0] === headers) + 1);
      assert.equal(receiver.accepted.at(-1).body.event.metadata.ip_address, address);
    }
    await remove(name);
  } finally {
    await receiver.kill();
  }
});

// --- configuration and log

const lines = (where, pattern) => where.output.split('\n').filter((line) => pattern.test(line));

test('headers that contradict each other are told once, and without what they say', async () => {
  for (let request = 0; request < 3; ++request) {
    const headers = { forwarded: 'for=198.51.100.77', 'x-forwarded-for': '198.51.100.78' };
    await send(server, '/ws/health', { headers });
  }
  const told = lines(server, /contradict/);
  assert.equal(told.length, 1, told.join('\n'));
  assert.match(told[0], /warning.* proxy at 127\.0\.0\.1 .*proxy_headers/);
  assert.doesNotMatch(server.output, /198\.51\.100\.7[78]/);
});

test('only the headers count that the proxies write', async () => {
  for (const [kind, counts] of [['forwarded', 'forwarded'], ['x_forwarded', 'x-forwarded-for']]) {
    const one = await startServer({ users: { ada: 'resident' }, settings: { trusted_proxies: '127.0.0.0/8', proxy_headers: kind, ...ONE_ATTEMPT } });
    try {
      const headers = (address, other) => counts === 'forwarded'
        ? { forwarded: `for=${address}`, 'x-forwarded-for': other } : { forwarded: `for=${other}`, 'x-forwarded-for': address };
      for (let attempt = 0; attempt < 3; ++attempt) {
        await login(one, 'ada', { password: 'wrong', headers: headers('198.51.100.7', `203.0.113.${attempt}`) });
      }
      assert.equal((await login(one, 'ada', { headers: headers('198.51.100.7', '203.0.113.50') })).status, 429, kind);
      assert.equal((await login(one, 'ada', { headers: headers('198.51.100.8', '198.51.100.7') })).status, 200, kind);
      assert.deepEqual(lines(one, /contradict|trusted_proxies/), []);
    } finally {
      await one.stop();
    }
  }
});

test('a trusted proxy that writes only headers that do not count is told once', async () => {
  const rows = [
    ['forwarded', { 'x-forwarded-for': '198.51.100.7' }, /warning.* proxy at 127\.0\.0\.1 has X-Forwarded-For and no Forwarded.*set proxy_headers to x_forwarded/],
    ['x_forwarded', { forwarded: 'for=198.51.100.7' }, /warning.* proxy at 127\.0\.0\.1 has Forwarded and no X-Forwarded-For.*set proxy_headers to forwarded/],
  ];
  for (const [kind, headers, words] of rows) {
    const one = await startServer({ settings: { trusted_proxies: '127.0.0.0/8', proxy_headers: kind } });
    try {
      await send(one, '/ws/health');
      assert.deepEqual(lines(one, /proxy_headers/), []);
      for (let request = 0; request < 3; ++request) await send(one, '/ws/health', { headers });
      const told = lines(one, /proxy_headers/);
      assert.equal(told.length, 1, told.join('\n'));
      assert.match(told[0], words);
    } finally {
      await one.stop();
    }
  }
});

test('a proxy that is not listed is told once, and by nothing else', async () => {
  const unlisted = await startServer({ users: { ada: 'resident' }, settings: ONE_ATTEMPT });
  try {
    await send(unlisted, '/ws/health');
    assert.deepEqual(lines(unlisted, /trusted_proxies/), []);
    for (let request = 0; request < 3; ++request) {
      await send(unlisted, '/ws/health', { headers: { 'x-forwarded-for': `198.51.100.${request}` } });
      await send(unlisted, '/ws/health', { headers: { forwarded: 'for=198.51.100.9' }, from: STRANGER });
    }
    const told = lines(unlisted, /trusted_proxies/);
    assert.equal(told.length, 2, told.join('\n'));
    assert.match(told[0], /warning.* from 127\.0\.0\.1 .*list it in trusted_proxies/);
    assert.match(told[1], /warning.* from 127\.0\.0\.2 .*list it in trusted_proxies/);
    for (let last = 10; last < 40; ++last) {
      await send(unlisted, '/ws/health', { headers: { forwarded: 'for=198.51.100.9' }, from: `127.0.0.${last}` });
    }
    assert.equal(lines(unlisted, /trusted_proxies/).length, 16, 'no more than so many');
    assert.doesNotMatch(unlisted.output, /198\.51\.100/);
    for (let attempt = 0; attempt < 3; ++attempt) {
      await login(unlisted, 'ada', { password: 'wrong', headers: { 'x-forwarded-for': `198.51.100.${attempt}` } });
    }
    const right = await login(unlisted, 'ada', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    assert.equal(right.status, 429, 'all share one limit');
  } finally {
    await unlisted.stop();
  }
});

test('what is no address and no block is refused before the start, with its place', async () => {
  const secret = ['--jwt-secret-file', server.file('secret')];
  for (const wrong of ['localhost', '10.0.0.1/8', '10.0.0.0/33', 'fd00::/129', '*', '10.0.0.0-10.0.0.9', '127.0.0.1:80']) {
    for (const command of [['check-config'], ['serve', '--listen', '127.0.0.1:0', '--database', server.file('other.db')]]) {
      const { code, stderr } = await run([...command, ...secret, '--trusted-proxies', `10.0.0.0/8,${wrong}`]);
      assert.equal(code, 2, wrong);
      const words = wrong === '10.0.0.1/8'
        ? 'is no CIDR block: host bits are set; write 10.0.0.0/8' : 'is no address and no CIDR block such as 10.1.0.0/16';
      assert.ok(stderr.includes(`trusted_proxies: block 2, ${wrong} ${words}`), stderr);
    }
  }
  const kind = await run(['check-config', ...secret, '--proxy-headers', 'x-real-ip']);
  assert.equal(kind.code, 2);
  assert.match(kind.stderr, /proxy_headers .*must be both, forwarded or x_forwarded/);
  const good = await run(['check-config', ...secret, '--trusted-proxies', '127.0.0.1, 10.0.0.0/8, fd00::/8, ::1']);
  assert.equal(good.code, 0, good.stderr);
  assert.match(good.stdout, /^trusted_proxies = \['127\.0\.0\.1', '10\.0\.0\.0\/8', 'fd00::\/8', '::1'\]/m);
});
