// A server under test in a directory of its own: users, key and tokens come from the command line
// tool.
import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import assert from 'node:assert/strict';
import { Client } from './client.mjs';
import { eventually, launch, must, run, withPatience } from './process.mjs';

export const ROLES = ['admin', 'coordinator', 'faculty', 'clinical_staff', 'rn', 'lpn', 'msa', 'resident'];

const PASSWORD = 'correct horse battery staple';

export class Server {
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rotacast-it-'));
  #users = new Map();
  #tokens = new Map();
  #process;
  #clients = new Set();

  secret = randomBytes(32).toString('hex');
  policy;
  /** Settings by their keys, {'websocket.slow_client': 'close'}; read at each start. */
  settings;
  apiKey;
  /** The server's address; a suite may set that of a proxy. */
  url;
  /** HOST:PORT, read at each start. */
  listen = '127.0.0.1:0';

  constructor(policy, settings = {}) {
    this.policy = policy;
    this.settings = settings;
    this.useSecret(this.secret);
  }

  /** Before the first start: tokens of servers with one secret are valid on all of them. */
  useSecret(secret) {
    this.secret = secret;
    // Text editors add a line end, which is not part of the secret.
    fs.writeFileSync(this.file('secret'), `${secret}\n`, { mode: 0o600 });
  }

  file(name) {
    return path.join(this.#folder, name);
  }

  get database() {
    return this.file('rotacast.db');
  }

  get pid() {
    return this.#process.child.pid;
  }

  /** The server's output so far, to check that it contains no secret. */
  get output() {
    return `${this.#process.lines.join('\n')}\n${this.#process.stderr()}`;
  }

  cli(...args) {
    return run([...args, '--database', this.database], { cwd: this.#folder });
  }

  /** Adds a user with the command line tool; `person: false` adds one without a person. */
  async addUser(name, role, {
    password = PASSWORD, person = true, id = randomUUID(), personId = person ? randomUUID() : null,
  } = {}) {
    const file = this.file(`password-${name}`);
    fs.writeFileSync(file, `${password}\n`, { mode: 0o600 });
    const args = ['user', 'add', name, '--role', role, '--password-file', file, '--id', id];
    if (personId) args.push('--person-id', personId);
    await must([...args, '--database', this.database], { cwd: this.#folder });
    const user = { name, role, id, personId, password };
    this.#users.set(name, user);
    return user;
  }

  user(name) {
    const found = this.#users.get(name);
    if (!found) throw new Error(`no user ${name} in this server`);
    return found;
  }

  async deactivate(name) {
    await must(['user', 'deactivate', name, '--database', this.database], { cwd: this.#folder });
  }

  async addKey(name, ...flags) {
    return (await must(['key', 'add', name, ...flags, '--database', this.database], { cwd: this.#folder })).trim();
  }

  /** A new token from the command line tool. */
  async newToken(name, ttl) {
    const args = ['token', name, '--database', this.database, '--jwt-secret-file', this.file('secret')];
    if (ttl !== undefined) args.push('--ttl', String(ttl));
    return (await must(args, { cwd: this.#folder })).trim();
  }

  /** One token per user and server, created on first use. */
  token(name) {
    if (!this.#tokens.has(name)) this.#tokens.set(name, this.newToken(name));
    return this.#tokens.get(name);
  }

  async start() {
    this.#process = await launch(
      ['serve', '--listen', this.listen, '--database', this.database,
        '--jwt-secret-file', this.file('secret'), '--policy', this.policy, ...flagsOf(this.settings)],
      { cwd: this.#folder },
    );
    this.url = this.#process.url;
  }

  socketUrl(route = '/ws', query = {}) {
    const url = new URL(route, this.url.replace(/^http/, 'ws'));
    for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
    return url.href;
  }

  /**
   * Opens a socket as this user and waits for the acknowledgement. `query: {case: 'camel'}` selects
   * the dialect.
   */
  async connect(name, { route, query = {}, token, ...options } = {}) {
    const client = this.open({ route, query: { token: token ?? (await this.token(name)), ...query }, ...options });
    client.ack = await client.next();
    assert.match(client.ack, /connection_ack/, 'the first frame is the acknowledgement');
    return client;
  }

  /** Opens a socket with exactly these credentials and does not wait. */
  open({ route, query, url = this.socketUrl(route, query), ...options } = {}) {
    const client = new Client(url, options);
    this.#clients.add(client);
    return client;
  }

  /** Closes all sockets of the last test and waits until each has seen its close. */
  async closeClients() {
    const all = [...this.#clients];
    this.#clients.clear();
    await Promise.all(all.map((client) => client.close()));
  }

  /** The figures of the public health page. */
  async figures() {
    return (await (await this.request('/ws/health')).json()).connections;
  }

  /** The operators' counters; a counter that does not exist yet is 0. */
  async counters() {
    const response = await this.request('/api/v1/stats', { headers: { authorization: `Bearer ${await this.token('admin')}` } });
    assert.equal(response.status, 200);
    return new Proxy(await response.json(), { get: (counts, name) => counts[name] ?? 0 });
  }

  /**
   * Waits until this counter has reached a number: the server counts a session's end after the
   * client has seen it.
   */
  async counted(name, atLeast = 1) {
    await eventually(async () => {
      const count = (await this.counters())[name];
      assert.ok(count >= atLeast, `${name}: ${count}`);
    });
  }

  /** Waits until the server counts no connections. */
  async becomesEmpty() {
    await eventually(async () => assert.equal((await this.figures()).total_connections, 0));
  }

  request(route, { method = 'GET', headers = {}, body } = {}) {
    return fetch(new URL(route, this.url), {
      method,
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
    });
  }

  /** Posts JSON (or a given text unchanged) and returns {status, body, headers, text}. */
  async post(route, content, headers = {}) {
    const body = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
    const response = await this.request(route, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    const text = await response.text();
    let parsed;
    try {
      parsed = JSON.parse(text);
    } catch {
      parsed = undefined;
    }
    return { status: response.status, body: parsed, headers: response.headers, text };
  }

  /** Publishes domain events (one or an array) with the key; they must be accepted. */
  async publish(events, headers = {}) {
    const answer = await this.post('/api/v1/events', events, { 'x-api-key': this.apiKey, ...headers });
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }

  /** Publishes one client event with the key; it must be accepted. */
  async broadcast(kind, fields, headers = {}) {
    const answer = await this.post(`/api/v1/broadcast/${kind}`, fields, { 'x-api-key': this.apiKey, ...headers });
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }

  /**
   * Publishes an alert that everybody gets and asserts that it is the very next frame of each of these sockets:
   * this proves that nothing else was sent to them before.
   */
  async assertNothingElse(...clients) {
    const message = `sentinel ${randomUUID()}`;
    await this.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'green', message });
    for (const client of clients) {
      const text = await client.next();
      assert.equal(JSON.parse(text).message, message, `an unexpected frame came first: ${text}`);
    }
  }

  signal(name) {
    process.kill(this.pid, name);
  }

  /** Waits until the process exits: {code, signal}. */
  exited() {
    return withPatience(this.#process.exited, 'the end of the server');
  }

  async restart() {
    await this.closeClients();
    this.signal('SIGTERM');
    await this.exited();
    await this.start();
  }

  async stop() {
    await this.closeClients();
    if (this.#process && this.#process.child.exitCode === null && this.#process.child.signalCode === null) {
      this.#process.child.kill('SIGTERM');
      try {
        await this.exited();
      } catch (error) {
        this.#process.child.kill('SIGKILL');
        throw error;
      }
    }
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

const flagsOf = (settings) =>
  Object.entries(settings).flatMap(([key, value]) => [`--${key.replace(/[._]/g, '-')}`, String(value)]);

/** Starts a server with these users, {name: role}; the policy is strict by default. */
export async function startServer({
  policy = 'strict', users = { admin: 'admin', coordinator: 'coordinator' }, settings,
} = {}) {
  const server = new Server(policy, settings);
  try {
    for (const [name, role] of Object.entries(users)) await server.addUser(name, role);
    server.apiKey = await server.addKey('suite');
    await server.start();
  } catch (error) {
    await server.stop().catch(() => {});
    throw error;
  }
  return server;
}

/** One user of each role, named after it. */
export const everyRole = () => Object.fromEntries(ROLES.map((role) => [role, role]));
