// rotacast.v1: presence. The tabs of a person are combined, a reload is not reported, the roster is
// the same by command and by HTTP.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { eventually } from './support/process.mjs';
import { startServer } from './support/server.mjs';
import { KEYS, PERSON_KEYS, TIME, asked, connect, subscribe } from './support/v1.mjs';

const users = { watcher: 'admin', ann: 'resident', bob: 'rn', cyd: 'lpn', dee: 'msa', marker: 'faculty' };
// On the patient server nobody goes offline during a test; on the hasty one at once.
const patient = await startServer({ users, settings: { 'presence.grace_s': 3600 } });
const hasty = await startServer({
  users,
  settings: {
    'presence.grace_s': 0, 'presence.lease_s': 30, 'websocket.ping_interval_s': 1, 'websocket.idle_timeout_s': 3,
  },
});
after(() => Promise.all([patient.stop(), hasty.stop()]));
afterEach(async () => {
  await Promise.all([patient.closeClients(), hasty.closeClients()]);
  await eventually(async () => assert.deepEqual(await rosterByHttp(hasty), []));
});

const say = (client, status, more = {}) => asked(client, { action: 'presence', status, ...more }, []);

async function appear(server, name, status = 'online', more = {}) {
  const client = await connect(server, name);
  await say(client, status, more);
  return client;
}

/** Watches presence from here on; returns the roster. */
async function watch(server, schedules) {
  const client = await connect(server, 'watcher');
  const { roster } = await asked(client, { action: 'watch_presence', ...(schedules && { schedules }) }, ['roster']);
  for (const person of roster) assert.deepEqual(Object.keys(person), PERSON_KEYS);
  return { client, roster };
}

async function assertNotice(server, client, name, status, page) {
  const notice = await client.nextJson();
  assert.equal(notice.event_type, 'presence', JSON.stringify(notice));
  assert.deepEqual(Object.keys(notice), KEYS.presence);
  assert.match(notice.last_seen, TIME);
  assert.deepEqual([notice.user_id, notice.status, notice.active_page], [server.user(name).id, status, page]);
}

/**
 * Changes somebody else's page and asserts that this is the very next notice: none was sent before.
 */
async function assertNoNews(server, speaker, ...watchers) {
  const page = `/${randomUUID()}`;
  await say(speaker, 'online', { page });
  for (const client of watchers) await assertNotice(server, client, 'marker', 'online', page);
}

const entryOf = (server, roster, name) => {
  const found = roster.filter(({ user_id: user }) => user === server.user(name).id);
  assert.ok(found.length <= 1, 'one entry per person');
  return found[0];
};

async function rosterByHttp(server, query = '') {
  const headers = { authorization: `Bearer ${await server.token('watcher')}` };
  const response = await server.request(`/api/v1/presence${query}`, { headers });
  assert.equal(response.status, 200);
  return (await response.json()).users;
}

test('changes of page and status are reported once', async () => {
  const { client } = await watch(hasty);
  const ann = await appear(hasty, 'ann', 'online', { page: '/swaps' });
  await assertNotice(hasty, client, 'ann', 'online', '/swaps');
  await say(ann, 'online', { page: '/swaps' }); // unchanged: not reported
  await say(ann, 'online', { page: '/duties' });
  await assertNotice(hasty, client, 'ann', 'online', '/duties');
  await say(ann, 'away', { page: '/duties' });
  await assertNotice(hasty, client, 'ann', 'away', '/duties');
  await say(ann, 'online', { page: null });
  await assertNotice(hasty, client, 'ann', 'online', null);
  await ann.close();
  await assertNotice(hasty, client, 'ann', 'offline', null);
});

test('presence is sent without subscribe, and stops with unwatch_presence', async () => {
  const { client } = await watch(patient);
  const other = await watch(patient);
  const marker = await appear(patient, 'marker', 'online', { page: '/first' });
  await client.next();
  await other.client.next();
  await assertNoNews(patient, marker, client, other.client);
  await asked(client, { action: 'unwatch_presence' }, []);
  await say(marker, 'online', { page: '/second' });
  await assertNotice(patient, other.client, 'marker', 'online', '/second');
  await asked(client, { action: 'watch_presence' }, ['roster']);
  await assertNoNews(patient, marker, client);
});

test('two tabs are one person: online if one says so, with the page of the last tab that spoke', async () => {
  const marker = await appear(patient, 'marker', 'online', { page: '/' });
  const one = await appear(patient, 'ann', 'online', { page: '/one' });
  const { client, roster } = await watch(patient);
  assert.equal(entryOf(patient, roster, 'ann').active_page, '/one');
  const two = await appear(patient, 'ann', 'away', { page: '/two' });
  await assertNotice(patient, client, 'ann', 'online', '/two');
  await say(one, 'away', { page: '/one' });
  await assertNotice(patient, client, 'ann', 'away', '/one');
  await say(two, 'online', { page: '/two' });
  await assertNotice(patient, client, 'ann', 'online', '/two');
  const byCommand = (await asked(client, { action: 'watch_presence' }, ['roster'])).roster;
  const byHttp = await rosterByHttp(patient);
  for (const people of [byCommand, byHttp]) {
    const ann = entryOf(patient, people, 'ann');
    assert.deepEqual(Object.keys(ann), PERSON_KEYS);
    assert.deepEqual([ann.status, ann.active_page], ['online', '/two']);
  }
  await assertNoNews(patient, marker, client);
});

test('if one of several tabs closes, the person stays', async () => {
  const marker = await appear(hasty, 'marker', 'online', { page: '/' });
  const [staying, going] =
    [await appear(hasty, 'ann', 'online', { page: '/swaps' }), await appear(hasty, 'ann', 'online', { page: '/swaps' })];
  const { client } = await watch(hasty);
  await going.close();
  await assertNoNews(hasty, marker, client);
  await staying.close();
  await assertNotice(hasty, client, 'ann', 'offline', null);
});

test('a reload is not reported', async () => {
  const marker = await appear(patient, 'marker', 'online', { page: '/' });
  let tab = await appear(patient, 'bob', 'online', { page: '/duties' });
  const { client } = await watch(patient);
  for (const leave of [() => tab.close(1001), () => tab.close(1000), () => tab.socket.terminate()]) {
    await leave();
    await tab.closed;
    tab = await appear(patient, 'bob', 'online', { page: '/duties' });
    await assertNoNews(patient, marker, client);
  }
  assert.equal(entryOf(patient, await rosterByHttp(patient), 'bob').status, 'online');
});

test('a killed client goes offline', async () => {
  const { client } = await watch(hasty);
  const ann = await appear(hasty, 'ann', 'online', { page: '/swaps' });
  await assertNotice(hasty, client, 'ann', 'online', '/swaps');
  ann.socket.terminate();
  await assertNotice(hasty, client, 'ann', 'offline', null);
  await eventually(async () => assert.equal(entryOf(hasty, await rosterByHttp(hasty), 'ann'), undefined));
});

test('a client that is silent with an open socket goes offline, too; one that answers pings does not', async () => {
  const answering = await appear(hasty, 'bob', 'online', { page: '/listens' });
  const { client } = await watch(hasty);
  const silent = await appear(hasty, 'ann', 'online', { page: '/swaps' });
  await assertNotice(hasty, client, 'ann', 'online', '/swaps');
  silent.socket._socket.pause();
  await assertNotice(hasty, client, 'ann', 'offline', null);
  assert.equal(entryOf(hasty, await rosterByHttp(hasty), 'bob').status, 'online');
  silent.socket._socket.resume();
  await answering.barrier();
});

test('watchers of schedules get only the people at work there, in notices and in the roster', async () => {
  const [ward, clinic, elsewhere] = [randomUUID(), randomUUID(), randomUUID()];
  const marker = await appear(patient, 'marker', 'online', { page: '/', schedules: [ward, clinic] });
  const cyd = await appear(patient, 'cyd', 'online', { page: '/ward', schedules: [ward] });
  const dee = await appear(patient, 'dee', 'online', { page: '/clinic', schedules: [clinic] });
  const onWard = await watch(patient, [ward]);
  const onBoth = await watch(patient, [clinic, ward]);
  const nowhere = await watch(patient, [elsewhere]);
  const names = (roster) => ['cyd', 'dee', 'marker'].filter((name) => entryOf(patient, roster, name));
  assert.deepEqual(names(onWard.roster), ['cyd', 'marker']);
  assert.deepEqual(names(onBoth.roster), ['cyd', 'dee', 'marker']);
  assert.deepEqual(names(nowhere.roster), []);
  assert.deepEqual(names(await rosterByHttp(patient, `?schedule=${ward}`)), ['cyd', 'marker']);
  assert.deepEqual(names(await rosterByHttp(patient, `?schedule=${ward}&schedule=${clinic}`)), ['cyd', 'dee', 'marker']);
  await say(dee, 'away', { page: '/clinic', schedules: [clinic] });
  await assertNotice(patient, onBoth.client, 'dee', 'away', '/clinic');
  await say(cyd, 'away', { page: '/ward', schedules: [ward] });
  await assertNotice(patient, onBoth.client, 'cyd', 'away', '/ward');
  await assertNotice(patient, onWard.client, 'cyd', 'away', '/ward');
  await say(marker, 'online', { page: '/end', schedules: [ward, elsewhere] });
  for (const { client } of [onWard, onBoth, nowhere]) await assertNotice(patient, client, 'marker', 'online', '/end');
});

test('only connections that have sent presence count', async () => {
  const { client: listener } = await watch(hasty);
  await subscribe(await connect(hasty, 'bob'));
  const marker = await appear(hasty, 'marker', 'online', { page: '/' });
  await assertNotice(hasty, listener, 'marker', 'online', '/');
  assert.equal(entryOf(hasty, await rosterByHttp(hasty), 'bob'), undefined);
  await assertNoNews(hasty, marker, listener);
});

test('the roster by HTTP requires a token and a UUID', async () => {
  assert.equal((await patient.request('/api/v1/presence')).status, 401);
  const headers = { authorization: `Bearer ${await patient.token('ann')}` };
  assert.equal((await patient.request('/api/v1/presence', { headers })).status, 200);
  assert.equal((await patient.request('/api/v1/presence?schedule=ward', { headers })).status, 422);
});
