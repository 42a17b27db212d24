#!/bin/sh
# Guess: a frame that an origin writes in one piece with its 101 reaches a client over HTTP/2 at once.
#
# Apache 2.4.71 (Debian 12, apache2-bin 2.4.71-1~deb12u1) with `H2WebSockets on` (RFC 8441): what was
# read together with the 101 waits until the origin sends again. A client over HTTP/1.1 gets it at once.
#
# What it means for users: a server that greets its clients makes them wait for the greeting, often
# until a time-out. It can write the greeting some milliseconds after the 101.
#
# Seen 2026-11-30 (the origin sends its second frame 3 s after the first):
#     http/1.1: the first frame came with the 101, before the second was sent
#     h2: the first frame came only with the second
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -q apache2-bin=2.4.71-1~deb12u1 libapr1 libaprutil1 libnghttp2-14 libjansson4 >/dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(dirname "$(find "$folder/root" -name 'libapr-1.so.0')")
export LD_LIBRARY_PATH

cat >origin.mjs <<'JS'
// An origin, Apache before it, and a client of each protocol.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';

const root = `${process.cwd()}/root`;
const frame = (text) => Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
const accept = (key) => createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

let secondWasSent = false;
const origin = http.createServer().on('upgrade', (request, socket) => {
  secondWasSent = false;
  socket.on('error', () => {});
  socket.write(Buffer.concat([
    Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept(request.headers['sec-websocket-key'])}\r\n\r\n`),
    frame('first'),
  ]));
  setTimeout(() => {
    secondWasSent = true;
    socket.write(frame('second'));
  }, 3000);
}).listen(0, '127.0.0.1');
await once(origin, 'listening');

const free = net.createServer().listen(0, '127.0.0.1');
await once(free, 'listening');
const { port } = free.address();
await new Promise((closed) => free.close(closed));

const modules = ['mpm_event', 'authz_core', 'http2', 'proxy', 'proxy_http'];
writeFileSync('apache2.conf', `ServerRoot ${process.cwd()}
DefaultRuntimeDir ${process.cwd()}
PidFile ${process.cwd()}/pid
ErrorLog ${process.cwd()}/log
ServerName localhost
Listen 127.0.0.1:${port}
${modules.map((name) => `LoadModule ${name}_module ${root}/usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${process.getuid() === 0 ? 'User nobody\nGroup nogroup' : ''}
Protocols h2c http/1.1
H2WebSockets on
ProxyPass / http://127.0.0.1:${origin.address().port}/ upgrade=websocket
`);
const apache = spawn(`${root}/usr/sbin/apache2`, ['-f', `${process.cwd()}/apache2.conf`, '-D', 'FOREGROUND'], { stdio: 'inherit' });
process.on('exit', () => apache.kill());
for (;;) {
  const socket = net.connect(port, '127.0.0.1');
  const up = await new Promise((known) => socket.once('connect', () => known(true)).once('error', () => known(false)));
  socket.destroy();
  if (up) break;
  await new Promise((later) => setTimeout(later, 50));
}

/** Whether the first frame came before the second was sent. */
async function overHttp1() {
  const request = http.get({ port, headers: {
    connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' } });
  const [, socket, head] = await once(request, 'upgrade');
  if (head.length === 0) await once(socket, 'data');
  const early = !secondWasSent;
  socket.destroy();
  return early;
}

async function overHttp2() {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  await once(session, 'remoteSettings');
  const stream = session.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/', 'sec-websocket-version': '13' });
  await once(stream, 'response');
  await once(stream, 'data');
  const early = !secondWasSent;
  session.destroy();
  return early;
}

const [one, two] = [await overHttp1(), await overHttp2()];
console.log(`http/1.1: the first frame came ${one ? 'with the 101, before the second was sent' : 'only with the second'}`);
console.log(`h2: the first frame came ${two ? 'with the 101, before the second was sent' : 'only with the second'}`);
process.exit(one && !two ? 0 : 1);
JS
node origin.mjs
