// One scenario for several clients, each with its server: numbered events at a steady rate, a
// connection that is cut every few seconds, tokens of ten seconds. Prints a Markdown table.
//     ROTACAST_BIN=build/release/rotacast node bench/clients/compare.mjs [CONTENDER...]
//         [--seconds 60] [--per-second 1000] [--cut-every-s 5]
// Fails if a contender whose name begins with rotacast lost, doubled or misordered an event.
import { fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { startProxy } from './cutting_proxy.mjs';

const ALL = ['rotacast_by_hand', 'socket_io', 'reconnecting_websocket', 'graphql_ws'];

/** After the last cut a client may take this long to come back and receive the last event. */
const RETURN_MS = 30_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    'per-second': { type: 'string', default: '1000' },
    'cut-every-s': { type: 'string', default: '5' },
  },
});
const seconds = Number(values.seconds);
const perSecond = Number(values['per-second']);
const cutEveryMs = Number(values['cut-every-s']) * 1000;

const start = (file, ...args) => fork(new URL(file, import.meta.url), args.map(String));

/** The next message of a child that satisfies this; rejects when the child ends. */
const told = (child, isIt) =>
  new Promise((resolve, reject) => {
    child.on('message', (message) => isIt(message) && resolve(message));
    child.once('exit', (code) => reject(new Error(`${child.spawnargs.slice(1, 3).join(' ')} ended with ${code}`)));
  });

async function measure(contender) {
  const { title } = await import(`./contenders/${contender}.mjs`);
  const secret = randomBytes(32).toString('hex');
  const user = randomUUID();
  const server = start('server.mjs', contender, secret, user);
  const { port } = await told(server, (message) => message.port);
  const proxy = await startProxy(port);
  const client = start('client.mjs', contender, proxy.port, secret, user, seconds * perSecond);
  const last = told(client, (message) => message === 'last');
  last.catch(() => {});
  await told(client, (message) => message === 'greeted');
  const before = { ...proxy.counted };
  const published = told(server, (message) => message.published);
  server.send({ perSecond, seconds });
  const cuts = setInterval(() => proxy.cut(), cutEveryMs);
  await published;
  clearInterval(cuts);
  let patience;
  await Promise.race([last, new Promise((resolve) => (patience = setTimeout(resolve, RETURN_MS)))]);
  clearTimeout(patience);
  const report = told(client, (message) => message.cpuMs);
  client.send('report');
  const seen = await report;
  const { up, down, cuts: cut } = proxy.counted;
  proxy.stop();
  server.send('stop');
  return { title, contender, ...seen, cut, up: up - before.up, down: down - before.down };
}

const events = seconds * perSecond;
const whole = (number) => Math.round(number).toLocaleString('en');

console.log(`${whole(events)} events, ${whole(perSecond)} per second; cut every ${cutEveryMs / 1000} s; tokens of 10 s.\n`);
console.log('| client | lost | doubled | out of order | client CPU, ms | received, bytes per event | sent, bytes |');
console.log('|---|---:|---:|---:|---:|---:|---:|');
for (const contender of positionals.length > 0 ? positionals : ALL) {
  const { title, lost, doubled, disordered, cpuMs, up, down, cut } = await measure(contender);
  const figures = [lost, doubled, disordered, cpuMs, down / events, up].map(whole);
  console.log(`| ${title} | ${figures.join(' | ')} |`);
  if (cut === 0) process.exitCode = 1;
  if (contender.startsWith('rotacast') && lost + doubled + disordered > 0) process.exitCode = 1;
}
