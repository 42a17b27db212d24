// Commands that a user types: their output and their errors.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { after, test } from 'node:test';
import { payloadOf } from './support/jwt.mjs';
import { run } from './support/process.mjs';
import { startServer } from './support/server.mjs';

const server = await startServer({ users: { admin: 'admin' } });
after(() => server.stop());

const secretFile = () => server.file('secret');
const password = server.file('password-admin');

/**
 * Rejected: exit status not 0, a message on standard error, nothing on standard output, no crash.
 */
function assertRefused({ code, stdout, stderr }, words) {
  assert.ok(Number.isInteger(code) && code > 0, `ended with ${code}`);
  assert.equal(stdout, '');
  assert.match(stderr, words);
}

test('token prints only a token', async () => {
  const { code, stdout } = await server.cli('token', 'admin', '--jwt-secret-file', secretFile());
  assert.equal(code, 0);
  assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  assert.equal(payloadOf(stdout.trim()).sub, server.user('admin').id);
});

test('key prints only a key, a new one each time, and does not store it in plain text', async () => {
  const first = await server.cli('key', 'add', 'scheduler');
  const second = await server.cli('key', 'add', 'payroll');
  for (const { code, stdout } of [first, second]) {
    assert.equal(code, 0);
    assert.match(stdout, /^\S{20,}\n$/);
  }
  assert.notEqual(first.stdout, second.stdout);
  const stored = fs.readdirSync(server.file('.')).filter((name) => name.startsWith('rotacast.db'));
  assert.ok(stored.length > 0);
  for (const name of stored) assert.ok(!fs.readFileSync(server.file(name)).includes(first.stdout.trim()), name);
});

test('a password is not stored in plain text, and a given id is used', async () => {
  const text = `secret-${randomUUID()}`;
  const user = await server.addUser('careful', 'msa', { password: text });
  for (const name of fs.readdirSync(server.file('.')).filter((file) => file.startsWith('rotacast.db'))) {
    assert.ok(!fs.readFileSync(server.file(name)).includes(text), name);
  }
  assert.equal(payloadOf(await server.token('careful')).sub, user.id);
});

test('user add without an id generates one', async () => {
  const { code, stderr } = await server.cli('user', 'add', 'anonymous', '--role', 'lpn', '--password-file', password);
  assert.equal(code, 0, stderr);
  assert.match(payloadOf(await server.token('anonymous')).sub, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

const user = (...args) => server.cli('user', 'add', ...args);
const refusals = {
  'an unknown command': [() => run(['dance']), /dance/],
  'an unknown flag': [() => server.cli('token', 'admin', '--colour', 'red'), /colour/],
  'a user name that is taken': [() => user('admin', '--role', 'rn', '--password-file', password), /admin/],
  'an unknown role': [() => user('somebody', '--role', 'wizard', '--password-file', password), /wizard|role/],
  'no role': [() => user('somebody', '--password-file', password), /role/],
  'a password file that is not there': [
    () => user('somebody', '--role', 'rn', '--password-file', server.file('nothing')), /nothing|password/],
  'an id that is no UUID': [
    () => user('somebody', '--role', 'rn', '--password-file', password, '--id', 'seven'), /id/i],
  'a token for nobody': [() => server.cli('token', 'nobody', '--jwt-secret-file', secretFile()), /nobody/],
  'a token without a secret': [() => server.cli('token', 'admin'), /secret/],
  'a lifetime that is no number': [
    () => server.cli('token', 'admin', '--jwt-secret-file', secretFile(), '--ttl', 'long'), /ttl|long/],
  'deactivating nobody': [() => server.cli('user', 'deactivate', 'nobody'), /nobody/],
  'serving without a secret': [() => server.cli('serve', '--listen', '127.0.0.1:0'), /secret/],
  'serving with a secret that is not there': [
    () => server.cli('serve', '--listen', '127.0.0.1:0', '--jwt-secret-file', server.file('nothing')), /nothing|secret/],
  'an unknown policy': [
    () => server.cli('serve', '--listen', '127.0.0.1:0', '--jwt-secret-file', secretFile(), '--policy', 'lenient'),
    /lenient|policy/],
  'an address that is none': [
    () => server.cli('serve', '--listen', 'somewhere', '--jwt-secret-file', secretFile()), /somewhere|listen/],
  'an address that is taken': [
    () => server.cli('serve', '--listen', new URL(server.url).host, '--jwt-secret-file', secretFile()),
    /in use|listen|address/i],
};

for (const [what, [command, words]] of Object.entries(refusals)) {
  test(`rejected: ${what}`, async () => assertRefused(await command(), words));
}

test('a mistyped database is refused, and not created', async () => {
  const nowhere = server.file('nowhere.db');
  for (const command of [
    ['user', 'list'], ['user', 'deactivate', 'admin'], ['user', 'role', 'admin', 'rn'], ['key', 'list'],
    ['key', 'revoke', 'scheduler'], ['user', 'password', 'admin', '--password-file', password],
    ['token', 'admin', '--jwt-secret-file', secretFile()],
  ]) {
    const answer = await run([...command, '--database', nowhere]);
    assertRefused(answer, /there is no database .*nowhere\.db; --database or --config names it/);
    assert.ok(!fs.existsSync(nowhere), command.join(' '));
  }
  const added = await run(['key', 'add', 'scheduler', '--database', nowhere]);
  assert.deepEqual([added.code, added.stderr], [0, `created the new database ${nowhere}\n`]);
  assert.equal((await run(['key', 'list', '--database', nowhere])).stderr, '');
});

test('a second server is refused, whatever name it has for the database', async () => {
  fs.linkSync(server.database, server.file('hard.db'));
  fs.symlinkSync(server.database, server.file('soft.db'));
  fs.symlinkSync(server.file('.'), server.file('folder'));
  for (const name of ['hard.db', 'soft.db', 'folder/rotacast.db']) {
    const answer = await run(['serve', '--listen', '127.0.0.1:0', '--database', server.file(name), '--jwt-secret-file', secretFile()]);
    assertRefused(answer, /Another process has the database .* in use/);
  }
});

test('a file that cannot be opened is named, with the reason', async () => {
  const serve = (database) => run(['serve', '--listen', '127.0.0.1:0', '--database', database, '--jwt-secret-file', secretFile()]);
  assertRefused(await serve(server.file('.')), /The database \S+ cannot be opened: Is a directory/);
  assertRefused(await serve(server.file('none/x.db')), /The database \S+none\/x\.db cannot be opened: there is no folder \S+none/);
  const marked = server.file('marked.db');
  fs.mkdirSync(`${marked}-mark`);
  assertRefused(await serve(marked), /The journal's mark \S+marked\.db-mark cannot be opened: Is a directory/);
});

test('a server whose pings come too late for proxies says so at its start', async () => {
  const slow = await startServer({ settings: { 'websocket.ping_interval_s': 50, 'websocket.idle_timeout_s': 100 } });
  await slow.stop();
  assert.match(slow.output, /warning websocket\.ping_interval_s is 50: many proxies cut/);
  assert.doesNotMatch(server.output, /ping_interval_s/);
});

test('an empty secret is rejected', async () => {
  fs.writeFileSync(server.file('empty'), '\n');
  const answer = await server.cli('serve', '--listen', '127.0.0.1:0', '--jwt-secret-file', server.file('empty'));
  assertRefused(answer, /secret/);
});
