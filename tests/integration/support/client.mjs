// A WebSocket of the npm package `ws` whose frames are read one at a time.
import assert from 'node:assert/strict';
import WebSocket from 'ws';
import { withPatience } from './process.mjs';

/** The name at the start of a close reason, before the sentence. */
const nameIn = (reason) => /^([a-z_]+): /.exec(reason)?.[1] ?? reason;

export class Client {
  #frames = [];
  #takers = [];
  #ended;

  /** Resolves to {code, reason, name, at} when the connection has ended for any reason. */
  closed;
  /** Resolves to the HTTP status and headers of the response to the upgrade, 101 or not. */
  upgraded;

  constructor(url, { headers = {}, origin, protocols = [], perMessageDeflate = false, localAddress, ca } = {}) {
    this.socket = new WebSocket(url, protocols, { headers, origin, perMessageDeflate, localAddress, ca });
    this.upgraded = new Promise((resolve) => {
      this.socket.once('upgrade', (response) => resolve({ status: response.statusCode, headers: response.headers }));
      this.socket.once('unexpected-response', (request, response) => {
        resolve({ status: response.statusCode, headers: response.headers });
        response.resume();
        request.destroy();
        this.#end({ code: 1006, reason: `HTTP ${response.statusCode}`, at: Date.now() });
      });
    });
    this.closed = new Promise((resolve) => (this.#ended = resolve));
    this.socket.on('message', (data, isBinary) => this.#arrived(isBinary ? data : data.toString('utf8')));
    this.socket.on('error', () => {}); // followed by 'close', which has all that tests look at
    this.socket.once('close', (code, bytes) => {
      const reason = bytes.toString('utf8');
      this.#end({ code, reason, name: nameIn(reason), at: Date.now() });
    });
  }

  #arrived(frame) {
    const taker = this.#takers.shift();
    if (taker) taker.resolve(frame);
    else this.#frames.push(frame);
  }

  #end(end) {
    this.end = end;
    this.#ended(end);
    for (const taker of this.#takers.splice(0)) {
      taker.reject(new Error(`the connection ended (${end.code} ${end.reason}) while a frame was awaited`));
    }
  }

  /** The next frame: text, or a Buffer if it is binary. */
  next() {
    if (this.#frames.length > 0) return Promise.resolve(this.#frames.shift());
    if (this.end) return Promise.reject(new Error(`the connection has ended: ${this.end.code} ${this.end.reason}`));
    const taken = new Promise((resolve, reject) => this.#takers.push({ resolve, reject }));
    return withPatience(taken, 'a frame');
  }

  async nextJson() {
    return JSON.parse(await this.next());
  }

  /** Number of received frames that were not read yet. */
  get waiting() {
    return this.#frames.length;
  }

  /** Sends a command (an object), or a text or Buffer unchanged. */
  send(message, options) {
    const plain = typeof message === 'string' || Buffer.isBuffer(message);
    this.socket.send(plain ? message : JSON.stringify(message), options);
  }

  /** Writes raw bytes, not as a frame. */
  raw(bytes) {
    this.socket._socket.write(bytes);
  }

  /** Waits until the server has processed all commands so far; nothing but the pong may arrive. */
  async barrier() {
    this.send({ action: 'ping' });
    const text = await this.next();
    const { event_type: snake, eventType: camel } = JSON.parse(text);
    assert.equal(snake ?? camel, 'pong', `an unexpected frame came before the pong: ${text}`);
  }

  async watchSchedule(...ids) {
    for (const id of ids) this.send({ action: 'subscribe_schedule', schedule_id: id });
    await this.barrier();
  }

  async watchPerson(...ids) {
    for (const id of ids) this.send({ action: 'subscribe_person', person_id: id });
    await this.barrier();
  }

  /** Waits until the server closes the connection. */
  async serverClosed() {
    return withPatience(this.closed, 'the end of the connection');
  }

  async close(code, reason) {
    if (!this.end) this.socket.close(code, reason);
    return withPatience(this.closed, 'the end of the connection');
  }
}
