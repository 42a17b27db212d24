// The original's programs on its Redis channels: a publisher and a subscriber, both redis-cli.
import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { withPatience } from './process.mjs';

/** Runs redis-cli with these words; `input` becomes the last one. Resolves to its output. */
export function redisCli(redis, words, input, how = input === undefined ? [] : ['-x']) {
  const flags = ['-p', String(redis.port), ...how];
  const child = spawn('redis-cli', [...flags, ...words], {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (output += chunk));
  child.stdin?.end(input);
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(output.trimEnd()));
  });
  return withPatience(ended, `redis-cli ${words[0] ?? how[0]}`);
}

/** `redis-cli PUBLISH`: how many subscribers heard it. */
export const publishOn = async (redis, channel, payload) => Number(await redisCli(redis, ['PUBLISH', channel], payload));

/** Hears what is published on channels. */
export class Subscriber {
  #child;
  #ready = [];
  #waiting = [];

  /** Resolves when Redis has confirmed all. */
  static async on(redis, channels) {
    const subscriber = new Subscriber();
    subscriber.#child = spawn('redis-cli', ['-p', String(redis.port), 'SUBSCRIBE', ...channels], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let lines = [];
    let confirmed = 0;
    const all = new Promise((resolve) => {
      readline.createInterface({ input: subscriber.#child.stdout }).on('line', (line) => {
        lines.push(line);
        if (lines.length < 3) return;
        const [kind, channel, payload] = lines;
        lines = [];
        if (kind === 'message') subscriber.#heard({ channel, payload });
        else if ((confirmed += 1) === channels.length) resolve();
      });
    });
    await withPatience(all, 'the confirmation of SUBSCRIBE');
    return subscriber;
  }

  #heard(message) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(message);
    else this.#ready.push(message);
  }

  /** The next message: {channel, payload}. */
  next() {
    if (this.#ready.length > 0) return Promise.resolve(this.#ready.shift());
    return withPatience(new Promise((resolve) => this.#waiting.push(resolve)), 'a message on the channels');
  }

  /** What was heard and not read. */
  get unread() {
    return this.#ready.length;
  }

  async close() {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill();
    await withPatience(ended, 'the end of redis-cli');
  }
}

/** What the original writes for these keys: json.dumps() with its blanks and escapes. */
export function dumps(value) {
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`;
  if (value instanceof Float) return value.text;
  if (value !== null && typeof value === 'object') {
    return `{${Object.entries(value).map(([key, one]) => `"${key}": ${dumps(one)}`).join(', ')}}`;
  }
  // eslint-disable-next-line no-control-regex
  return JSON.stringify(value).replace(/[^\x00-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A number that Python would write with a point. */
export class Float {
  constructor(text) {
    this.text = text;
  }
}
