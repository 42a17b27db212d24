// Debian's Prometheus scrapes a server under load with the files of deploy/prometheus: the rules are
// valid, each alert fires and clears, and every query of the dashboard returns data.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { requestStream, streamUrl } from './support/event_stream.mjs';
import { runTool, scrape, writeScrapeToken } from './support/metrics.mjs';
import { eventually, withPatience } from './support/process.mjs';
import { Server } from './support/server.mjs';
import { numberedEvent } from './support/v1.mjs';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
const deployed = path.join(root, 'deploy/prometheus');
const rules = fs.readFileSync(path.join(deployed, 'rotacast.rules.yml'), 'utf8');
const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rotacast-prometheus-'));
const token = 'a token that only the scraper has';

const server = new Server('open', { 'metrics.token_file': '', 'websocket.send_queue_bytes': 65_536 });
server.settings['metrics.token_file'] = server.file('scrape.token');
writeScrapeToken(server.settings['metrics.token_file'], token);
await server.addUser('admin', 'admin');
server.apiKey = await server.addKey('suite');
await server.start();
let prometheus;
after(async () => {
  if (prometheus && prometheus.exitCode === null) {
    const exited = new Promise((resolve) => prometheus.once('exit', resolve));
    prometheus.kill('SIGTERM');
    await withPatience(exited, 'the end of Prometheus');
  }
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

const freePort = () => new Promise((resolve, reject) => {
  const probe = net.createServer().once('error', reject);
  probe.listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

/** The deployed configuration, but for the server's address, the token's file and the interval. */
function configure() {
  const config = fs.readFileSync(path.join(deployed, 'prometheus.yml'), 'utf8')
    .replaceAll('15s', '200ms')
    .replace('127.0.0.1:9464', new URL(server.url).host);
  fs.writeFileSync(path.join(folder, 'prometheus.yml'), config);
  fs.writeFileSync(path.join(folder, 'rotacast.token'), `${token}\n`, { mode: 0o600 });
  fs.writeFileSync(path.join(folder, 'rotacast.rules.yml'), rules);
}

/** Starts Prometheus; returns its address. */
async function startPrometheus() {
  configure();
  const address = `127.0.0.1:${await freePort()}`;
  prometheus = spawn('prometheus', [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=${address}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  prometheus.stderr.on('data', (chunk) => (said = (said + chunk).slice(-4_000)));
  const failed = new Promise((_, reject) => {
    prometheus.once('error', reject);
    prometheus.once('exit', (code) => reject(new Error(`prometheus ended with ${code}: ${said}`)));
  });
  failed.catch(() => {});
  const ready = eventually(async () => assert.equal((await fetch(`http://${address}/-/ready`)).status, 200));
  await Promise.race([ready, failed]);
  return address;
}

async function ask(address, route, parameters = {}) {
  const url = new URL(`http://${address}/api/v1/${route}`);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const response = await fetch(url);
  const { status, data, error } = await response.json();
  assert.equal(status, 'success', `${parameters.query}: ${error}`);
  return data;
}

/** A little of everything that the dashboard shows. */
async function load() {
  const authorization = `Bearer ${await server.token('admin')}`;
  const client = await server.connect('admin');
  await server.open({ query: { token: 'nonsense' } }).serverClosed();
  const { stream } = await requestStream(streamUrl(server, { cursor: 'elsewhere.3' }), { headers: { authorization } });
  for (let i = 0; i < 5; ++i) {
    await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'green', message: `load ${i}` });
    await client.next();
  }
  const handled = numberedEvent(randomUUID(), 1); // assignment_created_handler has it
  assert.equal((await server.post('/api/v1/events', handled, { 'x-api-key': server.apiKey })).status, 200);
  await stream.close();
  client.socket.terminate();
}

test('the rules are valid, and each alert fires and clears', async () => {
  for (const args of [['check', 'rules', 'rotacast.rules.yml'], ['test', 'rules', 'rotacast.rules.test.yml']]) {
    const { code, output } = await runTool('promtool', args, { cwd: deployed });
    assert.equal(code, 0, output);
  }
  const tested = fs.readFileSync(path.join(deployed, 'rotacast.rules.test.yml'), 'utf8');
  assert.ok(alerts.length > 10);
  for (const name of alerts) {
    const [fires, clears] = tested.split(`- alertname: ${name}\n`).slice(1);
    assert.match(fires ?? '', /^ +eval_time: \S+\n +exp_alerts:\n +- exp_labels:/, `${name} fires`);
    assert.match(clears ?? '', /^ +eval_time: \S+\n +exp_alerts: \[\]/, `${name} clears`);
  }
});

test('each alert has a section of the operations guide, to which it points', () => {
  const guide = fs.readFileSync(path.join(root, 'docs/operations.md'), 'utf8');
  const sections = [...guide.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
  assert.deepEqual(sections, alerts);
  for (const name of alerts) assert.ok(rules.includes(`runbook: docs/operations.md#${name.toLowerCase()}`), name);
});

test('the rules and the dashboard ask for metrics that the server has', async () => {
  const described = fs.readFileSync(path.join(root, 'contract/metrics.md'), 'utf8');
  const known = new Set([...described.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name));
  const dashboard = fs.readFileSync(path.join(deployed, 'dashboard.json'), 'utf8');
  const asked = [...`${rules}${dashboard}`.matchAll(/(?<!:)\brotacast_\w+/g)].map(([name]) => name);
  assert.ok(asked.length > 40);
  for (const name of asked) assert.ok(known.has(name.replace(/_bucket$/, '')), name);
});

test('Prometheus scrapes the server under load, and every query of the dashboard returns data', async () => {
  await load();
  const address = await startPrometheus();
  const up = async () => (await ask(address, 'query', { query: 'up{job="rotacast"}' })).result[0]?.value[1];
  await eventually(async () => assert.equal(await up(), '1'));
  const { groups } = await ask(address, 'rules');
  assert.deepEqual(groups.flatMap((group) => group.rules).filter((rule) => rule.type === 'alerting').map(({ name }) => name), alerts);

  const { panels } = JSON.parse(fs.readFileSync(path.join(deployed, 'dashboard.json'), 'utf8'));
  const queries = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));
  assert.ok(queries.length > 30);
  for (const { title, expr } of queries) {
    const query = expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.+');
    await eventually(async () => {
      const { result } = await ask(address, 'query', { query });
      if (result.some(({ value }) => Number.isFinite(Number(value[1])))) return;
      await load();
      assert.fail(`${title}: ${query}: ${JSON.stringify(result)}`);
    });
  }
});

test('no token, key or person is in the metrics', async () => {
  const text = await scrape(new URL('/metrics', server.url), token);
  for (const secret of [token, server.apiKey, server.secret, await server.token('admin'), server.user('admin').id])
    assert.ok(!text.includes(secret));
});
