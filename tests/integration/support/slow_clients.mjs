// Clients that do not read: more is published than fits into their queue, and each event must be
// accounted for.
import assert from 'node:assert/strict';
import { range, update } from './v1.mjs';

// In total more than two kernel buffers and the server's queue hold; one round is far less than the
// queue.
export const ROUNDS = 40;
export const SCHEDULES = 5;
export const MESSAGE_BYTES = 100_000;
export const QUEUE_BYTES = 4 * 1024 * 1024;

/**
 * Publishes far too much for a client that does not read, one event at a time; returns the receipts
 * by number; 0 is unused.
 */
export async function publishTooMuch(server, schedules, isEnough = () => false) {
  const receipts = [undefined];
  for (let round = 0; round < ROUNDS && !(await isEnough()); ++round) {
    for (const schedule of schedules.slice(0, SCHEDULES)) {
      const message = `${receipts.length} `.padEnd(MESSAGE_BYTES, 'x');
      receipts.push(await update(server, schedule, message));
    }
  }
  return receipts;
}

/** The number of an event of publishTooMuch. */
export const numberOf = ({ message }) => Number.parseInt(message, 10);

/**
 * Asserts that each of these numbers was seen once or is in exactly one gap, and that all are in
 * order. `places` is that order: cursor → number.
 */
export function assertAccounted({ seen, places, last, numbers = range(1, last) }) {
  const place = (cursor) => {
    assert.ok(places.has(cursor), `a place that was published: ${cursor}`);
    return places.get(cursor);
  };
  const covered = new Map(range(1, last).map((i) => [i, 0]));
  const cover = (i) => covered.set(i, covered.get(i) + 1);
  const missing = new Set(numbers);
  let before = 0;
  for (const message of seen) {
    const here = place(message.cursor);
    assert.ok(here >= before, `${message.event_type} out of place: ${here} behind ${before}`);
    before = here;
    if (message.event_type === 'gap') continue;
    assert.equal(here, numberOf(message));
    assert.ok(missing.delete(here), `${here} came twice`);
  }
  for (const gap of seen.filter(({ event_type: type }) => type === 'gap')) {
    const [from, to] = [place(gap.from), place(gap.to)];
    assert.ok(from < to);
    for (const i of range(from + 1, to)) cover(i);
  }
  for (const i of missing) assert.equal(covered.get(i), 1, `${i} is missing: told by one gap`);
  assert.ok(missing.size > 0, 'the queue ran over');
  return missing;
}
