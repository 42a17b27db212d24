// A connection on which a test decides every byte: what HTTP clients hide, like 100 Continue, a reset, or when
// a response's first bytes came.
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { withPatience } from './process.mjs';

export class RawConnection {
  #socket;
  #text = '';
  #ended = false;
  #fault;
  #waiting = new Set();

  /** `ca`: of a server that speaks TLS. */
  constructor(server, { ca } = {}) {
    const { hostname, port } = new URL(server.url);
    const options = { host: hostname, port, allowHalfOpen: true };
    this.#socket = ca ? tls.connect({ ...options, ca }) : net.connect(options);
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text) => this.#see(() => (this.#text += text)));
    this.#socket.on('end', () => this.#see(() => (this.#ended = true)));
    this.#socket.on('error', (fault) => this.#see(() => (this.#fault = fault)));
  }

  #see(change) {
    change();
    for (const look of this.#waiting) look();
  }

  #wait(what, ready) {
    const seen = new Promise((resolve, reject) => {
      const look = () => {
        if (this.#fault) reject(this.#fault);
        else if (ready()) resolve();
        else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
    return withPatience(seen, `${what}; there is ${JSON.stringify(this.#text)}`);
  }

  /** Resolves when the kernel has taken all of it. */
  async send(bytes) {
    if (!this.#socket.write(bytes)) await withPatience(once(this.#socket, 'drain'), 'room for what is sent');
  }

  /** Reads up to and including `end`. */
  async until(end) {
    await this.#wait(JSON.stringify(end), () => this.#text.includes(end));
    return this.#take(this.#text.indexOf(end) + end.length);
  }

  /** Reads everything up to the end of the connection; a reset rejects. */
  async untilEnd() {
    await this.#wait('the end', () => this.#ended);
    return this.#take(this.#text.length);
  }

  /** Reads one response: {status, head, body}, with the body that its Content-Length says. */
  async response({ bodiless = false } = {}) {
    const head = await this.until('\r\n\r\n');
    const length = bodiless ? 0 : Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0);
    await this.#wait('a body', () => this.#text.length >= length);
    return { status: Number(head.split(' ')[1]), head, body: this.#take(length) };
  }

  #take(length) {
    const taken = this.#text.slice(0, length);
    this.#text = this.#text.slice(length);
    return taken;
  }

  close() {
    this.#socket.destroy();
  }
}
