// Users, revoked tokens and API keys of one node count on all nodes of its cluster.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { joined, startCluster } from './support/cluster.mjs';
import { eventually, must } from './support/process.mjs';
import { numberedEvent } from './support/v1.mjs';

const { redis, nodes, stop } = await startCluster(2, {
  settings: { 'login.attempts': 10_000, 'login.attempts_per_address': 10_000 },
});
const [first, second] = nodes;
after(stop);
afterEach(() => Promise.all(nodes.map((node) => node.closeClients())));

const changed = async (node, ...args) => must([...args, '--database', node.database]);
const logIn = (node, { name, password }) => node.post('/api/auth/login/json', { username: name, password });

let users = 0;
/** A user of the first node who has logged in on the second. */
async function someone(role = 'coordinator') {
  users += 1;
  const user = await first.addUser(`user${users}`, role);
  const { body } = await eventually(async () => {
    const answer = await logIn(second, user);
    assert.equal(answer.status, 200, answer.text);
    return answer;
  });
  return { ...user, token: body.access_token };
}

test('who is added on one node logs in on another', async () => {
  const { token } = await someone();
  for (const node of nodes) {
    const client = await node.connect('', { token });
    assert.equal(client.end, undefined);
  }
});

const ends = {
  'a logout': [({ token }) => first.post('/api/auth/logout', {}, { authorization: `Bearer ${token}` }), 'token_revoked'],
  'user deactivate': [({ name }) => changed(first, 'user', 'deactivate', name), 'user_inactive'],
  'user sign-out': [({ name }) => changed(first, 'user', 'sign-out', name), 'token_revoked'],
  'user password': [({ name }) => changed(first, 'user', 'password', name, '--password-file', first.file('new')), 'token_revoked'],
};

for (const [way, [end, reason]] of Object.entries(ends)) {
  test(`${way} on one node ends connections on another`, async () => {
    fs.writeFileSync(first.file('new'), 'another correct horse\n', { mode: 0o600 });
    const user = await someone();
    const client = await second.connect('', { token: user.token });
    await end(user);
    assert.equal((await client.closed).name, reason);
    const again = second.open({ query: { token: user.token } });
    assert.equal((await again.closed).name, reason);
  });
}

test('a new password counts on the other node, and the former no more', async () => {
  fs.writeFileSync(first.file('new'), 'another correct horse\n', { mode: 0o600 });
  const user = await someone();
  await changed(first, 'user', 'password', user.name, '--password-file', first.file('new'));
  await eventually(async () => {
    assert.equal((await logIn(second, { name: user.name, password: 'another correct horse' })).status, 200);
  });
  assert.equal((await logIn(second, user)).status, 401);
});

test('a new role counts on the other node at once', async () => {
  const user = await someone('coordinator');
  const client = await second.connect('', { token: user.token });
  await changed(first, 'user', 'role', user.name, 'resident');
  await eventually(async () => {
    const { body } = await logIn(second, user);
    const me = await second.request('/api/v1/stats', { headers: { authorization: `Bearer ${body.access_token}` } });
    assert.equal(me.status, 403);
  });
  assert.equal(client.end, undefined, 'it goes on with the new rights');
});

test('an API key works on every node until it is revoked on one', async () => {
  const key = await first.addKey('shared');
  const publishOnSecond = () => second.post('/api/v1/events', numberedEvent(randomUUID(), 1), { 'x-api-key': key });
  await eventually(async () => assert.equal((await publishOnSecond()).status, 200));
  await changed(second, 'key', 'revoke', 'shared');
  await eventually(async () => {
    const answer = await first.post('/api/v1/events', numberedEvent(randomUUID(), 2), { 'x-api-key': key });
    assert.equal(answer.status, 401, answer.text);
  });
});

test('without Redis a change acts where it was made, and elsewhere when Redis is back', async () => {
  const user = await someone();
  const [here, there] = await Promise.all(nodes.map((node) => node.connect('', { token: user.token })));
  await redis.kill();
  await first.deactivate(user.name);
  assert.equal((await here.closed).name, 'user_inactive');
  await there.watchPerson(); // it goes on
  await redis.start();
  assert.equal((await there.closed).name, 'user_inactive');
  await Promise.all(nodes.map(joined));
});

test('a node that was away knows at its start who was deactivated meanwhile', async () => {
  const user = await someone();
  await second.closeClients();
  second.signal('SIGTERM');
  await second.exited();
  await first.deactivate(user.name);
  await eventually(async () => {
    assert.match(await redis.command('HGET', `{rotacast}:fact:user:${user.id}`, 'active'), / 0$/);
  });
  await second.start();
  const { name } = await second.open({ query: { token: user.token } }).closed;
  assert.equal(name, 'user_inactive');
  await joined(second);
});
