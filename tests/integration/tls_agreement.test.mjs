// What a client and the server agree on: versions, ciphers, sessions that are resumed; and what a
// renewal under load costs.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import tls from 'node:tls';
import { ask, makeCertificate, replaceFile, servedName } from './support/certificates.mjs';
import { eventually, withPatience } from './support/process.mjs';
import { startServer } from './support/server.mjs';
import { ask as askOnSocket, connect, numberedEvent, subscribe } from './support/v1.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rotacast-agreement-'));
const file = (name) => path.join(folder, name);
const [certificate, key] = [file('certificate.pem'), file('key.pem')];
makeCertificate(certificate, key);

const server = await startServer({
  users: { admin: 'admin' }, settings: { 'tls.certificate_file': certificate, 'tls.key_file': key },
});
after(async () => {
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

const { hostname: host, port } = new URL(server.url);

/** What a handshake with these options leads to; `session`: what the next one can begin with. */
async function meet(options = {}) {
  const socket = tls.connect({ host, port, rejectUnauthorized: false, ...options });
  const ticket = once(socket, 'session').catch(() => []);
  try {
    await withPatience(once(socket, 'secureConnect'), 'a handshake');
    const resumed = socket.isSessionReused();
    const agreed = { version: socket.getProtocol(), cipher: socket.getCipher().name, resumed };
    // A ticket of TLS 1.3 comes after the handshake.
    const [session] = options.ticket === false ? [] : await withPatience(ticket, 'a session ticket');
    return { ...agreed, session };
  } finally {
    socket.destroy();
  }
}

const only = (version, ciphers) => ({ minVersion: version, maxVersion: version, ciphers, ticket: false });

test('TLS 1.2 and 1.3 are spoken, nothing older', async () => {
  assert.equal((await meet()).version, 'TLSv1.3');
  assert.equal((await meet(only('TLSv1.2'))).version, 'TLSv1.2');
  for (const version of ['TLSv1', 'TLSv1.1']) {
    await assert.rejects(meet(only(version, 'DEFAULT@SECLEVEL=0')), { code: /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/ });
  }
});

test('only ciphers with forward secrecy and authentication are agreed on', async () => {
  for (const cipher of ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305']) {
    assert.equal((await meet(only('TLSv1.2', cipher))).cipher, cipher);
  }
  for (const cipher of ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384', 'ECDHE-ECDSA-AES128-CCM']) {
    await assert.rejects(meet(only('TLSv1.2', cipher)), { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' });
  }
});

test('the cheapest cipher is taken, and ChaCha20 for whom that is cheaper', async () => {
  const [aes128, aes256, chacha] = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];
  assert.equal((await meet({ ciphers: [aes256, chacha, aes128].join(':') })).cipher, aes128);
  assert.equal((await meet({ ciphers: [chacha, aes256, aes128].join(':') })).cipher, chacha);
});

test('each return resumes the session, and gets the ticket for the next one', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const options = { minVersion: version, maxVersion: version };
    let { session, resumed } = await meet(options);
    assert.equal(resumed, false);
    for (let turn = 1; turn <= 3; turn += 1) {
      // With TLS 1.2 the ticket stays the same until it is old.
      const back = await meet({ ...options, session, ticket: version === 'TLSv1.3' });
      assert.equal(back.resumed, true, `${version}, return ${turn}`);
      session = back.session ?? session;
    }
  }
});

test('a renewal under load, ten times, drops no connection and loses no event', async () => {
  const renewed = Array.from({ length: 10 }, (_, i) => ({ name: `turn-${i}`, pair: [file(`${i}.pem`), file(`${i}.key`)] }));
  for (const { name, pair } of renewed) makeCertificate(...pair, { name });
  const ca = [certificate, ...renewed.map(({ pair }) => pair[0])].map((one) => fs.readFileSync(one));
  const schedule_id = randomUUID();
  const client = await connect(server, 'admin', { ca });
  await subscribe(client, { schedules: [schedule_id] });
  let published = 0;
  const publish = async () => {
    const { status } = await ask(new URL('/api/v1/events', server.url), {
      method: 'POST', ca, body: JSON.stringify(numberedEvent(schedule_id, published)),
      headers: { 'content-type': 'application/json', 'x-api-key': server.apiKey },
    });
    assert.equal(status, 200);
    published += 1;
  };
  for (const { name, pair } of renewed) {
    replaceFile(key, pair[1]);
    replaceFile(certificate, pair[0]);
    server.signal('SIGHUP');
    await eventually(async () => {
      await publish();
      assert.equal(await servedName(server.url), name);
    });
  }
  assert.ok(published >= renewed.length);
  for (let number = 0; number < published; number += 1) {
    assert.equal((await client.nextJson()).event_type, 'assignment_changed');
  }
  assert.equal((await askOnSocket(client, { action: 'ping' })).event_type, 'pong');
  await client.close();
});
