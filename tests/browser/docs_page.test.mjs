// The page of the contract in a real browser: the three parts, a request by "Try it out", and
// nothing from other servers.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, test } from 'node:test';
import { PATIENCE_MS } from '../integration/support/process.mjs';
import { startServer } from '../integration/support/server.mjs';

// The packages are installed only in the integration suite.
const { chromium } = createRequire(new URL('../integration/package.json', import.meta.url))('playwright-core');

const [server, closed] = await Promise.all([
  startServer({ settings: { docs: 'on' } }),
  startServer({ settings: { docs: 'on', 'graphql.introspection': 'off' } }),
]);
let browser;
after(async () => {
  await browser?.close();
  await Promise.all([server.stop(), closed.stop()]);
});

browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});

/** Opens the page and records its requests and errors. */
async function openPage(of, fragment = '') {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(PATIENCE_MS);
  page.asked = [];
  page.problems = [];
  page.on('request', (request) => page.asked.push(request.url()));
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()));
  await page.goto(`${of.url}/docs${fragment}`);
  return page;
}

/** No other server was asked, nothing was refused by the page's policy, and nothing is stored. */
async function assertClean(page, of) {
  const here = new URL(of.url).host;
  for (const url of page.asked) assert.ok(/^(data|blob):/.test(url) || new URL(url).host === here, url);
  assert.deepEqual(page.problems, []);
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
}

async function screenshot(page, file) {
  const target = process.env.ROTACAST_SCREENSHOTS;
  if (!target) return;
  fs.mkdirSync(target, { recursive: true });
  await page.screenshot({ path: path.join(target, file) });
}

test('every endpoint is listed, and a request is tried out on this very server', async () => {
  const page = await openPage(server);
  await page.waitForSelector('.opblock');
  const { paths } = JSON.parse(fs.readFileSync(new URL('../../contract/openapi.json', import.meta.url), 'utf8'));
  const described = Object.values(paths).flatMap((methods) => Object.keys(methods)).length;
  assert.equal(await page.locator('.opblock').count(), described);
  await screenshot(page, 'docs-http.png');

  await page.click('#operations-Server-live');
  await page.click('#operations-Server-live .try-out__btn');
  const answered = page.waitForResponse(`${server.url}/health/live`);
  await page.click('#operations-Server-live .execute');
  assert.equal((await answered).status(), 200);
  await page.locator('#operations-Server-live .live-responses-table', { hasText: 'x-request-id' }).waitFor();
  await assertClean(page, server);
  await page.close();
});

test('a token given to the page is sent, and kept in its memory only', async () => {
  const page = await openPage(server);
  await page.click('.auth-wrapper .authorize');
  const token = await server.token('coordinator');
  const form = page.locator('.auth-container', { hasText: 'bearer' }).first();
  await form.locator('input').fill(token);
  await form.locator('button.authorize').click();
  await page.click('.btn-done');
  await page.click('#operations-Live-presence');
  await page.click('#operations-Live-presence .try-out__btn');
  const answered = page.waitForResponse(`${server.url}/api/v1/presence`);
  await page.click('#operations-Live-presence .execute');
  assert.equal((await answered).status(), 200);
  for (const url of page.asked) assert.ok(!url.includes(token), url);
  await assertClean(page, server);
  await page.close();
});

test('every message is listed with its members and an example', async () => {
  const page = await openPage(server);
  await page.click('button[data-part="websocket"]');
  const message = page.locator('details.message', { has: page.locator('summary code', { hasText: /^V1ScheduleUpdated$/ }) });
  await message.locator('summary').click();
  for (const text of ['update_type', 'uuid', '"schedule_updated"', 'cursor'])
    await message.getByText(text, { exact: true }).first().waitFor();
  assert.equal(JSON.parse(await message.locator('pre').textContent()).event_type, 'schedule_updated');
  const { components } = JSON.parse(fs.readFileSync(new URL('../../contract/asyncapi.json', import.meta.url), 'utf8'));
  assert.equal(await page.locator('details.message').count(), Object.keys(components.messages).length);
  await screenshot(page, 'docs-websocket.png');
  await assertClean(page, server);
  await page.close();
});

test('the URL names the part, and the schema of GraphQL is shown', async () => {
  const page = await openPage(server, '#graphql');
  await page.getByText('type Subscription {').waitFor();
  assert.equal(await page.locator('nav button[aria-current]').textContent(), 'GraphQL');
  assert.equal(await page.isVisible('#http'), false);
  await page.click('button[data-part="http"]');
  await page.waitForSelector('.opblock');
  await page.goBack();
  await page.getByText('type Subscription {').waitFor({ state: 'visible' });
  await assertClean(page, server);
  await page.close();
});

test('a server that does not show its schema says so', async () => {
  const page = await openPage(closed, '#graphql');
  await page.getByText('This server does not show its GraphQL schema').waitFor();
  await page.close();
});
