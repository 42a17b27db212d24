// The original's React hook, in both its versions, on our server: states, events, pings, reconnects.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { JSDOM } from 'jsdom';
import { pageOf } from './support/page_window.mjs';
import { eventually } from './support/process.mjs';
import { startServer } from './support/server.mjs';

// React looks for a document when it is loaded.
const { window } = new JSDOM('');
Object.assign(globalThis, { window, document: window.document });
globalThis.navigator ??= window.navigator;
const { cleanup, renderHook } = await import('@testing-library/react');
const { CAMEL, SNAKE, useWatching, useWebSocket } = await import('./support/use_web_socket.mjs');

const server = await startServer({ users: { coordinator: 'coordinator' } });
after(() => server.stop());

const pages = [];
afterEach(() => {
  cleanup();
  pages.splice(0).forEach((page) => page.close());
});

/** Renders a hook with this page's options, and waits until it is connected. */
async function rendered(use, options = {}) {
  const page = pageOf(server);
  pages.push(page);
  const messages = [];
  const given = { url: server.url, token: await server.token('coordinator'), onMessage: (m) => messages.push(m), ...options };
  const hook = renderHook((props) => use(page, given, props), { initialProps: options.initial });
  const current = () => hook.result.current;
  const becomes = (state) => eventually(async () => assert.equal(current().connectionState, state));
  await becomes('connected');
  return { ...hook, page, messages, current, becomes, socket: () => page.WebSocket.all.at(-1) };
}

async function barrier({ page, socket }) {
  const pongs = () => socket().frames.filter((frame) => frame.includes('"pong"')).length;
  const before = pongs();
  assert.equal(page.fireInterval(), 30_000);
  await eventually(async () => assert.equal(pongs(), before + 1, 'an answered ping'));
}

const update = (schedule, message) =>
  server.broadcast('schedule_updated', { schedule_id: schedule, update_type: 'modified', message });

for (const [name, version, spelled] of [
  ['snake_case', SNAKE, { schedule: 'schedule_id', type: 'event_type' }],
  ['camelCase', CAMEL, { schedule: 'scheduleId', type: 'eventType' }],
]) {
  const watching = (kind) => (page, options, id) => useWatching(version, kind, id, page, options);
  const textsOf = (messages) => messages.filter((m) => m[spelled.schedule]).map(({ message }) => message);

  test(`${name}: a schedule's hook receives the schedule's events, and follows its id`, async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const hook = await rendered(watching('schedule'), { initial: first });
    await barrier(hook);
    await update(first, 'of the first');
    await eventually(async () => assert.deepEqual(textsOf(hook.messages), ['of the first']));
    hook.rerender(second);
    await barrier(hook);
    await update(first, 'not shown');
    await update(second, 'of the second');
    await eventually(async () => assert.deepEqual(textsOf(hook.messages), ['of the first', 'of the second']));
    assert.equal(hook.messages[0][spelled.type], 'connection_ack');
    await eventually(async () => assert.equal(hook.current().lastMessage.message, 'of the second'));
  });

  test(`${name}: a person's hook receives the person's events`, async () => {
    const person = randomUUID();
    const hook = await rendered(watching('person'), { initial: person });
    await barrier(hook);
    await server.broadcast('conflict_detected', { person_id: person, conflict_type: 'double_booking', severity: 'low' });
    await eventually(async () => assert.equal(hook.messages.at(-1)[spelled.type], 'conflict_detected'));
  });

  test(`${name}: after a restart the hook waits 2 to 3 seconds and subscribes again`, async () => {
    const schedule = randomUUID();
    const hook = await rendered(watching('schedule'), { initial: schedule });
    server.listen = hook.page.location.host;
    await server.restart();
    await hook.becomes('reconnecting');
    const wait = await hook.page.waitIsOver();
    assert.ok(wait >= 2000 && wait < 3000, `${wait}`);
    await hook.becomes('connected');
    await barrier(hook);
    await update(schedule, 'after the restart');
    await eventually(async () => assert.deepEqual(textsOf(hook.messages), ['after the restart']));
  });
}

const plain = (page, options) => useWebSocket(SNAKE, page, options);

test('while there is no server the hook waits up to 30 seconds, and goes on for ever', async () => {
  const hook = await rendered(plain);
  server.listen = hook.page.location.host;
  server.signal('SIGTERM');
  await server.exited();
  for (const least of [2, 4, 8, 16, 30, 30, 30, 30, 30, 30, 30, 30]) {
    const wait = await hook.page.waitIsOver();
    assert.ok(wait >= least * 1000 && wait < (least + 1) * 1000, `${wait} instead of ${least} s`);
  }
  await server.start();
  await hook.page.waitIsOver();
  await hook.becomes('connected');
});

test('a hook that is told to disconnect, or unmounted, says so and does not come back', async () => {
  const told = await rendered(plain);
  told.current().disconnect();
  await told.becomes('disconnected');
  assert.deepEqual(told.socket().end, { code: 1000, reason: 'Client disconnect' });
  const unmounted = await rendered(plain);
  unmounted.unmount();
  await eventually(async () => assert.deepEqual(unmounted.socket().end, { code: 1000, reason: 'Component unmount' }));
  for (const { page } of [told, unmounted]) assert.deepEqual(page.timers, []);
});
