// A proxy from build/proxies/root, in a folder of its own, in front of a server on loopback.
//
// What a proxy is, is told by a module of ../proxies:
//   title, program         its name and version; the path of its program below the root
//   plain                  it does not end TLS
//   headers                'forwarded' if it writes that, and not those with X
//   unprivileged           it refuses to run as root
//   files(place)           the files that it is started with, {name: content}; most are made from
//                          docs/deploy.md
//   first(place)           the files of somebody who has read that page not yet: the shortest that
//                          carry WebSockets; absent if the page's are
//   atFirst                the cells of the second table: what it does with these
//   start(place)           its arguments
//   environment(place)     variables, if it needs some
//   reload(place)          a signal, or the commands to run, [{program, args}]
//   measured               what it does: the cells of the table in docs/deploy.md
//
// A place is {folder, port, ports, backend, certificate, key, both, root}: where it runs. `ports` has
// two more, for its own use.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { eventually, withPatience } from '../../integration/support/process.mjs';
import { accepts, freePorts } from './ports.mjs';

const ROOT = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../../../build/proxies/root');
const NOBODY = 65534;
const TLS = process.env.ROTACAST_TEST_TLS;

export class ReverseProxy {
  #definition;
  #place;
  #child;
  #log = '';

  /** The address that clients use. */
  url;

  constructor(definition) {
    this.#definition = definition;
  }

  /** What it has printed, or written to the file `log`. */
  get log() {
    const file = this.#place.file('log');
    return this.#log + (fs.existsSync(file) && fs.statSync(file).isFile() ? fs.readFileSync(file, 'utf8') : '');
  }

  /** Starts it in front of the server at `backend`, HOST:PORT; returns when it accepts connections. */
  async start(backend, files = this.#definition.files) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rotacast-proxy-'));
    // Some give up their privileges, and read their files afterwards.
    fs.chmodSync(folder, 0o755);
    const [port, ...ports] = await freePorts(3);
    const file = (name) => path.join(folder, name);
    this.#place = {
      folder, file, port, ports, backend, root: ROOT,
      certificate: file('rota.pem'), key: file('rota.key'), both: file('rota-and-key.pem'),
    };
    this.#putCertificate('first');
    for (const [name, content] of Object.entries(files(this.#place))) {
      fs.mkdirSync(path.dirname(file(name)), { recursive: true });
      fs.writeFileSync(file(name), content);
    }
    if (this.#identity.uid) fs.readdirSync(folder, { recursive: true }).concat('').forEach((name) => fs.chownSync(file(name), NOBODY, NOBODY));
    this.#child = this.#run(this.#definition.program, this.#definition.start(this.#place));
    this.url = `${this.#definition.plain ? 'http' : 'https'}://localhost:${port}`;
    await eventually(async () => {
      this.#assertRuns();
      assert.ok(await accepts(port), `${this.#definition.title} does not listen:\n${this.log}`);
    }).catch((error) => { throw this.#child.exitCode === null ? error : this.#ended(); });
  }

  get #identity() {
    return this.#definition.unprivileged && process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  }

  #ended() {
    return new Error(`${this.#definition.title} ended with ${this.#child.exitCode}:\n${this.log}`);
  }

  #assertRuns() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw this.#ended();
  }

  #putCertificate(name) {
    const { certificate, key, both } = this.#place;
    const [chain, secret] = ['pem', 'key'].map((kind) => fs.readFileSync(path.join(TLS, `${name}.${kind}`)));
    fs.writeFileSync(certificate, chain);
    fs.writeFileSync(key, secret);
    fs.writeFileSync(both, Buffer.concat([chain, secret]));
  }

  #run(program, args) {
    const libraries = ['usr/lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu', 'usr/lib/trafficserver', 'usr/lib/varnish']
      .map((name) => path.join(ROOT, name));
    const child = spawn(path.join(ROOT, program), args, {
      cwd: this.#place.folder,
      env: {
        PATH: process.env.PATH, HOME: this.#place.folder, LD_LIBRARY_PATH: libraries.join(':'),
        ...this.#definition.environment?.(this.#place),
      },
      ...this.#identity,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a process group, so that none of its processes outlives the test
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (this.#log = (this.#log + chunk).slice(-20_000)));
    }
    process.once('exit', () => killGroup(child));
    return child;
  }

  /** The subject of the certificate that it shows to a new client. */
  async certificate() {
    const socket = tls.connect({ host: '127.0.0.1', port: this.#place.port, servername: 'localhost' });
    socket.on('error', () => {});
    await withPatience(once(socket, 'secureConnect'), 'a handshake');
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return subject.CN;
  }

  /** Renews its certificate and lets it read its configuration again; returns when it has. */
  async reload() {
    this.#putCertificate('second');
    const how = this.#definition.reload(this.#place);
    if (typeof how === 'string') process.kill(this.#child.pid, how);
    for (const { program, args } of typeof how === 'string' ? [] : how) {
      const [code] = await withPatience(once(this.#run(program, args), 'exit'), `the reload of ${this.#definition.title}`);
      assert.equal(code, 0, this.log);
    }
    if (!this.#definition.plain) await eventually(async () => assert.equal(await this.certificate(), 'second'));
  }

  /** Whether its first process still runs. */
  get runs() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async stop() {
    if (!this.#child) return;
    if (this.runs) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await withPatience(ended, `the end of ${this.#definition.title}`, 3_000).catch(() => {});
    }
    killGroup(this.#child);
    fs.rmSync(this.#place.folder, { recursive: true, force: true });
  }
}

function killGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {} // it has ended, and so have its processes
}
