#!/bin/sh
# Guess: when the client of an event stream leaves, HAProxy closes its connection to the origin at once.
#
# HAProxy 2.6.12 (Debian 12, haproxy 2.6.12-1+deb12u4), mode http, plain HTTP/1.1 on both sides: nothing happens
# while the origin is silent, for at least 5 s here; the connection ends soon after the origin writes.
# With `option abortonclose`, which is documented for requests that wait, it ends at once.
#
# What it means for users: whoever counts the people who are online, or the connections of a user, by
# event streams behind HAProxy sees them for as long as the stream is silent. Comment lines end that.
#
# Seen 2026-11-30:
#     direct: the origin saw the end at once
#     HAProxy: the origin saw nothing for 5 s; after it wrote: the end
#     HAProxy with abortonclose: the origin saw the end at once
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -q haproxy=2.6.12-1+deb12u4 liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 >/dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(dirname "$(find "$folder/root" -name 'liblua5.3.so.0' | head -n 1)")
export LD_LIBRARY_PATH

cat >leave.mjs <<'JS'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';

const pause = (ms) => new Promise((over) => setTimeout(over, ms));
const within = (event, ms) => Promise.race([event.then(() => true), pause(ms).then(() => false)]);

const origin = http.createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('data: 1\n\n');
  origin.emit('stream', response);
}).listen(0, '127.0.0.1');
await once(origin, 'listening');

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

async function outcome(port) {
  const opened = once(origin, 'stream');
  const client = http.get({ port, agent: false });
  client.on('error', () => {});
  const [response] = await once(client, 'response');
  response.on('error', () => {});
  await once(response, 'data');
  const [stream] = await opened;
  const ended = once(stream, 'close');
  client.destroy();
  if (await within(ended, 5000)) return 'the origin saw the end at once';
  for (let i = 0; i < 20 && !stream.destroyed; ++i) {
    stream.write(': still here\n\n');
    await pause(100);
  }
  return `the origin saw nothing for 5 s; after it wrote: ${(await within(ended, 1000)) ? 'the end' : 'nothing'}`;
}

async function behindHaproxy(more) {
  const port = await freePort();
  writeFileSync('haproxy.cfg', `defaults
  mode http
  ${more}
  timeout connect 5s
  timeout client 50s
  timeout server 50s
frontend all
  bind 127.0.0.1:${port}
  default_backend origin
backend origin
  server one 127.0.0.1:${origin.address().port}
`);
  const haproxy = spawn('./root/usr/sbin/haproxy', ['-db', '-f', 'haproxy.cfg'], { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    for (;;) {
      const socket = net.connect(port, '127.0.0.1');
      const up = await new Promise((known) => socket.once('connect', () => known(true)).once('error', () => known(false)));
      socket.destroy();
      if (up) break;
      await pause(50);
    }
    return await outcome(port);
  } finally {
    haproxy.kill('SIGKILL');
  }
}

const expected = {
  direct: 'the origin saw the end at once',
  HAProxy: 'the origin saw nothing for 5 s; after it wrote: the end',
  'HAProxy with abortonclose': 'the origin saw the end at once',
};
const seen = {
  direct: await outcome(origin.address().port),
  HAProxy: await behindHaproxy(''),
  'HAProxy with abortonclose': await behindHaproxy('option abortonclose'),
};
for (const [how, what] of Object.entries(seen)) console.log(`${how}: ${what}`);
process.exit(Object.entries(expected).every(([how, what]) => seen[how] === what) ? 0 : 1);
JS
node leave.mjs
