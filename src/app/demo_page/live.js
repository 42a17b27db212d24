// The live connection: the classic dialect on /ws, with pings, reconnects, and a change of token
// without a gap.

const PING_MS = 30_000;
const PONG_MS = 10_000;
const WAIT_MIN_MS = 1_000;
const WAIT_MAX_MS = 30_000;
const OVERLAP_MS = 2_000;
const GREETING_MS = 10_000;

const KEYS = { schedule: 'schedule_id', person: 'person_id' };

export class Live {
  /**
   * `session` supplies tokens. Calls `onEvent(event)` with each message of the server,
   * `onState(state, text)` with a state of live, waiting or ended, and `onEnd(reason)` when a new
   * login is needed.
   */
  constructor({ session, onEvent, onState, onEnd }) {
    Object.assign(this, { session, onEvent, onState, onEnd });
    this.topics = new Map();
    this.attempt = 0;
    this.running = false;
    addEventListener('online', () => this.running && this.retryTimer && this.connect());
  }

  start() {
    this.running = true;
    this.attempt = 0;
    this.onState('waiting', 'Connecting…');
    this.connect();
  }

  stop() {
    this.running = false;
    this.topics.clear();
    clearTimeout(this.retryTimer);
    for (const socket of [this.socket, this.successor]) this.drop(socket);
    this.socket = this.successor = this.overlap = undefined;
  }

  watch(kind, id) {
    this.topics.set(`${kind} ${id}`, { kind, id });
    this.send({ action: `subscribe_${kind}`, [KEYS[kind]]: id });
  }

  unwatch(kind, id) {
    this.topics.delete(`${kind} ${id}`);
    this.send({ action: `unsubscribe_${kind}`, [KEYS[kind]]: id });
  }

  /** After a token refresh: a second connection takes over before the first one's token expires. */
  handOver() {
    if (!this.acknowledged(this.socket)) return;
    this.drop(this.successor);
    this.overlap = new Map();
    const successor = this.open();
    this.successor = successor;
    setTimeout(() => this.giveUpOn(successor), GREETING_MS);
  }

  giveUpOn(successor) {
    if (this.successor !== successor) return;
    this.drop(successor);
    this.successor = this.overlap = undefined;
  }

  send(command, socket = this.socket) {
    if (this.acknowledged(socket)) socket.send(JSON.stringify(command));
  }

  acknowledged(socket) {
    return socket?.greeted && socket.readyState === WebSocket.OPEN;
  }

  async connect() {
    clearTimeout(this.retryTimer);
    this.retryTimer = 0;
    try {
      if (this.session.expired && !(await this.session.refresh())) return this.end('token_expired');
    } catch {
      return this.retry('The server does not answer.');
    }
    if (!this.running || this.socket) return undefined;
    this.socket = this.open();
    return undefined;
  }

  open() {
    const url = new URL('/ws', location.href);
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('token', this.session.token);
    const socket = new WebSocket(url);
    socket.onmessage = ({ data }) => this.received(socket, data);
    socket.onclose = ({ code, reason }) => this.closed(socket, code, reason);
    return socket;
  }

  received(socket, data) {
    clearTimeout(socket.pongTimer);
    let event;
    try {
      event = JSON.parse(data);
    } catch {
      return;
    }
    if (event?.event_type === 'connection_ack') this.greeted(socket);
    else if (event?.event_type && event.event_type !== 'pong' && !this.seen(socket, data)) this.onEvent(event);
  }

  greeted(socket) {
    socket.greeted = true;
    this.attempt = 0;
    if (socket === this.successor) {
      const former = this.socket;
      this.socket = socket;
      this.successor = undefined;
      setTimeout(() => {
        this.drop(former);
        this.overlap = undefined;
      }, OVERLAP_MS);
    }
    for (const { kind, id } of this.topics.values())
      this.send({ action: `subscribe_${kind}`, [KEYS[kind]]: id }, socket);
    socket.pingTimer = setInterval(() => this.ping(socket), PING_MS);
    this.onState('live', 'Live');
  }

  /**
   * True for an event that was already received on the other connection: while two connections
   * overlap, each event comes on both with the same text.
   */
  seen(socket, data) {
    if (!this.overlap) return false;
    const cameBy = this.overlap.get(data);
    this.overlap.set(data, cameBy ?? socket);
    return cameBy !== undefined && cameBy !== socket;
  }

  ping(socket) {
    this.send({ action: 'ping' }, socket);
    socket.pongTimer = setTimeout(() => {
      this.drop(socket);
      this.closed(socket, 1006, '');
    }, PONG_MS);
  }

  drop(socket) {
    if (!socket) return;
    socket.onclose = socket.onmessage = null;
    clearInterval(socket.pingTimer);
    clearTimeout(socket.pongTimer);
    socket.close(1000);
  }

  async closed(socket, code, reason) {
    clearInterval(socket.pingTimer);
    clearTimeout(socket.pongTimer);
    if (socket === this.successor) this.successor = this.overlap = undefined;
    if (socket !== this.socket) return undefined;
    this.socket = undefined;
    if (!this.running) return undefined;
    if (code === 1008 && reason === 'token_expired') return this.comeBackWithFreshToken();
    if (code === 1008) return this.end(reason);
    return this.retry(code === 1001 ? 'The server is restarting.' : 'The connection was lost.');
  }

  async comeBackWithFreshToken() {
    try {
      if (!(await this.session.refresh())) return this.end('token_expired');
    } catch {
      return this.retry('The server does not answer.');
    }
    return this.running ? this.connect() : undefined;
  }

  end(reason) {
    this.stop();
    this.onEnd(reason);
  }

  /** Full jitter: all clients lost the server at the same moment and must not return together. */
  retry(why) {
    if (!this.running) return;
    const bound = Math.min(WAIT_MAX_MS, WAIT_MIN_MS * 2 ** Math.min(this.attempt, 10));
    this.attempt += 1;
    const wait = Math.random() * bound;
    this.onState('waiting', `${why} Reconnecting…`);
    this.retryTimer = setTimeout(() => this.connect(), wait);
  }
}
