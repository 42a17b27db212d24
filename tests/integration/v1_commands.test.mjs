// rotacast.v1: each command and its response; each error, after which the connection stays open.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { after, afterEach, describe, test } from 'node:test';
import { startServer } from './support/server.mjs';
import {
  KEYS, PERSON_KEYS, TIME, ask, asked, assertError, connect, connectRaw, cursorIn, refused, resume,
  subscribe, update,
} from './support/v1.mjs';

const SUBSCRIPTIONS_MAX = 8;

const server = await startServer({
  users: { admin: 'admin', resident: 'resident' },
  settings: { 'websocket.max_subscriptions': SUBSCRIPTIONS_MAX, 'websocket.auth_timeout_s': 300 },
});
after(() => server.stop());
afterEach(() => server.closeClients());

const token = await server.token('admin');
const anId = '9b2b1f4e-7f0e-4c7e-9a43-0d1f6a2f9c11';
const unknown = { code: 1009, name: 'unknown_action', path: '/action' };
const invalid = (path) => ({ code: 1001, name: 'invalid_field', path });
const missing = (path) => ({ code: 1002, name: 'missing_field', path });
const badCursor = { code: 1011, name: 'cursor_invalid', path: '/cursor' };
const conflict = { code: 1402, name: 'conflict' };
const tooMany = { code: 1101, name: 'too_many_subscriptions' };

// --- the table of commands

const withRoster = ['roster'];
const withExpiry = ['token_expires_at'];
const table = [
  ['subscribe', { schedules: [anId], persons: [anId], latest: false }],
  ['subscribe', {}],
  ['unsubscribe', { schedules: [anId], persons: [anId] }],
  ['unsubscribe', {}],
  ['subscribe_schedule', { schedule_id: anId }],
  ['unsubscribe_schedule', { schedule_id: anId }],
  ['subscribe_person', { person_id: anId }],
  ['unsubscribe_person', { person_id: anId }],
  ['refresh_token', { token }, withExpiry],
  ['presence', { status: 'online', page: '/swaps', schedules: [anId] }],
  ['presence', { status: 'away', page: null }],
  ['presence', { status: 'online' }],
  ['watch_presence', { schedules: [anId] }, withRoster],
  ['watch_presence', {}, withRoster],
  ['unwatch_presence', {}],
];

describe('a command is answered by ack', () => {
  for (const [action, fields, more = []] of table) {
    const command = { action, ...fields };
    const text = JSON.stringify(command).replace(token, '…');
    test(`${text}: with the cursor once the connection is live, and again when it is repeated`, async () => {
      const client = await connect(server);
      const beginsFlow = /^subscribe/.test(action);
      await asked(client, command, beginsFlow ? ['cursor', ...more] : more);
      await subscribe(client);
      for (let i = 0; i < 2; ++i) await asked(client, command, ['cursor', ...more]);
    });
  }

  test('ack: all events up to a cursor were processed', async () => {
    const client = await connect(server);
    const { cursor } = await subscribe(client);
    await asked(client, { action: 'ack', cursor });
    await update(server, null, 'shown');
    const event = await client.nextJson();
    await asked(client, { action: 'ack', cursor: event.cursor });
    await asked(client, { action: 'ack', cursor });
  });

  test('ping: pong', async () => {
    const client = await connect(server);
    for (const flows of [false, true]) {
      if (flows) await subscribe(client);
      const pong = await ask(client, { action: 'ping' });
      assert.equal(pong.event_type, 'pong');
      assert.deepEqual(Object.keys(pong), KEYS.pong);
    }
  });

  test('resume: resumed', async () => {
    const { cursor } = await subscribe(await connect(server));
    const client = await connect(server);
    const { resumed } = await resume(client, cursor, { schedules: [anId], persons: [anId] });
    assert.deepEqual([resumed.recovered, resumed.reason], [true, null]);
  });

  test('authenticate: connection_ack, then ack', async () => {
    const client = await connectRaw(server);
    client.send({ action: 'authenticate', id: 1, token });
    const greeting = await client.nextJson();
    assert.deepEqual(Object.keys(greeting), KEYS.connection_ack);
    assert.equal(greeting.user_id, server.user('admin').id);
    const ack = await client.nextJson();
    assert.deepEqual(Object.keys(ack), ['event_type', 'timestamp', 'id']);
    assert.deepEqual([ack.event_type, ack.id], ['ack', 1]);
    await subscribe(client);
  });

  test('refresh_token returns the expiry of the new token', async () => {
    const client = await connect(server);
    const longer = await server.newToken('admin', 1800);
    const { token_expires_at: end } = await asked(client, { action: 'refresh_token', token: longer }, withExpiry);
    assert.match(end, TIME);
    assert.ok(Date.parse(end) > Date.parse(client.greeting.token_expires_at));
  });

  test('watch_presence: the roster has one object per person, with the keys of the notice', async () => {
    const client = await connect(server);
    await asked(client, { action: 'presence', status: 'online', page: '/swaps' }, []);
    const { roster } = await asked(client, { action: 'watch_presence' }, withRoster);
    const own = roster.filter(({ user_id: user }) => user === server.user('admin').id);
    assert.equal(own.length, 1);
    assert.deepEqual(Object.keys(own[0]), PERSON_KEYS);
    assert.match(own[0].last_seen, TIME);
  });
});

// --- ids

const echoed = ['"x"', `"${'y'.repeat(64)}"`, `"${'ä'.repeat(32)}"`, '"q\\"\\\\"', '"null"', '0', '-5', '9007199254740993',
  '9223372036854775807'];
for (const id of echoed) {
  test(`the id ${id} is returned unchanged`, async () => {
    const client = await connect(server);
    client.send(`{"action":"ping","id":${id}}`);
    assert.ok((await client.next()).endsWith(`,"id":${id}}`));
    client.send(`{"id":${id},"action":"dance"}`);
    assert.ok((await client.next()).includes(`,"id":${id},"code":1009,`));
    client.send(`{"action":"subscribe","id":${id}}`);
    assert.ok((await client.next()).includes(`,"id":${id},"cursor":`));
  });
}

for (const id of ['""', `"${'y'.repeat(65)}"`, `"${'ä'.repeat(33)}"`, '1.5', '1e300', 'null', 'true', '[]', '{}']) {
  test(`the id ${id} is rejected and not echoed`, async () => {
    const client = await connect(server);
    client.send(`{"action":"ping","id":${id}}`);
    const keys = KEYS.error.filter((key) => key !== 'id');
    assertError(await client.nextJson(), { ...invalid('/id'), keys });
    await client.barrier();
  });
}

test('without an id there is none in the responses', async () => {
  const client = await connect(server);
  const keysOf = async (command) => {
    client.send(command);
    return Object.keys(await client.nextJson());
  };
  const head = ['event_type', 'timestamp'];
  assert.deepEqual(await keysOf({ action: 'ping' }), head);
  assert.deepEqual(await keysOf({ action: 'unwatch_presence' }), head);
  assert.deepEqual(await keysOf({ action: 'dance' }), KEYS.error.filter((key) => key !== 'id'));
  assert.deepEqual(await keysOf({ action: 'watch_presence' }), [...head, 'roster']);
  assert.deepEqual(await keysOf({ action: 'refresh_token', token }), [...head, 'token_expires_at']);
  assert.deepEqual(await keysOf({ action: 'subscribe', latest: true }), [...head, 'cursor', 'latest', 'latest_from']);
  const other = await connect(server);
  const { cursor } = await subscribe(other);
  const third = await connect(server);
  third.send({ action: 'resume', cursor });
  assert.deepEqual(Object.keys(await third.nextJson()), KEYS.resumed.filter((key) => key !== 'id'));
});

test('many commands in one write are answered in their order, including slow ones', async () => {
  const client = await connect(server);
  const commands = [
    { action: 'ping' }, { action: 'refresh_token', token }, { action: 'dance' }, { action: 'watch_presence' },
    { action: 'subscribe', latest: true }, { action: 'refresh_token', token: 'bad' }, { action: 'ping' },
    { action: 'subscribe_schedule', schedule_id: anId }, { action: 'refresh_token', token }, { action: 'unwatch_presence' },
    { action: 'subscribe_person' }, { action: 'ping' },
  ];
  client.socket._socket.cork();
  commands.forEach((command, id) => client.send({ ...command, id }));
  client.socket._socket.uncork();
  const answers = [];
  while (answers.length < commands.length) answers.push(await client.nextJson());
  assert.deepEqual(answers.map(({ id }) => id), commands.map((_, id) => id));
  assert.deepEqual(answers.map(({ event_type: type }) => type), ['pong', 'ack', 'error', 'ack', 'ack', 'error', 'pong',
    'ack', 'ack', 'ack', 'error', 'pong']);
});

test('unknown keys are ignored', async () => {
  const client = await connect(server);
  await asked(client, { action: 'subscribe', schedules: [anId], colour: 'red', nested: { deep: [1] } });
});

// --- errors

const text200 = 'x'.repeat(200);
const refusals = [
  [{ action: 'dance' }, unknown],
  [{ action: '' }, unknown],
  [{ action: 'SUBSCRIBE' }, unknown],
  [{}, missing('/action')],
  [{ action: 7 }, invalid('/action')],
  [{ action: 'subscribe', schedules: anId }, invalid('/schedules')],
  [{ action: 'subscribe', schedules: ['ward'] }, invalid('/schedules/0')],
  [{ action: 'subscribe', persons: [anId, 7] }, invalid('/persons/1')],
  [{ action: 'subscribe', latest: 'yes' }, invalid('/latest')],
  [{ action: 'unsubscribe', persons: ['', anId] }, invalid('/persons/0')],
  [{ action: 'subscribe_schedule' }, missing('/schedule_id')],
  [{ action: 'subscribe_schedule', schedule_id: 'ward' }, invalid('/schedule_id')],
  [{ action: 'unsubscribe_schedule', schedule_id: null }, invalid('/schedule_id')],
  [{ action: 'subscribe_person' }, missing('/person_id')],
  [{ action: 'unsubscribe_person', person_id: [] }, invalid('/person_id')],
  [{ action: 'resume' }, missing('/cursor')],
  [{ action: 'resume', cursor: 7 }, invalid('/cursor')],
  [{ action: 'resume', cursor: '' }, badCursor],
  [{ action: 'resume', cursor: 'yesterday' }, badCursor],
  [{ action: 'resume', cursor: 'x'.repeat(65) }, badCursor],
  [{ action: 'ack' }, missing('/cursor')],
  [{ action: 'ack', cursor: 'yesterday' }, badCursor],
  [{ action: 'authenticate' }, missing('/token')],
  [{ action: 'refresh_token' }, missing('/token')],
  [{ action: 'refresh_token', token: 7 }, invalid('/token')],
  [{ action: 'refresh_token', token: 'certainly' }, { code: 1202, name: 'token_invalid' }],
  [{ action: 'presence' }, missing('/status')],
  [{ action: 'presence', status: 'offline' }, invalid('/status')],
  [{ action: 'presence', status: 'online', page: text200 }, invalid('/page')],
  [{ action: 'presence', status: 'online', schedules: ['ward'] }, invalid('/schedules/0')],
  [{ action: 'watch_presence', schedules: 'ward' }, invalid('/schedules')],
];

for (const [command, error] of refusals) {
  test(`${JSON.stringify(command).replace(text200, '…')} is rejected with ${error.code} ${error.path ?? ''}`, async () => {
    const client = await connect(server);
    await refused(client, command, error);
    await client.barrier();
    await subscribe(client, { schedules: [anId] });
    if (command.action !== 'resume') await refused(client, command, error);
    await update(server, anId, 'after');
    assert.equal((await client.nextJson()).message, 'after');
  });
}

for (const text of ['', ' ', 'nonsense', '{"action":"ping"', '{"action":"ping"}}', "{'action':'ping'}", '{"action":NaN}']) {
  test(`${JSON.stringify(text)} is rejected as bad_json`, async () => {
    const client = await connect(server);
    client.send(text);
    const keys = KEYS.error.filter((key) => key !== 'id');
    assertError(await client.nextJson(), { code: 1000, name: 'bad_json', keys });
    await client.barrier();
  });
}

for (const message of ['[]', 'null', '7', '"ping"', '[{"action":"ping"}]', Buffer.from('{"action":"ping"}')]) {
  test(`${Buffer.isBuffer(message) ? 'a binary message' : message} is rejected because it is no JSON object`, async () => {
    const client = await connect(server);
    client.send(message);
    const error = await client.nextJson();
    assert.equal(error.event_type, 'error');
    assert.deepEqual(Object.keys(error), KEYS.error.filter((key) => key !== 'id'));
    await client.barrier();
  });
}

test('a second authenticate is rejected', async () => {
  const client = await connect(server);
  await refused(client, { action: 'authenticate', token }, conflict);
  const other = await connectRaw(server);
  other.send({ action: 'authenticate', token });
  assert.deepEqual([(await other.nextJson()).event_type, (await other.nextJson()).event_type],
    ['connection_ack', 'ack']);
  await refused(other, { action: 'authenticate', token }, conflict);
  await subscribe(other);
});

test('resume and latest are rejected except in the first subscription', async () => {
  const client = await connect(server);
  const { cursor } = await subscribe(client);
  await refused(client, { action: 'resume', cursor }, conflict);
  await refused(client, { action: 'subscribe', schedules: [anId], latest: true }, conflict);
  await update(server, anId, 'not watched');
  await server.assertNothingElse(client);
  await subscribe(client, { schedules: [anId] });
  await update(server, anId, 'watched');
  assert.equal((await client.nextJson()).message, 'watched', 'a refused subscribe has subscribed nothing');
  const returned = await connect(server);
  await resume(returned, cursor);
  await refused(returned, { action: 'resume', cursor }, conflict);
  await refused(returned, { action: 'subscribe', latest: true }, conflict);
  await subscribe(returned);
});

test('after a rejected resume or latest the next subscription is still the first one', async () => {
  const client = await connect(server);
  await refused(client, { action: 'resume', cursor: 'yesterday', schedules: [anId] }, badCursor);
  await asked(client, { action: 'subscribe', latest: true }, ['cursor', 'latest', 'latest_from']);
  await update(server, anId, 'not watched');
  await server.assertNothingElse(client);
});

test('a person who may not be watched is named in the error, and the whole command has no effect', async () => {
  const client = await connect(server, 'resident');
  const { id, personId } = server.user('resident');
  const [schedule, otherPerson] = [randomUUID(), randomUUID()];
  const forbidden = (path) => ({ code: 1300, name: 'forbidden', path });
  const mixed = { schedules: [schedule], persons: [personId, otherPerson, id] };
  await refused(client, { action: 'subscribe', ...mixed }, forbidden('/persons/1'));
  await refused(client, { action: 'subscribe', ...mixed, latest: true }, forbidden('/persons/1'));
  await refused(client, { action: 'subscribe_person', person_id: otherPerson }, forbidden('/person_id'));
  const { cursor } = await subscribe(await connect(server));
  await refused(client, { action: 'resume', cursor, ...mixed }, forbidden('/persons/1'));
  await update(server, schedule, 'not live yet');
  await update(server, null, 'nor this');
  await subscribe(client, { persons: [id] });
  await refused(client, { action: 'subscribe', ...mixed }, forbidden('/persons/1'));
  await update(server, schedule, 'not watched');
  await server.assertNothingElse(client);
  await subscribe(client, { schedules: [schedule], persons: [personId] });
  await update(server, schedule, 'watched');
  assert.equal((await client.nextJson()).message, 'watched');
});

test('beyond the limit of subscriptions: 1101, and the whole command has no effect', async () => {
  const client = await connect(server);
  const ids = Array.from({ length: SUBSCRIPTIONS_MAX + 1 }, () => randomUUID());
  const [first, ...rest] = ids;
  await refused(client, { action: 'subscribe', schedules: ids }, tooMany);
  await refused(client, { action: 'subscribe', schedules: rest, persons: [first] }, tooMany);
  await server.counted('refused_too_many_subscriptions', 2);
  const { cursor } = await subscribe(await connect(server));
  await refused(client, { action: 'resume', cursor, schedules: ids }, tooMany);
  await subscribe(client, { schedules: rest.slice(0, 4), persons: rest.slice(4) });
  await refused(client, { action: 'subscribe_schedule', schedule_id: first }, tooMany);
  await refused(client, { action: 'subscribe', schedules: [rest[0], first] }, tooMany);
  await subscribe(client, { schedules: rest.slice(0, 4), persons: rest.slice(4) });
  await update(server, first, 'not watched');
  await update(server, rest[0], 'watched');
  assert.equal((await client.nextJson()).message, 'watched');
  await asked(client, { action: 'unsubscribe_person', person_id: rest[4] });
  await subscribe(client, { schedules: [first] });
  const neighbour = await connect(server);
  await subscribe(neighbour, { schedules: rest });
  await update(server, first, 'watched now');
  assert.equal((await client.nextJson()).message, 'watched now');
  assert.ok(cursorIn(await asked(neighbour, { action: 'unsubscribe', schedules: rest })));
});

test('a topic named twice counts once', async () => {
  const client = await connect(server);
  const id = randomUUID();
  await subscribe(client, { schedules: Array(SUBSCRIPTIONS_MAX + 5).fill(id) });
  await update(server, id, 'once');
  assert.equal((await client.nextJson()).message, 'once');
  await server.assertNothingElse(client);
});

test('the contract has each command with its required fields, and the keys of each notice in order', async () => {
  const { schemas } = JSON.parse(
    fs.readFileSync(new URL('../../contract/asyncapi.json', import.meta.url), 'utf8')).components;
  const own = Object.entries(schemas).filter(([name]) => name.startsWith('V1')).map(([, schema]) => schema);
  const commands = own.filter(({ properties }) => properties?.action);
  assert.equal(commands.length, 14);
  for (const { properties: { action }, required } of commands) {
    const answer = await ask(await connect(server), { action: action.const });
    const missing = required.filter((field) => field !== 'action');
    if (missing.length > 0) assertError(answer, { code: 1002, name: 'missing_field', path: `/${missing[0]}` });
    else assert.notEqual(answer.event_type, 'error', JSON.stringify(answer));
  }
  for (const { properties } of own) {
    const type = properties?.event_type?.const;
    if (type && KEYS[type]) assert.deepEqual(Object.keys(properties), KEYS[type]);
  }
});
