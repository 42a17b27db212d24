// Nodes of one cluster on a Redis of their own. Users are in each node's database from the beginning,
// with the same identifiers.
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { eventually, withPatience } from './process.mjs';
import { Server } from './server.mjs';

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Starts a Redis server, or a sentinel, and waits until it answers; returns the process. */
export async function launchRedis(port, args, { within = [], host = '127.0.0.1' } = {}) {
  const [program, ...words] = [...within, 'redis-server', ...args];
  const child = spawn(program, words, { stdio: 'ignore' });
  await eventually(() => new Promise((resolve, reject) => {
    const socket = net.connect(port, host, () => socket.end('PING\r\n'));
    socket.once('data', resolve);
    socket.once('error', reject);
  }));
  return child;
}

export class Redis {
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rotacast-redis-'));
  #child;
  #arguments;
  port;

  /** `more`: arguments of redis-server. */
  constructor({ appendonly = 'no', more = [] } = {}) {
    this.#arguments = ['--appendonly', appendonly, ...more];
  }

  get url() {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  /** Starts it, empty unless it has saved before. */
  async start() {
    this.port ??= await freePort();
    this.#child = await launchRedis(this.port, ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '',
      '--dir', this.#folder, ...this.#arguments]);
  }

  /** Writes the snapshot with which it starts the next time. */
  save() {
    return this.command('SAVE');
  }

  /** Runs a command with redis-cli and returns what that prints; an error reply rejects. */
  async command(...words) {
    return (await promisify(execFile)('redis-cli', ['-e', '-p', String(this.port), ...words])).stdout.trim();
  }

  async kill() {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await withPatience(ended, 'the end of Redis');
  }

  async stop() {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) await this.kill();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * Starts `redis` and `count` servers that use it: {redis, nodes, stop}. `settings` may be a function of
 * the running Redis.
 */
export async function startCluster(count, { users = { admin: 'admin' }, settings = {}, redis = new Redis() } = {}) {
  const nodes = [];
  const stop = async () => {
    await Promise.allSettled(nodes.map((node) => node.stop()));
    await redis.stop();
  };
  try {
    await redis.start();
    const more = typeof settings === 'function' ? await settings(redis) : settings;
    const ids = Object.fromEntries(Object.keys(users).map((name) => [name, { id: randomUUID(), personId: randomUUID() }]));
    for (let i = 0; i < count; i += 1) {
      // On a slow machine a node may need more than a second to return.
      const node = new Server('strict', { 'redis.url': redis.url, 'redis.settle_ms': 5_000, ...more });
      nodes.push(node);
      node.useSecret(nodes[0].secret);
      for (const [name, role] of Object.entries(users)) await node.addUser(name, role, ids[name]);
      node.apiKey = await node.addKey('suite');
      await node.start();
    }
    await Promise.all(nodes.map(joined));
  } catch (error) {
    await stop();
    throw error;
  }
  return { redis, nodes, stop };
}

/** What `GET /health/ready` says. */
export const readiness = async (node) => (await node.request('/health/ready')).json();

/** Waits until the node takes part in the common order. */
export function joined(node) {
  return eventually(async () => {
    const { status, reason } = await readiness(node);
    if (status !== 'ready') throw new Error(`${status}: ${reason}`);
  });
}
