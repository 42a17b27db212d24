// The five actions of the classic protocol, their spellings, and the paths of the endpoint.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { startServer } from './support/server.mjs';
import { now } from './support/jwt.mjs';

const server = await startServer();
after(() => server.stop());
afterEach(() => server.closeClients());

const TIMESTAMP = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z';
const T = '2025-12-30T14:23:45.123Z';

const scheduleUpdate = (schedule_id) => ({ schedule_id, update_type: 'modified', timestamp: T });
const assignmentChange = (person_id) => ({
  assignment_id: randomUUID(),
  person_id,
  block_id: randomUUID(),
  change_type: 'updated',
  timestamp: T,
});

for (const route of ['/ws', '/ws/', '/api/ws', '/api/ws/', '/api/v1/ws', '/api/v1/ws/']) {
  test(`${route} serves the protocol: acknowledgement first, then pong`, async () => {
    const client = await server.connect('admin', { route });
    const { id } = server.user('admin');
    assert.match(
      client.ack,
      new RegExp(
        `^\\{"event_type":"connection_ack","timestamp":"${TIMESTAMP}","user_id":"${id}","message":"Connection established"\\}$`,
      ),
    );
    client.send({ action: 'ping' });
    assert.match(await client.next(), new RegExp(`^\\{"event_type":"pong","timestamp":"${TIMESTAMP}"\\}$`));
  });
}

test('acknowledgement and pong in camelCase', async () => {
  const client = await server.connect('admin', { query: { case: 'camel' } });
  const { id } = server.user('admin');
  assert.match(
    client.ack,
    new RegExp(
      `^\\{"eventType":"connection_ack","timestamp":"${TIMESTAMP}","userId":"${id}","message":"Connection established"\\}$`,
    ),
  );
  client.send({ action: 'ping' });
  assert.match(await client.next(), new RegExp(`^\\{"eventType":"pong","timestamp":"${TIMESTAMP}"\\}$`));
});

test('the time of acknowledgement and pong is the server\'s clock in UTC', async () => {
  const before = now() * 1000;
  const client = await server.connect('admin');
  client.send({ action: 'ping' });
  const pong = await client.nextJson();
  const end = Date.now() + 1;
  const acknowledged = Date.parse(JSON.parse(client.ack).timestamp);
  const answered = Date.parse(pong.timestamp);
  assert.ok(before <= acknowledged && acknowledged <= answered && answered <= end, `${acknowledged} ${answered}`);
});

test('a request to the path without an upgrade is rejected', async () => {
  const response = await server.request('/ws');
  assert.ok(response.status >= 400 && response.status < 500, `status ${response.status}`);
});

test('an upgrade of an unknown path is answered 404', async () => {
  const client = server.open({ route: '/nowhere', query: { token: await server.token('admin') } });
  assert.equal((await client.upgraded).status, 404);
});

test('a pong goes only to the connection that asked', async () => {
  const asking = await server.connect('admin');
  const sameUser = await server.connect('admin');
  await asking.barrier();
  await server.assertNothingElse(asking, sameUser);
});

test('subscribe_schedule: events of the schedule arrive, others do not', async () => {
  const client = await server.connect('admin');
  const [mine, other] = [randomUUID(), randomUUID()];
  await client.watchSchedule(mine);
  await server.broadcast('schedule_updated', scheduleUpdate(other));
  await server.broadcast('schedule_updated', scheduleUpdate(mine));
  assert.equal((await client.nextJson()).schedule_id, mine);
  await server.assertNothingElse(client);
});

test('unsubscribe_schedule: events stop', async () => {
  const client = await server.connect('admin');
  const [left, kept] = [randomUUID(), randomUUID()];
  await client.watchSchedule(left, kept);
  client.send({ action: 'unsubscribe_schedule', schedule_id: left });
  await client.barrier();
  await server.broadcast('schedule_updated', scheduleUpdate(left));
  await server.broadcast('schedule_updated', scheduleUpdate(kept));
  assert.equal((await client.nextJson()).schedule_id, kept);
  await server.assertNothingElse(client);
});

test('subscribe_person: events of the person arrive, others do not', async () => {
  const client = await server.connect('admin');
  const [mine, other] = [randomUUID(), randomUUID()];
  await client.watchPerson(mine);
  await server.broadcast('assignment_changed', assignmentChange(other));
  await server.broadcast('assignment_changed', assignmentChange(mine));
  assert.equal((await client.nextJson()).person_id, mine);
  await server.assertNothingElse(client);
});

test('unsubscribe_person: events stop', async () => {
  const client = await server.connect('admin');
  const [left, kept] = [randomUUID(), randomUUID()];
  await client.watchPerson(left, kept);
  client.send({ action: 'unsubscribe_person', person_id: left });
  await client.barrier();
  await server.broadcast('assignment_changed', assignmentChange(left));
  await server.broadcast('assignment_changed', assignmentChange(kept));
  assert.equal((await client.nextJson()).person_id, kept);
  await server.assertNothingElse(client);
});

test('a schedule and a person with the same id are two topics', async () => {
  const client = await server.connect('admin');
  const id = randomUUID();
  await client.watchSchedule(id);
  await server.broadcast('assignment_changed', assignmentChange(id));
  await server.assertNothingElse(client);
});

const camelCommands = {
  schedule: {
    subscribe: (id) => ({ action: 'subscribe_schedule', scheduleId: id }),
    unsubscribe: (id) => ({ action: 'unsubscribe_schedule', scheduleId: id }),
    publish: (id) => server.broadcast('schedule_updated', scheduleUpdate(id)),
    key: 'schedule_id',
  },
  person: {
    subscribe: (id) => ({ action: 'subscribe_person', personId: id }),
    unsubscribe: (id) => ({ action: 'unsubscribe_person', personId: id }),
    publish: (id) => server.broadcast('assignment_changed', assignmentChange(id)),
    key: 'person_id',
  },
};

for (const [what, { subscribe, unsubscribe, publish, key }] of Object.entries(camelCommands)) {
  test(`${what} commands are accepted in camelCase too, whatever the output dialect`, async () => {
    const client = await server.connect('admin');
    const id = randomUUID();
    client.send(subscribe(id));
    await client.barrier();
    await publish(id);
    assert.equal((await client.nextJson())[key], id);
    client.send(unsubscribe(id));
    await client.barrier();
    await publish(id);
    await server.assertNothingElse(client);
  });
}

test('of both spellings the snake_case one wins, unless it is empty', async () => {
  const client = await server.connect('admin');
  const [snake, camel, fallback] = [randomUUID(), randomUUID(), randomUUID()];
  client.send({ action: 'subscribe_schedule', scheduleId: camel, schedule_id: snake });
  client.send({ action: 'subscribe_schedule', schedule_id: null, scheduleId: fallback });
  await client.barrier();
  for (const id of [camel, snake, fallback]) await server.broadcast('schedule_updated', scheduleUpdate(id));
  assert.equal((await client.nextJson()).schedule_id, snake);
  assert.equal((await client.nextJson()).schedule_id, fallback);
  await server.assertNothingElse(client);
});

test('subscribing twice equals subscribing once: one delivery, one unsubscribe', async () => {
  const client = await server.connect('admin');
  const id = randomUUID();
  await client.watchSchedule(id, id);
  await server.broadcast('schedule_updated', scheduleUpdate(id));
  assert.equal((await client.nextJson()).schedule_id, id);
  await server.assertNothingElse(client);
  client.send({ action: 'unsubscribe_schedule', schedule_id: id });
  await client.barrier();
  await server.broadcast('schedule_updated', scheduleUpdate(id));
  await server.assertNothingElse(client);
});

test('unsubscribing what was never watched changes nothing', async () => {
  const client = await server.connect('admin');
  const kept = randomUUID();
  await client.watchSchedule(kept);
  client.send({ action: 'unsubscribe_schedule', schedule_id: randomUUID() });
  client.send({ action: 'unsubscribe_person', person_id: kept });
  await client.barrier();
  await server.broadcast('schedule_updated', scheduleUpdate(kept));
  assert.equal((await client.nextJson()).schedule_id, kept);
});

test('extra keys are ignored; of duplicate keys the last one wins', async () => {
  const client = await server.connect('admin');
  const [extra, first, last] = [randomUUID(), randomUUID(), randomUUID()];
  client.send({ action: 'subscribe_schedule', schedule_id: extra, id: 7, nested: { a: [1, {}] } });
  client.send(`{"action":"subscribe_schedule","schedule_id":"${first}","schedule_id":"${last}"}`);
  client.send(`{"action":"subscribe_schedule","action":"ping"}`);
  assert.equal((await client.nextJson()).event_type, 'pong');
  await client.barrier();
  for (const id of [extra, first, last]) await server.broadcast('schedule_updated', scheduleUpdate(id));
  assert.equal((await client.nextJson()).schedule_id, extra);
  assert.equal((await client.nextJson()).schedule_id, last);
  await server.assertNothingElse(client);
});

const spellings = {
  'upper case': (id) => id.toUpperCase(),
  braces: (id) => `{${id}}`,
  'urn form': (id) => `urn:uuid:${id}`,
  'no hyphens': (id) => id.replaceAll('-', ''),
  'hyphens elsewhere': (id) => id.replaceAll('-', '').replace(/(....)/g, '$1-'),
};

for (const [what, spell] of Object.entries(spellings)) {
  test(`a UUID in ${what} is the same topic, and is written in lower case with hyphens`, async () => {
    const client = await server.connect('admin');
    const id = randomUUID();
    client.send({ action: 'subscribe_person', person_id: spell(id) });
    await client.barrier();
    await server.broadcast('assignment_changed', assignmentChange(id));
    assert.equal((await client.nextJson()).person_id, id);
  });
}

test('commands are handled in the order in which they were sent', async () => {
  const client = await server.connect('admin');
  const ids = Array.from({ length: 100 }, () => randomUUID());
  for (const id of ids) {
    client.send({ action: 'subscribe_schedule', schedule_id: id });
    client.send({ action: 'unsubscribe_schedule', schedule_id: id });
    client.send({ action: 'subscribe_schedule', schedule_id: id });
    client.send({ action: 'ping' });
  }
  for (const id of ids) assert.equal((await client.nextJson()).event_type, 'pong', id);
  for (const id of ids) await server.broadcast('schedule_updated', scheduleUpdate(id));
  for (const id of ids) assert.equal((await client.nextJson()).schedule_id, id);
  await server.assertNothingElse(client);
});

test('a command in several fragments is one command', async () => {
  const client = await server.connect('admin');
  const id = randomUUID();
  const text = JSON.stringify({ action: 'subscribe_schedule', schedule_id: id, note: 'zwölf Übungen' });
  const bytes = Buffer.from(text);
  const cut = bytes.indexOf('ö') + 1; // inside a character
  client.send(bytes.subarray(0, 10), { binary: false, fin: false });
  client.socket.ping('between');
  client.send(bytes.subarray(10, cut), { binary: false, fin: false });
  client.send(bytes.subarray(cut), { binary: false, fin: true });
  await client.barrier();
  await server.broadcast('schedule_updated', scheduleUpdate(id));
  assert.equal((await client.nextJson()).schedule_id, id);
});

test('a ping frame is answered by a pong frame with the same payload', async () => {
  const client = await server.connect('admin');
  const answered = new Promise((resolve) => client.socket.once('pong', (data) => resolve(data.toString())));
  client.socket.ping('are you there?');
  assert.equal(await answered, 'are you there?');
  await client.barrier();
});

test('a client that offers compression is served', async () => {
  const client = await server.connect('admin', { perMessageDeflate: true });
  const id = randomUUID();
  await client.watchSchedule(id);
  await server.broadcast('schedule_updated', { ...scheduleUpdate(id), message: 'x'.repeat(5000) });
  assert.equal((await client.nextJson()).message.length, 5000);
});

test('the close of the client is answered with its own code and reason', async () => {
  const client = await server.connect('admin');
  const { code, reason } = await client.close(4321, 'that is all');
  assert.deepEqual([code, reason], [4321, 'that is all']);
});

test('an empty close is answered by an empty close', async () => {
  const client = await server.connect('admin');
  assert.equal((await client.close()).code, 1005);
});
