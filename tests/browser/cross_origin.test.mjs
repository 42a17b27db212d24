// Pages of other origins in a real browser: an allowed one logs in, asks, follows events by event
// stream and WebSocket, and comes back after a cut and after a reload; a foreign one gets nothing.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import { after, test } from 'node:test';
import { PATIENCE_MS } from '../integration/support/process.mjs';
import { startServer } from '../integration/support/server.mjs';

// The packages are installed only in the integration suite.
const { chromium } = createRequire(new URL('../integration/package.json', import.meta.url))('playwright-core');

const HTML = `<!doctype html><title>A page</title><script type="module">
  /** Reads a response until a text has come; returns all that has come. */
  window.readUntil = async (response, wanted) => {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ''; ;) {
      const { done, value } = await reader.read();
      if (!done) text += value;
      if (done || text.includes(wanted)) return reader.cancel().then(() => text, () => text);
    }
  };
  window.post = (url, body, init = {}) => fetch(url, {
    ...init, method: 'POST', headers: { 'content-type': 'application/json', ...init.headers }, body: JSON.stringify(body),
  });
  window.seen = [];
  document.body.dataset.ready = 'yes';
</script><body>`;

async function servePage(host) {
  const pages = http.createServer((request, response) => response.setHeader('content-type', 'text/html').end(HTML));
  pages.listen(0, '127.0.0.1');
  await once(pages, 'listening');
  return { origin: `http://${host}:${pages.address().port}`, stop: () => pages.close() };
}

/** Passes bytes on to the server; cut() breaks all connections. */
async function startRelay(target) {
  const { hostname, port } = new URL(target);
  const sockets = new Set();
  const relay = net.createServer((near) => {
    const far = net.connect(Number(port), hostname);
    for (const [from, to] of [[near, far], [far, near]]) {
      sockets.add(from);
      from.on('error', () => {}); // followed by 'close'
      from.once('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const cut = () => sockets.forEach((socket) => socket.resetAndDestroy());
  return { url: `http://127.0.0.1:${relay.address().port}`, cut, stop: () => { cut(); relay.close(); } };
}

// Sites are compared without ports, so the second is a page of another site.
const [sameSite, otherSite, foreign] = await Promise.all([servePage('127.0.0.1'), servePage('localhost'), servePage('127.0.0.1')]);
const server = await startServer({
  users: { coordinator: 'coordinator', resident: 'resident', admin: 'admin' },
  settings: { allowed_origins: `${sameSite.origin},${otherSite.origin}`, 'login.attempts': 100 },
});
const relay = await startRelay(server.url);
let browser;
after(async () => {
  await browser?.close();
  relay.stop();
  await server.stop();
  for (const page of [sameSite, otherSite, foreign]) page.stop();
});

browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});

/** A page in a browser profile of its own, or in that of another page. */
async function openPage({ origin }, context) {
  const page = await (context ?? await browser.newContext()).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()));
  await page.goto(origin);
  await page.waitForSelector('body[data-ready]', { state: 'attached' });
  return page;
}

async function close(page) {
  assert.deepEqual(page.problems, []);
  await page.context().close();
}

/** Logs in from the page; returns the answer's body. `credentials: 'include'` keeps the cookies. */
const logIn = (page, name, more = {}, credentials = 'omit') => {
  const { password } = server.user(name);
  return page.evaluate(
    async ([url, body, init]) => (await post(url, body, init)).json(),
    [`${relay.url}/api/auth/login/json`, { username: name, password, ...more }, { credentials }],
  );
};

const newAlert = async () => {
  const message = `Seen across origins ${randomUUID()}`;
  await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'orange', message });
  return message;
};

const sees = (page, message) => page.waitForFunction((text) => seen.some((one) => one.includes(text)), message);

for (const [what, origin] of [['of the same site', sameSite], ['of another site', otherSite]]) {
  test(`an allowed page ${what} logs in, asks and reads a stream with the token in a header`, async () => {
    const page = await openPage(origin);
    const { access_token, token_type, expires_in } = await logIn(page, 'coordinator');
    assert.deepEqual([token_type, expires_in], ['bearer', 900]);
    const authorization = `Bearer ${access_token}`;
    const asked = await page.evaluate(async ([url, headers]) => {
      const response = await post(`${url}/graphql`, { query: '{ viewer { username } }' }, { headers });
      return { body: await response.json(), id: response.headers.get('x-request-id') };
    }, [relay.url, { authorization, 'x-request-id': 'from-a-page', 'apollographql-client-name': 'page' }]);
    assert.deepEqual(asked, { body: { data: { viewer: { username: 'coordinator' } } }, id: 'from-a-page' });

    const { cursor } = (await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'green', message: 'before' })).events[0];
    const message = await newAlert();
    for (const [url, init] of [
      ['/api/v1/events/stream', { headers: { authorization, 'last-event-id': cursor } }],
      ['/graphql', {
        method: 'POST', headers: { authorization, accept: 'text/event-stream', 'content-type': 'application/json' },
        body: JSON.stringify({ query: `subscription { resilienceAlerts(after: "${cursor}") { message } }` }),
      }],
    ]) {
      const text = await page.evaluate(async ([to, how, end]) => readUntil(await fetch(to, how), end), [relay.url + url, init, message]);
      assert.ok(text.includes(message), text);
    }
    await close(page);
  });
}

test('an allowed page reads why it was refused', async () => {
  const page = await openPage(sameSite);
  const refused = await page.evaluate(async (url) => {
    const response = await fetch(`${url}/api/v1/presence`);
    return { status: response.status, name: (await response.json()).error.name, scheme: response.headers.get('www-authenticate') };
  }, relay.url);
  assert.deepEqual(refused, { status: 401, name: 'unauthenticated', scheme: 'Bearer' });
  assert.equal(page.problems.length, 1, 'the browser reports the 401 itself');
  await page.context().close();
});

test('EventSource with the cookie comes back by itself after a cut, and nothing is lost', async () => {
  const page = await openPage(sameSite);
  await logIn(page, 'coordinator', {}, 'include');
  const open = page.evaluate((url) => new Promise((resolve) => {
    window.source = new EventSource(`${url}/api/v1/events/stream`, { withCredentials: true });
    for (const type of ['resilience_alert', 'gap']) source.addEventListener(type, ({ data }) => seen.push(data));
    source.addEventListener('ack', resolve, { once: true });
  }), relay.url);
  await open;
  await sees(page, await newAlert());
  relay.cut();
  await sees(page, await newAlert());
  const all = await page.evaluate(() => {
    source.close();
    return seen.length;
  });
  assert.equal(all, 2, 'each event once, and no gap');
  page.problems = page.problems.filter((text) => !text.includes('net::ERR_')); // the cut itself
  await close(page);
});

test('EventSource of our own page needs nothing but the cookie', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${relay.url}/health/live`);
  const { password } = server.user('resident');
  const first = await page.evaluate(async (body) => {
    await fetch('/api/auth/login/json', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return new Promise((resolve) => {
      const source = new EventSource('/api/v1/events/stream');
      source.addEventListener('ack', () => resolve('ack'));
      source.onerror = () => resolve('error');
    });
  }, JSON.stringify({ username: 'resident', password }));
  assert.equal(first, 'ack');
  await page.context().close();
});

test('a WebSocket with the token or the cookie comes back after a cut with what was missed', async () => {
  const page = await openPage(sameSite);
  const { access_token } = await logIn(page, 'coordinator', {}, 'include');
  const talk = (protocols, first) => page.evaluate(([url, names, command]) => new Promise((resolve, reject) => {
    window.socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, names);
    window.over = new Promise((done) => socket.addEventListener('close', ({ code }) => done(code)));
    socket.onerror = () => reject(new Error('the socket failed'));
    socket.onopen = () => socket.send(JSON.stringify(command));
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      seen.push(data);
      if (message.event_type === 'ack' || message.event_type === 'resumed') {
        socket.onerror = null;
        resolve(message);
      }
      if (message.cursor) window.cursor = message.cursor;
    };
  }), [relay.url, protocols, first]);

  for (const protocols of [['rotacast.v1', `bearer.${access_token}`], ['rotacast.v1']]) {
    await talk(protocols, { action: 'subscribe' });
    await sees(page, await newAlert());
    relay.cut();
    assert.equal(await page.evaluate(() => over), 1006);
    const missed = await newAlert();
    const cursor = await page.evaluate(() => window.cursor);
    const resumed = await talk(protocols, { action: 'resume', cursor });
    assert.deepEqual([resumed.recovered, resumed.replayed], [true, 1]);
    await sees(page, missed);
    await page.evaluate(() => socket.close());
  }
  await close(page);
});

test('a page survives a reload by a cookie that it cannot read, until the user logs out', async () => {
  const page = await openPage(sameSite);
  const first = await logIn(page, 'coordinator', { refresh_cookie: true }, 'include');
  assert.equal(first.refresh_token, undefined);
  const refresh = () => page.evaluate(async (url) => {
    const response = await fetch(`${url}/api/auth/refresh`, { method: 'POST', credentials: 'include' });
    return { status: response.status, body: await response.json() };
  }, relay.url);
  let token = first.access_token;
  for (let round = 0; round < 2; ++round) {
    await page.reload();
    await page.waitForSelector('body[data-ready]', { state: 'attached' });
    assert.equal(await page.evaluate(() => document.cookie), '');
    const { status, body } = await refresh();
    assert.equal(status, 200);
    assert.notEqual(body.access_token, token);
    token = body.access_token;
  }
  const jar = await page.context().cookies();
  assert.deepEqual(
    jar.map(({ name, path, httpOnly, sameSite: mode }) => [name, path, httpOnly, mode]).sort(),
    [['access_token', '/', true, 'Lax'], ['refresh_token', '/api/auth', true, 'Strict']],
  );
  const out = await page.evaluate(async ([url, authorization]) =>
    (await fetch(`${url}/api/auth/logout`, { method: 'POST', credentials: 'include', headers: { authorization } })).status, [relay.url, `Bearer ${token}`]);
  assert.equal(out, 200);
  assert.deepEqual(await page.context().cookies(), []);
  assert.deepEqual(page.problems, []);
  assert.equal((await refresh()).status, 401);
  await page.context().close();
});

test('an allowed page of another site gets its refresh token in the body, for the browser would drop the cookie', async () => {
  const page = await openPage(otherSite);
  const { refresh_token } = await logIn(page, 'coordinator', { refresh_cookie: true }, 'include');
  assert.ok(refresh_token);
  const renewed = await page.evaluate(
    async ([url, body]) => (await post(`${url}/api/auth/refresh`, body)).status, [relay.url, { refresh_token }]);
  assert.equal(renewed, 200);
  assert.deepEqual(await page.context().cookies(), []);
  await close(page);
});

test('a foreign page gets nothing, with the user\'s cookies neither', async () => {
  // The user is logged in, in the same browser.
  const own = await openPage(sameSite);
  await logIn(own, 'coordinator', { refresh_cookie: true }, 'include');
  const page = await openPage(foreign, own.context());
  const watcher = await server.connect('admin');
  const { password } = server.user('coordinator');
  const outcomes = await page.evaluate(async ([url, credentials]) => {
    const outcome = (promise) => promise.then((response) => response.status, (error) => error.name);
    const withCookie = { credentials: 'include' };
    const json = JSON.stringify({ alert_type: 'n1_failure', severity: 'red', message: 'forged' });
    const blind = (path, body) => fetch(url + path, { method: 'POST', mode: 'no-cors', body, ...withCookie });
    return {
      login: await outcome(post(`${url}/api/auth/login/json`, credentials)),
      query: await outcome(post(`${url}/graphql`, { query: '{ viewer { username } }' }, withCookie)),
      presence: await outcome(fetch(`${url}/api/v1/presence`, withCookie)),
      refresh: await outcome(fetch(`${url}/api/auth/refresh`, { method: 'POST', ...withCookie })),
      stream: await new Promise((resolve) => {
        const source = new EventSource(`${url}/api/v1/events/stream`, withCookie);
        source.onopen = () => resolve('open');
        source.onerror = () => resolve(source.readyState === EventSource.CLOSED ? 'refused' : 'cut');
      }),
      socket: await new Promise((resolve) => {
        const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
        socket.onmessage = () => resolve('heard');
        socket.onclose = ({ code, reason }) => resolve(`${code} ${reason}`);
      }),
      // The browser sends these with the cookies, and shows the page no answer.
      forged: await outcome(blind('/api/v1/broadcast/resilience_alert', json)),
      logout: await outcome(blind('/api/auth/logout', '')),
    };
  }, [relay.url, { username: 'coordinator', password }]);
  assert.deepEqual(outcomes, {
    login: 'TypeError', query: 'TypeError', presence: 'TypeError', refresh: 'TypeError', stream: 'refused', socket: '1008 origin_refused',
    forged: 0, logout: 0,
  });
  await server.assertNothingElse(watcher);
  const still = await own.evaluate(async (url) => (await fetch(`${url}/api/auth/refresh`, { method: 'POST', credentials: 'include' })).status, relay.url);
  assert.equal(still, 200, 'the user is still logged in, and the refresh token was not used up');
  await own.context().close();
});

test('an allowed page subscribes by multipart', async () => {
  const page = await openPage(sameSite);
  const { access_token } = await logIn(page, 'coordinator');
  const { cursor } = (await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'green', message: 'before' })).events[0];
  const message = await newAlert();
  const got = await page.evaluate(async ([url, headers, query, end]) => {
    const response = await post(url, { query }, { headers });
    return { type: response.headers.get('content-type'), text: await readUntil(response, end) };
  }, [
    `${relay.url}/graphql`,
    { authorization: `Bearer ${access_token}`, accept: 'multipart/mixed;subscriptionSpec=1.0, application/json' },
    `subscription { resilienceAlerts(after: "${cursor}") { message } }`,
    message,
  ]);
  assert.match(got.type, /^multipart\/mixed/);
  assert.ok(got.text.includes(message), got.text);
  await close(page);
});
