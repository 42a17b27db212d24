// The operators' endpoints and commands of the bus: permissions, errors, and the shape of
// responses.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { after, test } from 'node:test';
import { run } from './support/process.mjs';
import { everyRole, startServer } from './support/server.mjs';
import { numberedEvent } from './support/v1.mjs';

const server = await startServer({ users: everyRole() });
after(() => server.stop());

const BASE = '/api/v1/bus';
const bearer = async (name) => ({ authorization: `Bearer ${await server.token(name)}` });

async function get(path, as = 'admin') {
  const response = await server.request(BASE + path, { headers: await bearer(as) });
  return { status: response.status, body: await response.json() };
}

const post = async (path, body, as = 'admin') => server.post(BASE + path, body, await bearer(as));

function assertRefusal({ status, body }, expected, name, path = '') {
  assert.deepEqual([status, body.error.name, body.error.path], [expected, name, path], JSON.stringify(body));
  assert.ok(body.error.message.length > 0);
}

/** The cursor of a newly published event. */
const aCursor = async () => (await server.publish(numberedEvent(randomUUID(), 1))).events[0].cursor;

const LOOKS = ['/stats', '/subscriptions', '/dead-letters', '/dead-letters/groups', '/replays', '/audit', '/ledger'];
const ACTS = {
  '/subscriptions/nobody/pause': { reason: 'look at it' },
  '/subscriptions/nobody/resume': {},
  '/replays': { all: true },
  '/discards': { all: true, reason: 'old' },
  '/restores': { all: true },
};

test('only admins and coordinators may read', async () => {
  for (const role of Object.keys(everyRole())) {
    const may = ['admin', 'coordinator'].includes(role);
    for (const path of [...LOOKS, '/dead-letters/1', '/replays/1']) {
      const answer = await get(path, role);
      if (!may) assertRefusal(answer, 403, 'forbidden');
      else assert.equal(answer.status, path.endsWith('/1') ? 404 : 200, `${role} ${path}`);
    }
  }
});

test('only admins and coordinators may act', async () => {
  const before = (await get('/audit')).body.audit.length;
  for (const role of Object.keys(everyRole()).filter((name) => !['admin', 'coordinator'].includes(name))) {
    for (const [path, body] of Object.entries(ACTS)) assertRefusal(await post(path, body, role), 403, 'forbidden');
  }
  assert.equal((await get('/audit')).body.audit.length, before, 'what was refused was not done');
});

test('a token is required, and API keys are not accepted', async () => {
  for (const headers of [{}, { 'x-api-key': server.apiKey }]) {
    for (const path of LOOKS) assert.equal((await server.request(BASE + path, { headers })).status, 401, path);
    for (const [path, body] of Object.entries(ACTS)) {
      assert.equal((await server.post(BASE + path, body, headers)).status, 401, path);
    }
  }
});

test('statistics have the figures of the original and list every subscriber', async () => {
  const { status, body } = await get('/stats');
  assert.equal(status, 200);
  assert.deepEqual(
    Object.keys(body), ['total_subscriptions', 'subscriptions_by_type', 'dead_letter_count', 'subscribers']);
  const counted = Object.values(body.subscriptions_by_type).reduce((sum, count) => sum + count, 0);
  assert.equal(body.total_subscriptions, counted);
  assert.equal(body.dead_letter_count, 0);
  assert.ok(Array.isArray(body.subscribers));
  const names = (await get('/subscriptions')).body.subscriptions.map(({ name }) => name);
  assert.deepEqual(body.subscribers.map(({ name }) => name), names);
});

test('without failures, lists are empty and have no next page', async () => {
  assert.deepEqual((await get('/dead-letters')).body, { dead_letters: [], next: null });
  assert.deepEqual((await get('/dead-letters?state=discarded&error=Timeout&limit=1000')).body,
    { dead_letters: [], next: null });
  assert.deepEqual((await get('/dead-letters/groups')).body, { groups: [] });
  assert.deepEqual((await get(`/ledger?handler=nobody&event_id=${randomUUID()}`)).body, { ledger: [], next: null });
});

const badQueries = {
  '/dead-letters?limit=0': '/limit',
  '/dead-letters?limit=1001': '/limit',
  '/dead-letters?limit=ten': '/limit',
  '/dead-letters?before=-1': '/before',
  '/dead-letters?event_id=seven': '/event_id',
  '/dead-letters?state=alive': '/state',
  '/dead-letters?subscribers=audit': '/subscribers',
  '/dead-letters/groups?limit=5': '/limit',
  '/ledger?event_id=seven': '/event_id',
  '/ledger?subscriber=audit': '/subscriber',
  '/audit?limit=0': '/limit',
  '/replays?page=2': '/page',
};

test('an invalid query is rejected with its path', async () => {
  for (const [query, path] of Object.entries(badQueries)) {
    assertRefusal(await get(query), 422, 'invalid_field', path);
  }
});

test('an empty selection does not select everything', async () => {
  assertRefusal(await post('/replays', {}), 422, 'invalid_field');
  assertRefusal(await post('/replays', { all: false }), 422, 'invalid_field');
  assertRefusal(await post('/discards', { reason: 'old' }), 422, 'invalid_field');
  assertRefusal(await post('/restores', {}), 422, 'invalid_field');
});

test('an invalid selection is rejected with its path', async () => {
  for (const path of ['/replays', '/discards', '/restores']) {
    const reason = path === '/discards' ? { reason: 'old' } : {};
    const refused = async (body, ...expected) => assertRefusal(await post(path, { ...body, ...reason }), ...expected);
    await refused({ subscribers: 'audit', all: true }, 422, 'invalid_field', '/subscribers');
    await refused({ all: true, subscriber: 'audit' }, 422, 'invalid_field', '/all');
    await refused({ id: 'seven' }, 422, 'invalid_field', '/id');
    await refused({ event_id: 'seven' }, 422, 'invalid_field', '/event_id');
    await refused({ error: 7 }, 422, 'invalid_field', '/error');
    await refused({ id: 7 }, 404, 'not_found');
    assertRefusal(await post(path, '[]'), 422, 'invalid_field');
    assertRefusal(await post(path, '{'), 400, 'bad_json');
  }
});

test('discarding and pausing require a reason', async () => {
  assertRefusal(await post('/discards', { all: true }), 422, 'missing_field', '/reason');
  assertRefusal(await post('/discards', { all: true, reason: '' }), 422, 'invalid_field', '/reason');
  assertRefusal(await post('/discards', { all: true, reason: 'x'.repeat(1001) }), 422, 'invalid_field', '/reason');
  assertRefusal(await post('/subscriptions/nobody/pause', {}), 422, 'missing_field', '/reason');
  assertRefusal(
    await post('/subscriptions/nobody/pause', { reason: 'x', until: 'noon' }), 422, 'invalid_field', '/until');
});

test('an unknown subscriber cannot be paused, resumed or replayed to', async () => {
  assertRefusal(await post('/subscriptions/nobody/pause', { reason: 'x' }), 404, 'not_found');
  assertRefusal(await post('/subscriptions/nobody/resume', ''), 404, 'not_found');
  assertRefusal(await post('/replays', { subscriber: 'nobody' }), 404, 'not_found');
  const [from, to] = [await aCursor(), await aCursor()];
  assertRefusal(await post('/replays', { subscriber: 'nobody', from, to }), 404, 'not_found');
});

test('replaying a range of the journal requires a subscriber and two cursors of this journal', async () => {
  const [from, to] = [await aCursor(), await aCursor()];
  const refused = async (body, ...expected) => assertRefusal(await post('/replays', body), 422, ...expected);
  await refused({ from, to }, 'missing_field', '/subscriber');
  await refused({ subscriber: 'audit', from }, 'missing_field', '/to');
  await refused({ subscriber: 'audit', to }, 'missing_field', '/from');
  await refused({ subscriber: 'audit', from, to, error: 'Timeout' }, 'invalid_field');
  await refused({ subscriber: 'audit', from: 'yesterday', to }, 'cursor_invalid', '/from');
  await refused({ subscriber: 'audit', from, to: 'another0.7' }, 'cursor_invalid', '/to');
  assertRefusal(await post('/discards', { subscriber: 'audit', from, to, reason: 'x' }), 422, 'invalid_field', '/from');
});

test('operators\' actions are answered correctly and recorded with their name', async () => {
  const begun = await post('/replays', { all: true }, 'coordinator');
  assert.equal(begun.status, 202);
  assert.deepEqual(Object.keys(begun.body), [
    'id', 'requested_by', 'at', 'selection', 'letters', 'done', 'failed', 'discarded', 'entries_unread', 'finished']);
  const who = `user:${server.user('coordinator').id}`;
  assert.deepEqual(
    { ...begun.body, id: 0, at: '' },
    {
      id: 0, requested_by: who, at: '', selection: 'all', letters: 0, done: 0, failed: 0, discarded: 0,
      entries_unread: 0, finished: true,
    });
  assert.deepEqual((await get(`/replays/${begun.body.id}`)).body, begun.body);
  assert.deepEqual((await get('/replays?limit=1')).body, { replays: [begun.body], next: begun.body.id });
  assert.deepEqual((await get(`/replays?before=${begun.body.id}`)).body.replays.filter(({ id }) => id >= begun.body.id), []);

  assert.deepEqual((await post('/discards', { error: 'Timeout', reason: 'old' })).body, { discarded: 0 });
  assert.deepEqual((await post('/restores', { all: true })).body, { restored: 0 });
  const [restored, discarded, replayed] = (await get('/audit?limit=3')).body.audit;
  assert.deepEqual(
    [restored, discarded, replayed].map(({ requested_by, action, subject, count, reason }) =>
      [requested_by, action, subject, count, reason]),
    [
      [`user:${server.user('admin').id}`, 'restore', 'all', 0, ''],
      [`user:${server.user('admin').id}`, 'discard', 'error=Timeout', 0, 'old'],
      [who, 'replay', 'all', 0, ''],
    ]);
});

// The commands.

async function command(...words) {
  fs.writeFileSync(server.file('token'), `${await server.token('admin')}\n`, { mode: 0o600 });
  return run([...words, '--url', server.url, '--token-file', server.file('token')]);
}

test('the commands print tables, or with --json the response', async () => {
  const list = await command('dead-letters', 'list', '--error', 'Timeout & more');
  assert.deepEqual([list.code, list.stderr], [0, '']);
  assert.match(list.stdout, /^ID +SUBSCRIBER +EVENT TYPE +ERROR +ATTEMPTS +LAST FAILURE +MESSAGE\n$/);
  const groups = await command('dead-letters', 'groups', '--discarded');
  assert.match(groups.stdout, /^COUNT +SUBSCRIBER +ERROR +FIRST FAILURE +LAST FAILURE +ONE MESSAGE\n$/);
  const raw = await command('dead-letters', 'list', '--json');
  assert.deepEqual(JSON.parse(raw.stdout), { dead_letters: [], next: null });
  assert.equal((await command('dead-letters', 'discard', '--all', '--reason', 'old')).stdout, 'discarded 0\n');
  assert.equal((await command('dead-letters', 'restore', '--subscriber', 'nobody')).stdout, 'restored 0\n');
});

test('replay reports what it did, and waits if asked to', async () => {
  const plain = await command('replay', '--all', '--wait');
  assert.equal(plain.code, 0, plain.stderr);
  assert.match(plain.stdout, /^replay \d+ \(all\): 0 letters, 0 done, 0 failed again, 0 discarded\n$/);
  const raw = await command('replay', '--error', 'Timeout', '--json');
  assert.equal(JSON.parse(raw.stdout).selection, 'error=Timeout');
});

const commandRefusals = {
  'nothing selected': [['replay'], 1, /status 422: Select by id/],
  'discarding without a reason': [['dead-letters', 'discard', '--all'], 2, /reason/],
  'a letter that is not there': [['dead-letters', 'show', '7'], 1, /no such dead letter/],
  'an id that is none': [['dead-letters', 'show', 'seven'], 2, /seven|ID/],
  'nobody to replay to': [['replay', '--subscriber', 'nobody'], 1, /no subscriber of this name/],
  'a cursor that is none': [
    ['replay', '--subscriber', 'audit', '--from', 'a', '--to', 'b'], 1, /at \/from/],
  'an unknown word': [['dead-letters', 'lits'], 2, /did you mean list\?/],
};

for (const [what, [words, code, message]] of Object.entries(commandRefusals)) {
  test(`the commands reject ${what}`, async () => {
    const refused = await command(...words);
    assert.deepEqual([refused.code, refused.stdout], [code, '']);
    assert.match(refused.stderr, message);
  });
}

test('the commands report a missing server and a missing token, and never print the token', async () => {
  const token = await server.token('admin');
  const nowhere = await run(
    ['dead-letters', 'list', '--url', 'http://127.0.0.1:1', '--token-file', server.file('token')]);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /no answer from http:\/\/127\.0\.0\.1:1/);
  const without = await run(['replay', '--all', '--url', server.url, '--token-file', server.file('nothing')]);
  assert.equal(without.code, 1);
  assert.match(without.stderr, /cannot read .*nothing/);
  fs.writeFileSync(server.file('resident'), await server.token('resident'), { mode: 0o600 });
  const forbidden = await run(['replay', '--all', '--url', server.url, '--token-file', server.file('resident')]);
  assert.equal(forbidden.code, 1);
  assert.match(forbidden.stderr, /status 403: Only admins and coordinators may operate the bus/);
  for (const { stderr } of [nowhere, without, forbidden]) assert.ok(!stderr.includes(token));
});
