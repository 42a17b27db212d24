// SIGHUP: the configuration is read again; what may change while connections live does, and nobody is dropped.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
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

const reloads = () => server.stderr().split('the configuration was').length - 1;
async function reload(wanted = 'read again') {
  const before = reloads();
  server.child.kill('SIGHUP');
  await eventually(() => assert.ok(reloads() > before));
  assert.match(server.stderr().split('the configuration was').at(-1), new RegExp(`^ ${wanted}`));
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

test('policy and limits change for connections that live', async () => {
  const client = await connect(await newToken());
  const stranger = randomUUID();
  assert.equal((await ask(client, subscribe([stranger]))).code, 1300);
  writeConfig({ policy: 'open', subscriptions: 2 });
  await reload();
  assert.equal((await ask(client, subscribe([stranger]))).event_type, 'ack');
  assert.equal((await ask(client, subscribe([randomUUID(), randomUUID()]))).code, 1101);
  writeConfig();
  await reload();
  assert.equal((await ask(client, subscribe([randomUUID()]))).code, 1300);
  client.close();
});

test('a new secret signs new tokens; those of the old one are good until they end', async () => {
  const old = await newToken();
  const client = await connect(old);
  writeSecret('the second secret, which is long enough');
  await reload();
  const fresh = await newToken();
  const another = await connect(fresh);
  const returned = await connect(old);
  assert.equal((await ask(client, { action: 'ping', id: 1 })).event_type, 'pong');
  assert.equal((await ask(client, { action: 'refresh_token', token: fresh })).event_type, 'ack');
  for (const open of [client, another, returned]) open.close();
});

test('a configuration that cannot be taken changes nothing and ends nothing', async () => {
  const client = await connect(await newToken());
  fs.appendFileSync(config, 'nonsense = 1\n');
  await reload('not taken');
  assert.equal((await ask(client, { action: 'ping' })).event_type, 'pong');
  writeConfig();
  await reload();
  client.close();
});

test('many reloads under load disconnect nobody', async () => {
  const token = await newToken();
  const clients = await Promise.all(Array.from({ length: 20 }, () => connect(token)));
  const rounds = 50;
  for (let round = 0; round < rounds; ++round) {
    server.child.kill('SIGHUP');
    const answers = await Promise.all(clients.map((client) => ask(client, { action: 'ping', id: round })));
    for (const answer of answers) assert.deepEqual([answer.event_type, answer.id], ['pong', round]);
  }
  for (const client of clients) client.close();
});
