// What the suites of webhooks share: a server that retries quickly, an operator, a receiver's count.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { eventually } from './process.mjs';
import { startServer } from './server.mjs';
import { numberedEvent } from './v1.mjs';

export const BASE = '/api/v1/webhooks';
export const SECRET = 'whsec_of_the_black_box_suite';

/** A server that may send to receivers on loopback and waits only a second where it would wait longer. */
export function startWebhookServer({ users, settings = {} }) {
  return startServer({
    users,
    settings: {
      'webhooks.allow_addresses': '127.0.0.1',
      'webhooks.retry_first_s': 1,
      'webhooks.retry_max_s': 1,
      'webhooks.pause_after_s': 3,
      'webhooks.probe_first_s': 1,
      'webhooks.probe_max_s': 1,
      ...settings,
    },
  });
}

/** An operator's requests to this server; `receiverNow` returns the receiver of the present test. */
export function operatorOf(server, receiverNow) {
  async function ask(method, path, body, as = 'admin') {
    const headers = { authorization: `Bearer ${await server.token(as)}`, 'content-type': 'application/json' };
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await server.request(path, { method, headers, body: text });
    return { status: response.status, body: await response.json() };
  }

  let count = 0;
  /** Creates a webhook for a test; returns its name. */
  async function hook(more = {}) {
    const name = `hook-${++count}`;
    const made = await ask('POST', BASE, { name, url: receiverNow().url(), secret: SECRET, ...more });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.equal(made.body.secret, SECRET);
    return name;
  }

  return {
    ask,
    hook,
    show: async (name) => (await ask('GET', `${BASE}/${name}`)).body,
    /** Resumes a paused webhook. */
    resume: (name) => ask('POST', `/api/v1/bus/subscriptions/webhook:${name}/resume`),
    remove: (name) => ask('DELETE', `${BASE}/${name}`),
    lettersOf: async (name) =>
      (await ask('GET', `/api/v1/bus/dead-letters?subscriber=webhook:${name}`)).body.dead_letters,
    /** Waits until the receiver has accepted n different events. */
    accepted: (n) => eventually(() => assert.equal(receiverNow().accepted.length, n)),
  };
}

/** One event for each of these numbers; their aggregate is the assignment. */
export const numbered = (assignment_id, numbers) =>
  numbers.map((n) => ({ ...numberedEvent(randomUUID(), n), assignment_id }));
export const numberOf = ({ body }) => Number(body.event.rotation_id.slice(0, 8));
export const numbersOf = (requests, aggregate) =>
  requests.filter(({ body }) => body.event?.assignment_id === aggregate).map(numberOf);

export function verify({ text, headers }, secret = SECRET) {
  return Stripe.webhooks.constructEvent(text, headers['rotacast-signature'], secret, 300);
}

export function assertRefusal({ status, body }, expected, name, path = '') {
  assert.deepEqual([status, body.error.name, body.error.path], [expected, name, path], JSON.stringify(body));
}
