// The original's documented client class, as the wire specification describes it (§5.3), with its
// defects: disconnect() does not end the reconnecting, and swap_approved is an unknown event.
// `page` is what it uses of a page's window.

const NAMES = {
  schedule_updated: 'schedule-updated',
  assignment_changed: 'assignment-changed',
  swap_requested: 'swap-requested',
  conflict_detected: 'conflict-detected',
  resilience_alert: 'resilience-alert',
};

const RECONNECT_MS = 3000;
const RECONNECTS_MAX = 5;
const PING_MS = 30_000;

export class SchedulerWebSocket {
  #page;
  #socket;
  #attempts = 0;
  #ping;

  constructor(page) {
    this.#page = page;
  }

  connect(token) {
    return new Promise((resolve, reject) => {
      const { protocol, host } = this.#page.location;
      const scheme = protocol === 'https:' ? 'wss' : 'ws';
      const socket = new this.#page.WebSocket(`${scheme}://${host}/ws?token=${token}`);
      this.#socket = socket;
      socket.onopen = () => {
        this.#attempts = 0;
        this.#ping = this.#page.setInterval(() => this.#send({ action: 'ping' }), PING_MS);
        resolve();
      };
      socket.onmessage = ({ data }) => this.#received(JSON.parse(data));
      socket.onerror = reject;
      socket.onclose = () => {
        this.#page.clearInterval(this.#ping);
        this.#reconnect();
      };
    });
  }

  subscribeToSchedule(id) {
    this.#send({ action: 'subscribe_schedule', schedule_id: id });
  }

  subscribeToPerson(id) {
    this.#send({ action: 'subscribe_person', person_id: id });
  }

  disconnect() {
    this.#socket.close(1000, 'Normal closure');
  }

  #send(command) {
    this.#socket.send(JSON.stringify(command));
  }

  #received({ event_type: type, ...detail }) {
    if (type === 'pong') return;
    if (type in NAMES) this.#page.dispatchEvent(new this.#page.CustomEvent(NAMES[type], { detail }));
    else this.#page.console.warn('unknown event type', type);
  }

  #reconnect() {
    if (this.#attempts >= RECONNECTS_MAX) return;
    this.#attempts += 1;
    this.#page.setTimeout(() => {
      // The original ignores the promise. Unhandled, it would end the test instead of a page.
      this.connect(this.#page.localStorage.getItem('access_token')).catch(() => {});
    }, RECONNECT_MS * 2 ** (this.#attempts - 1));
  }
}
