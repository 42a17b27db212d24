// Commands that talk to a server by https: --ca-file, and what they say when it does not work.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { makeCertificate } from './support/certificates.mjs';
import { run } from './support/process.mjs';
import { startServer } from './support/server.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rotacast-commands-'));
const file = (name) => path.join(folder, name);
const [certificate, key, other] = [file('certificate.pem'), file('key.pem'), file('other.pem')];
makeCertificate(certificate, key, { name: 'rota' });
makeCertificate(other, file('other.key'), { name: 'another' });

const server = await startServer({
  users: { admin: 'admin' }, settings: { 'tls.certificate_file': certificate, 'tls.key_file': key },
});
const plain = await startServer({ users: { admin: 'admin' } });
after(async () => {
  await Promise.all([server.stop(), plain.stop()]);
  fs.rmSync(folder, { recursive: true, force: true });
});
fs.writeFileSync(file('token'), await server.token('admin'), { mode: 0o600 });
fs.writeFileSync(file('api.key'), server.apiKey, { mode: 0o600 });
fs.writeFileSync(file('event.json'), JSON.stringify({
  event_type: 'SchedulePublished', schedule_id: randomUUID(), published_by: 'admin',
}));

const byToken = (...words) => run([...words, '--token-file', file('token')]);
const publish = (...words) => run(['publish', file('event.json'), '--api-key-file', file('api.key'), ...words]);
const at = (url, ...more) => ['--url', url, ...more];

test('every command reaches a server by https', async () => {
  const there = at(server.url, '--ca-file', certificate);
  const published = await publish(...there);
  assert.equal(published.code, 0, published.stderr);
  assert.match(published.stdout, /cursor/);
  for (const words of [
    ['dead-letters', 'list'], ['dead-letters', 'groups'], ['replay', '--all'], ['webhook', 'list'],
    ['webhook', 'add', 'pager', 'https://pager.example/', '--inactive'], ['webhook', 'show', 'pager'],
    ['webhook', 'change', 'pager', '--all-types'], ['webhook', 'remove', 'pager'],
  ]) {
    const { code, stderr } = await byToken(...words, ...there);
    assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
  }
});

async function refused(command, words) {
  const { code, stdout, stderr } = await command;
  assert.deepEqual([code, stdout], [1, ''], stderr);
  assert.match(stderr, words);
  assert.ok(!stderr.includes(server.apiKey));
}

test('an authority that this machine does not know', async () => {
  const words = /no answer from https:\S+: its certificate is signed by an authority that this machine does not know; give that authority's certificate with --ca-file/;
  await refused(publish(...at(server.url)), words);
  await refused(byToken('dead-letters', 'list', ...at(server.url)), words);
  await refused(publish(...at(server.url, '--ca-file', other)), words);
});

test('a certificate for another name', async () => {
  const url = server.url.replace('127.0.0.1', 'localhost');
  await refused(publish(...at(url, '--ca-file', certificate)), /its certificate is for another name; use a name that the certificate has in --url/);
});

test('http to a port that speaks TLS, and https to one that does not', async () => {
  await refused(publish(...at(server.url.replace('https', 'http'))), /status 400: This port speaks TLS: use https:/);
  await refused(publish(...at(plain.url.replace('http', 'https'))), /it does not speak TLS; if it speaks plain HTTP, write http:\/\//);
});

test('a file that is no authority, and one that would not be used', async () => {
  await refused(publish(...at(server.url, '--ca-file', file('nothing.pem'))), /cannot read a PEM certificate from .*nothing\.pem/);
  await refused(publish(...at(server.url, '--ca-file', file('token'))), /cannot read a PEM certificate/);
  await refused(publish(...at(plain.url, '--ca-file', certificate)), /--ca-file is for https/);
});

test('drain, last', async () => {
  const { code, stderr } = await byToken('drain', '--window', '0', ...at(server.url, '--ca-file', certificate));
  assert.equal(code, 0, stderr);
  assert.deepEqual(await server.exited(), { code: 0, signal: null });
});

test('publish prints the key to repeat with when its event may have been stored', async () => {
  const broken = net.createServer((socket) => socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1');
  await once(broken, 'listening');
  try {
    const url = `http://127.0.0.1:${broken.address().port}`;
    const { code, stderr } = await publish('--url', url, '--idempotency-key', 'my-key');
    assert.equal(code, 1);
    assert.match(stderr, /to repeat it so that it is stored once, add --idempotency-key my-key$/m);
    assert.match((await publish('--url', url)).stderr, /add --idempotency-key [0-9a-f-]{36}$/m);
  } finally {
    broken.close();
  }
});

test('publish says nothing of a key when the event was refused for good', async () => {
  const { stderr } = await publish(...at(plain.url));
  assert.match(stderr, /status 401/);
  assert.doesNotMatch(stderr, /idempotency-key/);
});
