// SIGHUP reloads the configuration: reloadable settings change for open connections, and no
// connection is closed.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { Client } from './support/client.mjs';
import { eventually, launch, run, withPatience } from './support/process.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rotacast-reload-'));
const file = (name) => path.join(folder, name);
const config = file('rotacast.toml');
const database = file('rotacast.db');

function writeConfig({ policy = 'strict', subscriptions = 256, level = 'info' } = {}) {
  fs.writeFileSync(config, [
    `database = "${database}"`, `jwt_secret_file = "${file('secret')}"`, `policy = "${policy}"`, `log_level = "${level}"`,
    '[websocket]', `max_subscriptions = ${subscriptions}`, '',
  ].join('\n'));
}
const writeSecret = (text) => fs.writeFileSync(file('secret'), `${text}\n`, { mode: 0o600 });

async function must(...args) {
  const { code, stdout, stderr } = await run(args, { cwd: folder });
  assert.equal(code, 0, stderr);
  return stdout.trim();
}
const newToken = () => must('token', 'rn', '--config', config);

writeSecret('the first secret, which is long enough');
writeConfig();
fs.writeFileSync(file('password'), 'a good password\n', { mode: 0o600 });
await must('user', 'add', 'rn', '--role', 'rn', '--password-file', file('password'), '--database', database);
const server = await launch(['serve', '--listen', '127.0.0.1:0', '--config', config], { cwd: folder });
after(async () => {
  server.child.kill('SIGTERM');
  await withPatience(server.exited, 'the end of the server');
  fs.rmSync(folder, { recursive: true, force: true });
});

const reports = [];
createInterface({ input: server.child.stderr }).on('line', (line) => {
  if (line.includes('the configuration was')) reports.push(line);
});
async function reload(wanted = 'reloaded') {
  server.child.kill('SIGHUP');
  await eventually(() => assert.ok(reports.length > 0));
  assert.match(reports.shift(), new RegExp(`the configuration was ${wanted}`));
}

async function connect(token) {
  const url = server.url.replace('http', 'ws');
  const client = new Client(`${url}/ws`, { protocols: ['rotacast.v1', `bearer.${token}`] });
  assert.equal((await client.nextJson()).event_type, 'connection_ack');
  return client;
}
async function ask(client, command) {
  client.send(command);
  return client.nextJson();
}
const subscribe = (persons) => ({ action: 'subscribe', persons });

test('policy and limits change for open connections', async () => {
  const client = await connect(await newToken());
  const otherPerson = randomUUID();
  assert.equal((await ask(client, subscribe([otherPerson]))).code, 1300);
  writeConfig({ policy: 'open', subscriptions: 2 });
  await reload();
  assert.equal((await ask(client, subscribe([otherPerson]))).event_type, 'ack');
  assert.equal((await ask(client, subscribe([randomUUID(), randomUUID()]))).code, 1101);
  writeConfig();
  await reload();
  assert.equal((await ask(client, subscribe([randomUUID()]))).code, 1300);
  client.close();
});

test('the log names what was changed, and what waits for a restart', async () => {
  writeConfig({ policy: 'open' });
  fs.writeFileSync(config, `allowed_origins = ["https://app.example"]\n${fs.readFileSync(config, 'utf8')}ping_interval_s = 30\n`);
  server.child.kill('SIGHUP');
  await eventually(() => assert.match(
    server.stderr(), /read only at the start: allowed_origins, websocket\.ping_interval_s; restart to apply/));
  assert.match(reports.shift(), /the configuration was reloaded \(changed: policy\)/);
  const client = new Client(`${server.url.replace('http', 'ws')}/ws`, { protocols: ['rotacast.v1', `bearer.${await newToken()}`] });
  assert.equal((await client.nextJson()).ping_interval_ms, 20_000, 'what the connection has');
  client.close();
  writeConfig();
  await reload();
});

test('a new secret signs new tokens; those of the old one remain valid until they expire', async () => {
  const old = await newToken();
  const client = await connect(old);
  writeSecret('the second secret, which is long enough');
  server.child.kill('SIGHUP');
  await eventually(() => assert.match(server.stderr(), /the secret changed; the former one is accepted until \d{4}-\S+Z, or until the secret changes once more/));
  assert.match(reports.shift(), /the configuration was reloaded \(changed: the secret\)/);
  const fresh = await newToken();
  const another = await connect(fresh);
  const returned = await connect(old);
  assert.equal((await ask(client, { action: 'ping', id: 1 })).event_type, 'pong');
  assert.equal((await ask(client, { action: 'refresh_token', token: fresh })).event_type, 'ack');
  for (const open of [client, another, returned]) open.close();
});

test('the secret before the former one is accepted no more', async () => {
  const leaked = await newToken();
  for (const text of ['the third secret, which is long enough', 'the fourth secret, which is long enough']) {
    writeSecret(text);
    await reload('reloaded \\(changed: the secret\\)');
  }
  const client = new Client(`${server.url.replace('http', 'ws')}/ws`, { protocols: ['rotacast.v1', `bearer.${leaked}`] });
  assert.equal((await client.serverClosed()).code, 4401);
  await reload('reloaded \\(changed: nothing\\)');
});

test('an invalid configuration changes nothing and closes nothing', async () => {
  const client = await connect(await newToken());
  fs.appendFileSync(config, 'nonsense = 1\n');
  await reload('not reloaded');
  assert.equal((await ask(client, { action: 'ping' })).event_type, 'pong');
  writeConfig();
  await reload();
  client.close();
});

test('a thousand reloads under load close no connection, and every event arrives', async () => {
  const token = await newToken();
  const key = await must('key', 'add', 'load', '--database', database);
  const clients = await Promise.all(Array.from({ length: 20 }, () => connect(token)));
  for (const client of clients) assert.equal((await ask(client, { action: 'subscribe' })).event_type, 'ack');
  const publish = async (message) => {
    const answer = await fetch(`${server.url}/api/v1/broadcast/schedule_updated`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: JSON.stringify({ update_type: 'modified', message }),
    });
    assert.equal(answer.status, 200);
  };
  const rounds = 1000;
  for (let round = 0; round < rounds; ++round) {
    await Promise.all([reload(), publish(`${round}`)]);
    const seen = await Promise.all(clients.map((client) => client.nextJson()));
    for (const event of seen) assert.deepEqual([event.event_type, event.message], ['schedule_updated', `${round}`]);
  }
  for (const client of clients) {
    assert.equal((await ask(client, { action: 'ping' })).event_type, 'pong');
    client.close();
  }
});
