// Stands in for systemd on a machine that has none: starts, stops and reloads the service rotacast as
// its unit below a folder says.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { withPatience } from '../../integration/support/process.mjs';

export class ServiceManager {
  #root;
  #server;
  child;
  log = '';

  constructor(root) {
    this.#root = root;
  }

  get #socket() {
    return path.join(this.#root, 'systemctl.sock');
  }

  /** The text of a program systemctl that asks this manager. */
  get command() {
    return `#!${process.execPath}
const socket = require('net').connect(${JSON.stringify(this.#socket)}, () => socket.write(JSON.stringify(process.argv.slice(2)) + '\\n'));
socket.on('data', (text) => { process.stderr.write(text); process.exitCode = 1; });
`;
  }

  async listen() {
    this.#server = net.createServer((socket) => {
      socket.once('data', async (text) => socket.end(await this.#do(JSON.parse(text)).then(() => '', ({ message }) => `${message}\n`)));
    });
    this.#server.listen(this.#socket);
    await once(this.#server, 'listening');
  }

  #value(key) {
    const unit = fs.readFileSync(path.join(this.#root, 'etc/systemd/system/rotacast.service'), 'utf8');
    const line = unit.split('\n').find((text) => text.startsWith(`${key}=`));
    assert.ok(line, `the unit has no ${key}`);
    return line.slice(key.length + 1);
  }

  async #do(args) {
    if (args.join(' ') === 'daemon-reload') return;
    assert.equal(args.at(-1), 'rotacast');
    if (args.join(' ') === '--quiet is-active rotacast') return assert.ok(this.#runs, 'inactive');
    const actions = { 'enable --now': () => this.#start(), start: () => this.#start(), stop: () => this.#runs && this.#stop(), reload: () => this.#reload(), restart: () => this.#restart() };
    const action = actions[args.slice(0, -1).join(' ')];
    assert.ok(action, `systemctl ${args.join(' ')}`);
    await action();
  }

  async #start() {
    assert.ok(!this.#runs, 'it runs, and would not be started');
    fs.mkdirSync(path.join(this.#root, 'var/lib', this.#value('StateDirectory')), {
      recursive: true, mode: Number.parseInt(this.#value('StateDirectoryMode'), 8),
    });
    const [program, ...args] = this.#value('ExecStart').split(' ');
    this.child = spawn(program, args, { cwd: this.#root, env: { PATH: '/usr/bin:/bin' }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (text) => (this.log += text));
    await once(this.child, 'spawn');
  }

  get #runs() {
    return this.child && this.child.exitCode === null && this.child.signalCode === null;
  }

  #ended() {
    return withPatience(once(this.child, 'exit'), 'the end of the service', 1_000 * Number(this.#value('TimeoutStopSec')));
  }

  async #stop() {
    const ended = this.#ended();
    this.child.kill('SIGTERM');
    const [code] = await ended;
    assert.equal(code, 0, this.log);
  }

  /** As a lost power supply would, for what is in memory. */
  async kill() {
    const ended = this.#ended();
    this.child.kill('SIGKILL');
    await ended;
  }

  async #restart() {
    if (this.#runs) await this.#stop();
    await this.#start();
  }

  #reload() {
    execFileSync('sh', ['-c', this.#value('ExecReload')], { env: { PATH: '/usr/bin:/bin', MAINPID: `${this.child.pid}` } });
  }

  async close() {
    if (this.#runs) await this.#stop();
    this.#server.close();
  }
}
