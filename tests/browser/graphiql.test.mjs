// GraphiQL in a real browser: log in, look at the schema, query, subscribe; and the messages to
// users who may not.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, test } from 'node:test';
import { PATIENCE_MS } from '../integration/support/process.mjs';
import { startServer } from '../integration/support/server.mjs';

// The packages are installed only in the integration suite.
const { chromium } = createRequire(new URL('../integration/package.json', import.meta.url))('playwright-core');

const server = await startServer({
  users: { coordinator: 'coordinator', resident: 'resident' },
  settings: { 'graphql.graphiql': 'on', 'graphql.introspection': 'operators' },
});
let browser;
after(async () => {
  await browser?.close();
  await server.stop();
});

browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});

/** Opens a page that records its requests and errors. */
async function openPage() {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(PATIENCE_MS);
  page.asked = [];
  page.problems = [];
  page.on('request', (request) => page.asked.push(request.url()));
  page.on('websocket', (socket) => page.asked.push(socket.url()));
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()));
  await page.clock.install();
  await page.goto(`${server.url}/graphiql`);
  return page;
}

const here = new URL(server.url).host;

/**
 * Asserts that there were no requests to other servers and no errors, and that no URL and no
 * storage contains a token or password.
 */
async function assertClean(page, ...secrets) {
  for (const url of page.asked) {
    assert.ok(url.startsWith('data:') || new URL(url).host === here, url);
    for (const secret of secrets) assert.ok(!url.includes(secret), url);
  }
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  for (const secret of secrets) assert.ok(!kept.includes(secret), kept);
  assert.ok(!kept.includes('eyJ'), 'the beginning of every token');
  assert.deepEqual(page.problems, []);
}

async function logIn(page, name) {
  await page.fill('#username', name);
  await page.fill('#password', server.user(name).password);
  await page.click('#login');
  await page.waitForSelector('#logout');
}

async function useToken(page, token) {
  await page.click('summary');
  await page.fill('#token', token);
  await page.click('#use-token');
}

/**
 * Replaces the editor's text and runs it once GraphiQL has parsed it: then its tab has the
 * operation's name.
 */
async function runOperation(page, text) {
  await page.click('.graphiql-query-editor .CodeMirror-lines');
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
  await page.locator('.graphiql-tab', { hasText: /^\w+ (\w+)/.exec(text)[1] }).waitFor();
  await page.keyboard.press('Control+Enter');
}

const resultShows = (page, text) => page.getByText(text).and(page.locator('.result-window *')).first().waitFor();

async function screenshot(page, file) {
  const target = process.env.ROTACAST_SCREENSHOTS;
  if (!target) return;
  fs.mkdirSync(target, { recursive: true });
  await page.screenshot({ path: path.join(target, file) });
}

test('a user logs in, finds a type in the documentation, sends a query and sees an event', async () => {
  const page = await openPage();
  await screenshot(page, 'graphiql-login.png');
  await logIn(page, 'coordinator');
  assert.match(await page.textContent('#who'), /coordinator/);

  await page.click('[aria-label="Show Documentation Explorer"]');
  await page.click('.graphiql-doc-explorer >> text=ResilienceNotification');
  await page.locator('.graphiql-doc-explorer').getByText('defenseLevel').waitFor();

  await runOperation(page, 'query Myself { viewer { username role } }');
  await resultShows(page, '"coordinator"');

  // With `after` it does not matter when the subscription starts.
  const alert = (message) => server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'orange', message });
  const { cursor } = (await alert('Not seen')).events[0];
  await runOperation(page, `subscription Alerts {\n resilienceAlerts(\n after: "${cursor}"\n ) { severity message }\n}`);
  const seeOne = async () => {
    const message = `Seen in GraphiQL ${randomUUID()}`;
    await alert(message);
    await resultShows(page, message);
  };
  await seeOne();
  // Later the token is refreshed, and the subscription continues on a socket with the new one.
  const refreshed = page.waitForResponse(`${server.url}/api/auth/refresh`);
  const socket = page.waitForEvent('websocket');
  await page.clock.fastForward('14:00');
  assert.equal((await refreshed).status(), 200);
  await socket;
  await seeOne();
  await screenshot(page, 'graphiql.png');
  await page.click('.graphiql-execute-button');

  // Dialogs would be the first to violate a policy without exceptions.
  for (const dialog of ['settings', 'short-keys']) {
    await page.click(`button[data-value="${dialog}"]`);
    await page.waitForSelector('.graphiql-dialog');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.graphiql-dialog', { state: 'detached' });
  }
  await assertClean(page, server.user('coordinator').password);

  await page.click('#logout');
  await page.waitForSelector('#username');
  // GraphiQL saves with a delay; the typed text must be deleted all the same.
  await page.clock.runFor(5_000);
  assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0);
  assert.equal(await page.textContent('#graphiql'), '');
  await page.close();
});

test('a user who is not shown the schema is told so and can still send queries', async () => {
  const page = await openPage();
  const token = await server.token('resident');
  await useToken(page, token);
  assert.match(await page.textContent('#schema-notice'), /does not show its schema to you/);
  await screenshot(page, 'graphiql-no-schema.png');
  await runOperation(page, 'query Myself { viewer { username } }');
  await resultShows(page, '"resident"');
  // Errors of an operation are part of the result, also over a socket.
  await runOperation(page, 'subscription Wrong { nothingOfTheKind }');
  await resultShows(page, /Cannot query field/);
  await assertClean(page, token);
  await page.close();
});

test('an invalid or revoked token leads back to the login, which gives the reason', async () => {
  const page = await openPage();
  await useToken(page, 'certainly');
  await page.getByText('That is no access token.').waitFor();
  const token = await server.token('resident');
  await page.fill('#token', `${token.slice(0, -6)}AAAAAA`);
  await page.click('#use-token');
  await page.getByText('The server did not accept your login; please log in again.').waitFor();
  await page.fill('#token', token);
  await page.click('#use-token');
  await page.waitForSelector('#logout');
  await runOperation(page, 'subscription Private { resilienceAlerts { message } }');
  await server.deactivate('resident');
  await page.getByText('Your account is not active. Please ask your coordinator.').waitFor();
  assert.equal(await page.isVisible('#graphiql'), false);

  // The next user in this tab does not see the typed text, even if the page was reloaded.
  await page.waitForFunction(() => JSON.stringify({ ...sessionStorage }).includes('subscription Private'));
  await page.reload();
  await logIn(page, 'coordinator');
  await page.locator('.graphiql-query-editor').getByText('tokenExpiresAt').waitFor();
  assert.doesNotMatch(await page.evaluate(() => JSON.stringify({ ...sessionStorage })), /Private/);
  await page.close();
});
