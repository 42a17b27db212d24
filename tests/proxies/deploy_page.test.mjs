// docs/deploy.md, literally: each file is put where it says, each command is run, in their order, below
// a folder that stands for /. Only what needs root or a whole system is stood in for: useradd, chown
// and systemctl, which does what the unit says.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { binary, eventually, withPatience } from '../integration/support/process.mjs';
import { blocks } from './support/page.mjs';
import { freePorts } from './support/ports.mjs';
import { ServiceManager } from './support/service_manager.mjs';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'rotacast-deploy-'));
const [port] = await freePorts(1);
const url = `https://localhost:${port}`;
const services = new ServiceManager(root);
await services.listen();
after(async () => {
  await services.close();
  fs.rmSync(root, { recursive: true, force: true });
});

const local = (text) => [
  ['/etc/', `${root}/etc/`], ['/var/', `${root}/var/`], ['/usr/local/', `${root}/usr/local/`], ['build/release/rotacast', binary()],
  ['0.0.0.0:443', `127.0.0.1:${port}`], ['https://rota.example', url], ['rota.example:443', `localhost:${port}`], ['rota.example', 'localhost'],
].reduce((result, [from, to]) => result.replaceAll(from, to), text);

const inRoot = (name) => path.join(root, name);
for (const name of ['usr/local/bin', 'work', 'var/lib', 'var/backups']) fs.mkdirSync(inRoot(name), { recursive: true });
for (const name of ['useradd', 'chown']) fs.writeFileSync(inRoot(`usr/local/bin/${name}`), '#!/bin/sh\n', { mode: 0o755 });
fs.writeFileSync(inRoot('usr/local/bin/systemctl'), services.command, { mode: 0o755 });

const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ROTACAST_')));

/** Runs commands as a person types them, and stops at the first that fails; returns what they print. */
function type(commands) {
  const env = { ...environment, PATH: `${inRoot('usr/local/bin')}:${process.env.PATH}` };
  return withPatience(new Promise((resolve, reject) => {
    execFile('sh', ['-eu', '-c', commands], { cwd: inRoot('work'), env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${commands}\nended with ${error.code}:\n${stdout}${stderr}\n${services.log}`));
      else resolve(stdout);
    });
  }), commands);
}

const login = (username, password = username === 'ben' ? 'ben.password' : 'ada.password') => type(`curl --silent --cacert ${inRoot('etc/rotacast/tls/certificate.pem')} -H 'Content-Type: application/json' \
    -d "{\\"username\\":\\"${username}\\",\\"password\\":\\"$(cat ${password})\\"}" -o /dev/null -w '%{http_code}' ${url}/api/auth/login/json`);

const shown = () => type(`openssl s_client -connect localhost:${port} </dev/null 2>/dev/null | openssl x509 -noout -fingerprint`);
const stored = () => type(`openssl x509 -noout -fingerprint -in ${inRoot('etc/rotacast/tls/certificate.pem')}`);
const journal = (database) => type(`rotacast tail --from-start --until-end --database ${inRoot(database)}`);

/** What must be true after a command that contains this text, before the next one. */
const AFTERWARDS = {
  'systemctl enable': async (output) => assert.match(output, /ready|ok/),
  'user add ben': async () => assert.deepEqual([await login('ada'), await login('ben'), await login('nobody')], ['200', '200', '401']),
  'user deactivate ben': async () => assert.deepEqual([await login('ada'), await login('ben')], ['200', '401']),
  'user password ben': async () => {
    assert.deepEqual([await login('ada'), await login('ben'), await login('ben', 'former.password')], ['200', '200', '401']);
  },
  'new.secret': async () => eventually(() => assert.match(services.log, /the secret changed; the former one is accepted until/)),
  'rotacast publish': async (output) => assert.match(output, /SchedulePublished/),
  'systemctl reload': async () => {
    const wanted = await stored();
    await eventually(async () => assert.equal(await shown(), wanted));
  },
  's_client': async (output) => assert.match(output, /subject=CN = localhost\nnotAfter=/),
  'sqlite3': async () => assert.match(await journal('var/backups/rotacast/rotacast.db'), /SchedulePublished/),
  'systemctl stop': async () => {
    await eventually(async () => assert.equal(await login('ada'), '200'));
    assert.equal(await login('late'), '401', 'what came after the copy is gone');
    assert.equal(await type(`sqlite3 ${inRoot('var/lib/rotacast/rotacast.db')} 'PRAGMA integrity_check'`), 'ok\n');
    assert.match(await journal('var/lib/rotacast/rotacast.db'), /SchedulePublished/);
  },
  'systemctl restart': async () => {
    await eventually(async () => assert.equal(await login('ada'), '200'));
    assert.match(await journal('var/lib/rotacast/rotacast.db'), /SchedulePublished/);
  },
  'rotacast drain': async () => {
    await eventually(async () => assert.equal(await login('ada'), '200'));
  },
};

/** What happens before a command that contains this text. */
const BEFORE = {
  'user password ben': () => type('cp ben.password former.password'),
  // A server that is killed leaves its write-ahead log behind.
  'systemctl stop': async () => {
    await type(`rotacast user add late --role rn --password-file ada.password --database ${inRoot('var/lib/rotacast/rotacast.db')}`);
    await services.kill();
    assert.ok(fs.statSync(inRoot('var/lib/rotacast/rotacast.db-wal')).size > 0);
  },
};

const page = blocks();
const checked = new Set();
const files = {};
for (const { language, content, file, heading } of page.slice(0, page.findIndex((block) => block.heading === 'nginx'))) {
  if (file) {
    files[file] = local(content);
    continue;
  }
  if (language === 'toml') {
    test(`${heading}: these settings are accepted`, async () => {
      fs.writeFileSync(inRoot('work/part.toml'), content);
      await type('rotacast check-config --config part.toml --jwt-secret-file ../etc/rotacast/jwt.secret');
    });
    continue;
  }
  assert.equal(language, 'sh', `a block that is neither a file nor commands: ${content}`);
  const written = Object.entries(files).splice(0);
  test(`${heading}: ${content.split('\n')[0]}`, async () => {
    for (const [name, text] of written) {
      if (fs.existsSync(inRoot(name))) continue;
      fs.mkdirSync(path.dirname(inRoot(name)), { recursive: true });
      fs.writeFileSync(inRoot(name), text);
    }
    for (const [text, prepare] of Object.entries(BEFORE)) if (content.includes(text)) await prepare();
    const former = services.child?.pid;
    const output = await type(local(content));
    for (const [text, check] of Object.entries(AFTERWARDS)) {
      if (!content.includes(text)) continue;
      checked.add(text);
      await check(output);
    }
    if (/systemctl (restart|start)/.test(content)) assert.notEqual(services.child.pid, former, 'another process serves');
  });
}

test('systemd has nothing to say about the unit', async () => {
  const systemd = path.resolve('../../build/proxies/root');
  const libraries = ['usr/lib', 'lib'].flatMap((lib) => ['x86_64', 'aarch64'].flatMap((machine) => [
    `${systemd}/${lib}/${machine}-linux-gnu`, `${systemd}/${lib}/${machine}-linux-gnu/systemd`,
  ])).join(':');
  const units = `${inRoot('etc/systemd/system')}:${systemd}/lib/systemd/system`;
  const said = await type(`LD_LIBRARY_PATH=${libraries} SYSTEMD_UNIT_PATH=${units} \
    ${systemd}/usr/bin/systemd-analyze verify --man=no ${inRoot('etc/systemd/system/rotacast.service')} 2>&1 | grep 'rotacast[.]service' || true`);
  assert.equal(said, '');
});

test('nothing that is checked has left the page', () => {
  assert.deepEqual(Object.keys(AFTERWARDS).filter((text) => !checked.has(text)), []);
});
