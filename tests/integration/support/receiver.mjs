// A receiver of webhooks: Node's HTTP server on loopback, with configurable responses; it can be
// killed and restarted.
import { once } from 'node:events';
import http from 'node:http';

export class Receiver {
  #server;
  #options;
  #sockets = new Set();
  #port;

  /** Every request: {headers, text, body, status, at, socket}; `status` is that of its response. */
  requests = [];
  /** The response to a request: a status, {status, headers, body}, or null to break the connection. */
  answer = () => 204;

  /** `options` are those of http.createServer. */
  constructor(options = {}) {
    this.#options = options;
  }

  async start(port = 0) {
    this.#server = http.createServer(this.#options, (request, response) => this.#take(request, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    await new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.#port = this.#server.address().port;
    return this;
  }

  async #take(request, response) {
    const [at, { socket }] = [Date.now(), request];
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const taken = { headers: request.headers, url: request.url, text, body: JSON.parse(text), at, socket };
    const answer = this.answer(taken);
    const { status, headers = {}, body } = typeof answer === 'number' ? { status: answer } : answer ?? {};
    this.requests.push({ ...taken, status });
    if (answer === null) socket.destroy();
    else response.writeHead(status, headers).end(body);
  }

  /** How many connections the requests used. */
  get connections() {
    return new Set(this.requests.map(({ socket }) => socket)).size;
  }

  /** Waits until the receiver has closed all connections, as it does when they are idle. */
  async idle() {
    await Promise.all([...this.#sockets].map((socket) => once(socket, 'close')));
  }

  url(host = '127.0.0.1') {
    return `http://${host}:${this.#port}/hook?key=hush`;
  }

  /** The accepted requests, in order, without duplicates (which every receiver has to remove). */
  get accepted() {
    const seen = new Set();
    return this.requests.filter(({ status, headers }) => {
      const id = headers['rotacast-event-id'];
      if (!(status < 300) || seen.has(id)) return false;
      return seen.add(id);
    });
  }

  /** Like a kill: connections break in the middle. */
  async kill() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Restarts at the same address. */
  comeBack() {
    return this.start(this.#port);
  }
}
