// Certificates made by openssl, and servers and requests that use them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import https from 'node:https';
import tls from 'node:tls';

/**
 * Makes a self-signed certificate in these files. `days` may be negative: then it has expired.
 * `names`: as in subjectAltName.
 */
export function makeCertificate(certificate, key, { name = 'localhost', names = 'IP:127.0.0.1', days = 90 } = {}) {
  const request = `${certificate}.csr`;
  const extensions = `${certificate}.ext`;
  fs.writeFileSync(extensions, `subjectAltName=${names}\n`);
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'ignore' });
  openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${name}`,
    '-keyout', key, '-out', request);
  openssl('x509', '-req', '-in', request, '-signkey', key, '-days', String(days), '-extfile', extensions, '-out', certificate);
  fs.rmSync(request);
  fs.rmSync(extensions);
}

/** Puts the file there as a renewal does: a rename over the old one. */
export function replaceFile(to, from) {
  fs.copyFileSync(from, `${to}.new`);
  fs.renameSync(`${to}.new`, to);
}

/** The common name in the certificate that a new connection gets. */
export async function servedName(url) {
  const { hostname: host, port } = new URL(url);
  const socket = tls.connect({ host, port, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerCertificate().subject.CN;
  } finally {
    socket.destroy();
  }
}

/** {status, body} of a request that checks the certificate. */
export async function ask(url, { method = 'GET', headers = {}, body = '', ca } = {}) {
  const request = https.request(url, { method, headers, ca, agent: false });
  request.end(body);
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  assert.ok(response.complete);
  return { status: response.statusCode, body: JSON.parse(text) };
}
