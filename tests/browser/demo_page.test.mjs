// The demo in a real browser: open the printed URL, log in, watch, and see events arrive.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { PATIENCE_MS, launch, withPatience } from '../integration/support/process.mjs';

// The packages are installed only in the integration suite.
const { chromium } = createRequire(new URL('../integration/package.json', import.meta.url))('playwright-core');

const CLIENT_EVENTS = [
  'schedule_updated', 'assignment_changed', 'swap_requested', 'swap_approved', 'conflict_detected', 'resilience_alert',
];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rotacast-browser-'));
const demo = await launch(['demo', '--listen', '127.0.0.1:0', '--database', path.join(folder, 'demo.db')], { cwd: folder });
let browser;
after(async () => {
  await browser?.close();
  demo.child.kill('SIGTERM');
  try {
    await withPatience(demo.exited, 'the end of the demo programme');
  } catch (error) {
    demo.child.kill('SIGKILL');
    throw error;
  }
  fs.rmSync(folder, { recursive: true, force: true });
});

browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});

const [, name, password] = await withPatience(demo.line(/^\s+coordinator\s+(\S+)\s+\/\s+(\S+)\s*$/), 'the printed login');

async function openPage() {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(PATIENCE_MS);
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(String(error)));
  await page.goto(`${demo.url}/`);
  return page;
}

async function logIn(page) {
  await page.fill('#username', name);
  await page.fill('#password', password);
  await page.click('#login');
  await page.waitForSelector('#watch-schedule', { state: 'visible' });
}

async function screenshot(page, file) {
  const target = process.env.ROTACAST_SCREENSHOTS;
  if (!target) return;
  fs.mkdirSync(target, { recursive: true });
  await page.screenshot({ path: path.join(target, file), fullPage: true });
}

test('a user logs in with a printed login, watches a schedule and sees its events', async () => {
  const page = await openPage();
  await logIn(page);
  await page.click('#watch-schedule');
  // At its own speed the story may take longer than a test's patience to come to three events that this user is shown.
  await page.$eval('#speed', (slider) => {
    slider.value = slider.max;
    slider.dispatchEvent(new Event('change'));
  });
  const few = await page.waitForFunction(() => document.querySelectorAll('#events li').length >= 3);
  await few.dispose();
  const types = await page.$$eval('#events li', (items) => items.map((item) => item.dataset.eventType));
  for (const type of types) assert.ok([...CLIENT_EVENTS, 'connection_ack'].includes(type), `data-event-type="${type}"`);
  assert.ok(types.some((type) => CLIENT_EVENTS.includes(type)));
  const texts = await page.$$eval('#events li', (items) => items.map((item) => item.textContent.trim()));
  for (const text of texts) assert.notEqual(text, '');
  await screenshot(page, 'demo-page.png');
  assert.deepEqual(page.problems, []);
  await page.close();
});

test('the page reports a wrong password, and nothing is watched', async () => {
  const page = await openPage();
  await screenshot(page, 'demo-login.png');
  await page.fill('#username', `${name}-not`);
  await page.fill('#password', 'certainly');
  const answer = page.waitForResponse((response) => response.url().includes('/auth/login'));
  await page.click('#login');
  assert.equal((await answer).status(), 401);
  assert.equal(await page.$$eval('#events li', (items) => items.length), 0);
  assert.deepEqual(page.problems, []);
  await page.close();
});

/** Opens a socket from a script in the page and returns how it ended. */
const endOfSocket = (page, query) =>
  page.evaluate(
    (suffix) =>
      new Promise((resolve) => {
        const frames = [];
        const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws${suffix}`);
        let opened = false;
        socket.onopen = () => (opened = true);
        socket.onmessage = ({ data }) => frames.push(data);
        socket.onclose = ({ code, reason, wasClean }) => resolve({ opened, code, reason, wasClean, frames });
      }),
    query,
  );

test('a script sees why its socket was closed', async () => {
  const page = await openPage();
  assert.deepEqual(await endOfSocket(page, '?token=certainly'), {
    opened: true, code: 1008, reason: 'token_invalid', wasClean: true, frames: [],
  });
  assert.deepEqual(await endOfSocket(page, ''), {
    opened: true, code: 1008, reason: 'token_missing', wasClean: true, frames: [],
  });
  await page.close();
});

test('a script that logs in speaks the classic protocol, with the token or with the cookie of the login', async () => {
  const page = await openPage();
  const seen = await page.evaluate(
    async ([username, secret]) => {
      const response = await fetch('/api/auth/login/json', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, password: secret }),
      });
      const { access_token } = await response.json();
      const talk = (suffix) =>
        new Promise((resolve) => {
          const frames = [];
          const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws${suffix}`);
          socket.onopen = () => socket.send('{"action":"ping"}');
          socket.onmessage = ({ data }) => {
            const { event_type } = JSON.parse(data);
            frames.push(event_type);
            if (event_type === 'pong') socket.close(1000, 'enough');
          };
          socket.onclose = ({ code, reason }) => resolve({ first: frames[0], last: frames.at(-1), code, reason });
        });
      return [await talk(`?token=${access_token}`), await talk('')];
    },
    [name, password],
  );
  for (const talk of seen) {
    assert.deepEqual(talk, { first: 'connection_ack', last: 'pong', code: 1000, reason: 'enough' });
  }
  await page.close();
});
