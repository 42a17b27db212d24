// The certificate is read again while the server runs: by SIGHUP and when its files change. What
// cannot be served leaves the old one in service, and connections are not disturbed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { after, test } from 'node:test';
import { makeCertificate, replaceFile, servedName } from './support/certificates.mjs';
import { eventually, run, withPatience } from './support/process.mjs';
import { startServer } from './support/server.mjs';
import { ask, connect } from './support/v1.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rotacast-certificates-'));
const file = (name) => path.join(folder, name);
const [certificate, key] = [file('certificate.pem'), file('key.pem')];

const pairs = {};
for (const [name, days] of Object.entries({ first: 90, second: 90, third: 90, soon: 5, expired: -1 })) {
  pairs[name] = { certificate: file(`${name}.pem`), key: file(`${name}.key`) };
  makeCertificate(pairs[name].certificate, pairs[name].key, { name, days });
}
function put(name, which = ['certificate', 'key']) {
  for (const one of which) replaceFile(one === 'key' ? key : certificate, pairs[name][one]);
}

put('first');
const server = await startServer({
  users: { admin: 'admin' }, settings: { 'tls.certificate_file': certificate, 'tls.key_file': key },
});
after(async () => {
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

const logged = (pattern) => eventually(() => assert.match(server.output, pattern));
const serves = (name) => eventually(async () => assert.equal(await servedName(server.url), name));
const count = (text) => server.output.split(text).length - 1;

/** Sends SIGHUP and waits until the certificate was read: SIGHUP always says so. */
async function reload() {
  const before = count('TLS certificate from') + count('stays in service');
  server.signal('SIGHUP');
  await eventually(() => assert.ok(count('TLS certificate from') + count('stays in service') > before));
}

test('the log names the certificate at the start', async () => {
  await logged(/TLS certificate from \S+certificate\.pem: subject CN=first, names IP Address:127\.0\.0\.1, issuer CN=first, expires \d{4}-\d\d-\d\dT/);
  assert.equal(await servedName(server.url), 'first');
});

test('files that change are served without a signal, and open connections stay', async () => {
  const client = await connect(server, 'admin', { ca: fs.readFileSync(pairs.first.certificate) });
  put('second');
  await serves('second');
  await logged(/subject CN=second.*new connections get it/);
  assert.equal((await ask(client, { action: 'ping' })).event_type, 'pong');
  put('third');
  await serves('third');
  assert.equal((await ask(client, { action: 'ping' })).event_type, 'pong');
  client.close();
});

test('links that lead elsewhere are followed, as certbot leaves them', async () => {
  for (const [link, one] of [[certificate, 'certificate'], [key, 'key']]) {
    fs.symlinkSync(pairs.second[one], `${link}.link`);
    fs.renameSync(`${link}.link`, link);
  }
  await serves('second');
});

test('SIGHUP reads it, and says what it read', async () => {
  put('first');
  await reload();
  await serves('first');
  await logged(/the configuration was reloaded/);
});

test('a session of the old certificate is not resumed: it leads to a whole handshake', async () => {
  const { hostname: host, port } = new URL(server.url);
  const meet = (session) => tls.connect({ host, port, session, rejectUnauthorized: false });
  const first = meet();
  const [session] = await withPatience(once(first, 'session'), 'a session ticket');
  first.destroy();
  async function isResumed() {
    const socket = meet(session);
    await withPatience(once(socket, 'secureConnect'), 'a handshake');
    const resumed = socket.isSessionReused();
    socket.destroy();
    return resumed;
  }
  assert.equal(await isResumed(), true);
  put('third');
  await serves('third');
  assert.equal(await isResumed(), false);
  put('first');
  await serves('first');
});

test('a certificate without its key keeps the old one in service until the key comes', async () => {
  put('second', ['certificate']);
  await logged(/the TLS key \S+ does not belong to the certificate \S+; replace both.*old certificate stays in service \(subject CN=first/);
  assert.equal(await servedName(server.url), 'first');
  put('second', ['key']);
  await serves('second');
});

test('a bad file keeps the old one in service, and the log says what to do', async () => {
  const bad = {
    'missing': [() => fs.rmSync(certificate), /certificate\.pem cannot be read \(No such file or directory\); check its name/],
    'no PEM': [() => fs.writeFileSync(certificate, 'nothing'), /is no PEM certificate that can be served/],
    'expired': [() => put('expired'), /certificate\.pem expired at \d{4}-.*; renew it/],
    'without its key': [() => { put('second'); fs.rmSync(key); }, /key\.pem cannot be read/],
    'with an empty key': [() => { put('second'); fs.writeFileSync(key, ''); }, /is no PEM private key/],
  };
  for (const [what, [spoil, words]] of Object.entries(bad)) {
    spoil();
    await reload();
    await logged(words);
    assert.equal(await servedName(server.url), 'second', what);
  }
  put('third');
  await serves('third');
});

async function fetchConfig() {
  return run(['check-config', '--database', server.database, '--jwt-secret-file', server.file('secret'),
    '--tls-certificate-file', certificate, '--tls-key-file', key]);
}

test('check-config names the certificate, or what is wrong with it', async () => {
  put('first');
  const good = await fetchConfig();
  assert.deepEqual([good.code, good.stderr], [0, '']);
  assert.match(good.stdout, /# certificate: subject CN=first.*expires/);
  put('second', ['key']);
  assert.match((await fetchConfig()).stdout, /# certificate: the TLS key .* does not belong/);
  put('third');
  await serves('third');
});

test('check-config refuses what serve refuses, in the same words', async () => {
  const secret = server.file('secret');
  const short = server.file('short');
  fs.writeFileSync(short, 'too short\n', { mode: 0o600 });
  const spoilt = {
    'a key of another pair': [() => put('second', ['key']), secret],
    'no key': [() => fs.rmSync(key), secret],
    'no secret': [() => {}, server.file('nothing')],
    'a short secret': [() => {}, short],
  };
  for (const [what, [spoil, secretFile]] of Object.entries(spoilt)) {
    put('first');
    spoil();
    const flags = ['--jwt-secret-file', secretFile, '--tls-certificate-file', certificate, '--tls-key-file', key];
    const [check, serve] = [
      await run(['check-config', ...flags]),
      await run(['serve', ...flags, '--listen', '127.0.0.1:0', '--database', server.file('other.db')]),
    ];
    assert.deepEqual([check.code, serve.code], [2, 2], what);
    const words = check.stderr.replace(/^rotacast check-config: /, '');
    assert.ok(words !== check.stderr && serve.stderr.includes(words), `${what}: ${check.stderr} ${serve.stderr}`);
  }
  put('third');
  await serves('third');
});

test('check-config calls an expired certificate expired', async () => {
  put('expired');
  const { code, stdout, stderr } = await fetchConfig();
  assert.equal(code, 0, 'the server serves it too');
  assert.match(stdout, /# certificate: subject CN=expired.*, expired at \d{4}-/);
  assert.match(stderr, /warning: the TLS certificate expired at/);
  put('third');
  await serves('third');
});

test('one that ends soon is served with a warning', async () => {
  put('soon');
  await serves('soon');
  await logged(/warning the TLS certificate expires in 4 days, at \d{4}-.*renew it/);
  assert.equal(count('expires in 4 days'), 1, 'told once');
});

test('plain HTTP gets a sentence that names the address to use', async () => {
  const { hostname: host, port } = new URL(server.url);
  const socket = net.connect({ host, port });
  socket.end(`GET /?token=geheim HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk));
  await withPatience(once(socket, 'close'), 'the end');
  assert.match(answer, /^HTTP\/1\.1 400 /);
  const { error } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
  assert.deepEqual([error.code, error.name], [1008, 'bad_request']);
  assert.equal(error.message, `This port speaks TLS: use https://${host}:${port}/, and wss:// for WebSockets.`);
  assert.ok(!answer.includes('geheim'));
});

test('nothing of a key is in the log', () => {
  for (const { key: name } of Object.values(pairs)) {
    for (const line of fs.readFileSync(name, 'utf8').split('\n').filter((text) => text.length > 40)) {
      assert.ok(!server.output.includes(line));
    }
  }
});

test('an expired one is served at the start, with a warning', async () => {
  put('expired');
  const late = await startServer({
    users: { admin: 'admin' }, settings: { 'tls.certificate_file': certificate, 'tls.key_file': key },
  });
  try {
    assert.equal(await servedName(late.url), 'expired');
    assert.match(late.output, /the TLS certificate expired at .*clients refuse it/);
    put('first');
    await eventually(async () => assert.equal(await servedName(late.url), 'first'));
  } finally {
    await late.stop();
  }
});
