#!/bin/sh
# Guess: a client of TLS 1.3 that always begins with the newest ticket resumes each time but the first.
#
# Node.js 20.20.2 (npm package node@20.20.2) as a TLS server, its own and `openssl s_client` or any
# client that uses a ticket once, as RFC 8446 §C.4 asks: a connection that was resumed gets no new
# ticket. So every second return pays for a whole handshake.
#
# What it means for users: behind a Node server, clients that reconnect often cost about half of what
# tickets could save. A client may use its old ticket again, which the server accepts; then an
# observer can tell that both connections are of one client.
#
# Seen 2026-12-01 (N tickets that came with each connection):
#     connection 1: whole handshake, 2 tickets
#     connection 2: resumed, 0 tickets
#     connection 3: whole handshake, 2 tickets
#     connection 4: resumed, 0 tickets
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit node@20.20.2 >/dev/null 2>&1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -keyout key.pem -out certificate.pem 2>/dev/null
cat >returns.mjs <<'JS'
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';

const pem = (name) => readFileSync(`${name}.pem`);
const server = tls.createServer({ key: pem('key'), cert: pem('certificate') }, (socket) => {
  socket.on('error', () => {});
  socket.end('done');
}).listen(0, '127.0.0.1');
await once(server, 'listening');

let ticket; // taken out when it is used
const seen = [];
for (let turn = 1; turn <= 4; turn += 1) {
  const session = ticket;
  ticket = undefined;
  const socket = tls.connect({ port: server.address().port, host: '127.0.0.1', rejectUnauthorized: false, session });
  let tickets = 0;
  socket.on('session', (one) => {
    tickets += 1;
    ticket = one;
  });
  await once(socket, 'secureConnect');
  const resumed = socket.isSessionReused();
  socket.resume(); // the server's tickets come before its last byte
  await once(socket, 'end');
  seen.push(`${resumed ? 'resumed' : 'whole handshake'}, ${tickets} tickets`);
  console.log(`connection ${turn}: ${seen.at(-1)}`);
  socket.destroy();
}
const expected = ['whole handshake, 2 tickets', 'resumed, 0 tickets', 'whole handshake, 2 tickets', 'resumed, 0 tickets'];
process.exit(seen.join() === expected.join() ? 0 : 1);
JS
node_modules/.bin/node returns.mjs
