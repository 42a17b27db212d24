// Two Redis servers, one the primary and the other its replica, and a sentinel that fails over between
// them.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort, launchRedis } from './cluster.mjs';
import { eventually, withPatience } from './process.mjs';

const ask = async (port, ...command) =>
  (await promisify(execFile)('redis-cli', ['-p', String(port), ...command])).stdout.trim().split('\n');

export class SentinelPair {
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rotacast-sentinel-'));
  #servers = new Map();
  #sentinel;
  #sentinelPort;

  get url() {
    return `redis+sentinel://127.0.0.1:${this.#sentinelPort}/rota/0`;
  }

  async start() {
    const [first, second] = [await freePort(), await freePort()];
    await this.#serve(first);
    await this.#serve(second, '--replicaof', '127.0.0.1', String(first));
    await eventually(async () => {
      const role = await ask(second, 'ROLE');
      if (role[3] !== 'connected') throw new Error('the replica is not one yet');
    });
    this.#sentinelPort = await freePort();
    const config = path.join(this.#folder, 'sentinel.conf');
    fs.writeFileSync(config, [
      `sentinel monitor rota 127.0.0.1 ${first} 1`,
      'sentinel down-after-milliseconds rota 300',
      'sentinel failover-timeout rota 3000',
    ].join('\n'));
    this.#sentinel = await launchRedis(this.#sentinelPort, [config, '--sentinel', '--port', String(this.#sentinelPort),
      '--bind', '127.0.0.1', '--dir', this.#folder]);
  }

  async #serve(port, ...more) {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', this.#folder,
      '--dbfilename', `${port}.rdb`, '--repl-diskless-sync-delay', '0', ...more];
    this.#servers.set(port, await launchRedis(port, args));
  }

  async primary() {
    return Number((await ask(this.#sentinelPort, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'rota'))[1]);
  }

  /** Waits until the sentinel could fail over, because a replica follows; returns the primary. */
  #readyPrimary() {
    return eventually(async () => {
      const primary = await this.primary();
      const other = [...this.#servers.keys()].find((port) => port !== primary);
      const role = await ask(other, 'ROLE');
      const follows = role[0] === 'slave' && Number(role[2]) === primary && role[3] === 'connected';
      if (!follows) {
        throw new Error(`no replica follows ${primary}: ${other} is ${role.join(' ')}; the sentinel: `
          + `${await this.#sentinelState()}`);
      }
      const [known] = await ask(this.#sentinelPort, 'SENTINEL', 'CKQUORUM', 'rota');
      if (!known.startsWith('OK')) throw new Error(known);
      return primary;
    });
  }

  /** Why it may wait: it acts on nothing while it is tilted (its clock or its machine stood still). */
  async #sentinelState() {
    const info = (await ask(this.#sentinelPort, 'INFO', 'sentinel')).filter((line) => /tilt|status/.test(line));
    return [...info, ...(await ask(this.#sentinelPort, 'SENTINEL', 'REPLICAS', 'rota'))].join(' ');
  }

  async #hasChanged(from) {
    await eventually(async () => {
      if ((await this.primary()) === from) throw new Error('no failover yet');
    });
  }

  /** As an operator does it; the former primary becomes the replica. */
  async failOver() {
    const from = await this.#readyPrimary();
    await eventually(async () => {
      const [answer] = await ask(this.#sentinelPort, 'SENTINEL', 'FAILOVER', 'rota');
      if (answer !== 'OK') throw new Error(answer);
    });
    await this.#hasChanged(from);
  }

  /** The primary dies; when the replica has taken over, it returns as the replica, without data. */
  async killPrimary() {
    const from = await this.#readyPrimary();
    await end(this.#servers.get(from));
    await this.#hasChanged(from);
    await this.#serve(from, '--replicaof', '127.0.0.1', String(await this.primary()));
  }

  async stop() {
    await Promise.allSettled([this.#sentinel, ...this.#servers.values()].map((child) => child && end(child)));
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await withPatience(ended, 'the end of Redis');
}
