// The window of a page of this server, as jsdom has it, with timers that a test fires: what the
// clients of the original do every 30 seconds or after a wait is then done at once.
import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { eventually } from './process.mjs';

export function pageOf(server) {
  const { window } = new JSDOM('', { url: server.url });
  const timers = [];
  const warnings = [];
  const start = (callback, ms, every) => {
    const timer = { callback, ms, every };
    timers.push(timer);
    return timer;
  };
  const cancel = (timer) => {
    if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1);
  };
  return {
    location: window.location,
    localStorage: window.localStorage,
    CustomEvent: window.CustomEvent,
    dispatchEvent: (event) => window.dispatchEvent(event),
    addEventListener: (type, listener) => window.addEventListener(type, listener),
    WebSocket: recorded(window.WebSocket),
    console: { warn: (...words) => warnings.push(words.join(' ')) },
    warnings,
    setTimeout: (callback, ms) => start(callback, ms, false),
    setInterval: (callback, ms) => start(callback, ms, true),
    clearTimeout: cancel,
    clearInterval: cancel,
    timers,
    close: () => window.close(),

    /** Waits until there is exactly one wait, takes it as over, and returns how long it was. */
    async waitIsOver() {
      const [timer] = await eventually(async () => {
        const waits = timers.filter(({ every }) => !every);
        assert.equal(waits.length, 1, 'one wait');
        return waits;
      });
      cancel(timer);
      timer.callback();
      return timer.ms;
    },

    /** Fires the one repeated timer, and returns its period. */
    fireInterval() {
      const repeated = timers.filter(({ every }) => every);
      assert.equal(repeated.length, 1, 'one repeated timer');
      repeated[0].callback();
      return repeated[0].ms;
    },
  };
}

/** A WebSocket that keeps what it was sent and how it ended; `all` has every socket of the page. */
function recorded(WebSocket) {
  return class Recorded extends WebSocket {
    static all = [];

    frames = [];

    constructor(...args) {
      super(...args);
      Recorded.all.push(this);
      this.addEventListener('message', ({ data }) => this.frames.push(data));
      this.addEventListener('close', ({ code, reason }) => (this.end = { code, reason }));
    }
  };
}
