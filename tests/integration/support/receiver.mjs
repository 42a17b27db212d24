// A receiver of webhooks: Node's HTTP server on loopback, with configurable responses; it can be
// killed and restarted.
import http from 'node:http';

export class Receiver {
  #server;
  #sockets = new Set();
  #port;

  /** Every request: {headers, text, body, status}; `status` is that of its response. */
  requests = [];
  /** The response to a request: a status, or {status, headers}. */
  answer = () => 204;

  async start(port = 0) {
    this.#server = http.createServer((request, response) => this.#take(request, response));
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
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const taken = { headers: request.headers, url: request.url, text, body: JSON.parse(text) };
    const answer = this.answer(taken);
    const { status, headers = {} } = typeof answer === 'number' ? { status: answer } : answer;
    this.requests.push({ ...taken, status });
    response.writeHead(status, headers).end();
  }

  url(host = '127.0.0.1') {
    return `http://${host}:${this.#port}/hook?key=hush`;
  }

  /** The accepted requests, in order, without duplicates (which every receiver has to remove). */
  get accepted() {
    const seen = new Set();
    return this.requests.filter(({ status, body }) => {
      if (status > 299 || seen.has(body.event_id)) return false;
      return seen.add(body.event_id);
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
