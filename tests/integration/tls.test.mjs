// TLS by the server itself: certificate files, and the same responses over wss: and https:.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { ask as askByTls, makeCertificate } from './support/certificates.mjs';
import { run } from './support/process.mjs';
import { RawConnection } from './support/raw.mjs';
import { startServer } from './support/server.mjs';
import { connect, subscribe, untilClosed } from './support/v1.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rotacast-tls-'));
const [certificate, key] = ['certificate.pem', 'key.pem'].map((name) => path.join(folder, name));
makeCertificate(certificate, key);
const ca = fs.readFileSync(certificate);

const server = await startServer({
  users: { admin: 'admin' }, settings: { 'tls.certificate_file': certificate, 'tls.key_file': key },
});
after(async () => {
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

const ask = (route, options) => askByTls(new URL(route, server.url), { ...options, ca });

test('a refusal reaches a client that sends 2 MB first, and then the connection ends', async () => {
  const connection = new RawConnection(server, { ca });
  const bytes = 2 * 1024 * 1024;
  await connection.send(`POST /api/v1/events HTTP/1.1\r\nHost: rotacast\r\nContent-Length: ${bytes}\r\n\r\n`);
  for (let i = 0; i < 32; ++i) await connection.send(Buffer.alloc(bytes / 32, 'x'));
  const answer = await connection.response();
  assert.equal(answer.status, 401);
  assert.match(answer.head, /^Connection: close\r$/m);
  assert.equal(await connection.untilEnd(), '');
  connection.close();
});

test('the address is https:, and events published over it arrive over wss:', async () => {
  assert.match(server.url, /^https:/);
  assert.equal((await ask('/health/ready')).status, 200);
  const [classic, client] = [await server.connect('admin', { ca }), await connect(server, 'admin', { ca })];
  const schedule_id = randomUUID();
  await classic.watchSchedule(schedule_id);
  await subscribe(client, { schedules: [schedule_id] });
  const message = 'Schedule generated. '.repeat(2_000); // more than one TLS record holds
  const published = await ask('/api/v1/broadcast/schedule_updated', {
    method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': server.apiKey },
    body: JSON.stringify({ schedule_id, update_type: 'modified', message }),
  });
  assert.equal(published.status, 200);
  for (const screen of [classic, client]) assert.equal((await screen.nextJson()).message, message);
  server.signal('SIGTERM');
  assert.equal((await classic.serverClosed()).code, 1001);
  assert.deepEqual([(await untilClosed(client)).code, await server.exited()], [1001, { code: 0, signal: null }]);
});

test('a certificate without its key, or with another one, is reported at the start', async () => {
  for (const [certificateFile, keyFile] of [[certificate, path.join(folder, 'none.pem')], [key, certificate]]) {
    const { code, stderr } = await run([
      'serve', '--listen', '127.0.0.1:0', '--database', path.join(folder, 'rotacast.db'), '--jwt-secret-file', server.file('secret'),
      '--tls-certificate-file', certificateFile, '--tls-key-file', keyFile,
    ]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /tls|certificate|key/i);
  }
});
