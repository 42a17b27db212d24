// An open session ends when its token expires or is revoked, or when its user is deactivated; other
// sessions continue.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { payloadOf } from './support/jwt.mjs';
import { startServer } from './support/server.mjs';

// The limit is one second; the rest is for a busy machine and slow instrumented builds.
const PROMISE_MS = 1000;
const MARGIN_MS = 2000;

const server = await startServer({ users: { admin: 'admin', faculty: 'faculty', resident: 'resident', leaver: 'rn' } });
after(() => server.stop());
afterEach(() => server.closeClients());

async function assertEnds(client, reason, since) {
  const end = await client.serverClosed();
  assert.deepEqual([end.code, end.reason], [1008, reason]);
  const late = end.at - since;
  assert.ok(late <= PROMISE_MS + MARGIN_MS, `ended ${late} ms after the cause`);
  return end;
}

const logout = async (token, headers = { authorization: `Bearer ${token}` }) => {
  const answer = await server.post('/api/auth/logout', {}, headers);
  assert.ok(answer.status >= 200 && answer.status < 300, answer.text);
};

test('a session ends when its token expires, not before, and a session with another token of the user continues', async () => {
  const token = await server.newToken('faculty', 3);
  const expiry = payloadOf(token).exp * 1000;
  const brief = await server.connect('faculty', { token });
  const lasting = await server.connect('faculty');
  const schedule = randomUUID();
  await brief.watchSchedule(schedule);
  await server.broadcast('schedule_updated', { schedule_id: schedule, update_type: 'modified' });
  assert.equal((await brief.nextJson()).schedule_id, schedule, 'until then it is served');
  const end = await assertEnds(brief, 'token_expired', expiry);
  assert.ok(end.at >= expiry, 'a token is good until it expires');
  assert.equal((await lasting.nextJson()).schedule_id, schedule);
  await lasting.barrier();
  const again = await server.open({ query: { token } }).serverClosed();
  assert.deepEqual([again.code, again.reason], [1008, 'token_expired']);
});

test('sessions end in the order in which their tokens expire', async () => {
  const [first, second] = [await server.newToken('faculty', 3), await server.newToken('faculty', 5)];
  const later = await server.connect('faculty', { token: second });
  const sooner = await server.connect('faculty', { token: first });
  await assertEnds(sooner, 'token_expired', payloadOf(first).exp * 1000);
  await later.barrier();
  await assertEnds(later, 'token_expired', payloadOf(second).exp * 1000);
});

test('logout ends every session of the token and does not affect the user\'s other tokens', async () => {
  const token = await server.newToken('resident');
  const tabs = [await server.connect('resident', { token }), await server.connect('resident', { token })];
  const other = await server.connect('resident');
  const somebody = await server.connect('admin');
  const since = Date.now();
  await logout(token);
  for (const tab of tabs) await assertEnds(tab, 'token_revoked', since);
  await other.barrier();
  await somebody.barrier();
});

test('logout by cookie does the same', async () => {
  const token = await server.newToken('resident');
  const tab = await server.connect('resident', { token });
  const since = Date.now();
  await logout(token, { cookie: `access_token="Bearer ${token}"`, origin: server.url });
  await assertEnds(tab, 'token_revoked', since);
});

test('a session opened by cookie ends at logout, too', async () => {
  const token = await server.newToken('resident');
  const tab = server.open({ headers: { cookie: `access_token="Bearer ${token}"` }, origin: server.url });
  await tab.next();
  const since = Date.now();
  await logout(token);
  await assertEnds(tab, 'token_revoked', since);
});

test('deactivation ends all sessions of the user, with any token, and nobody else\'s', async () => {
  const tokens = [await server.newToken('leaver'), await server.newToken('leaver')];
  const tabs = [];
  for (const token of tokens) tabs.push(await server.connect('leaver', { token }));
  const somebody = await server.connect('admin');
  await server.deactivate('leaver');
  const since = Date.now();
  for (const tab of tabs) await assertEnds(tab, 'user_inactive', since);
  await somebody.barrier();
  const again = await server.open({ query: { token: tokens[0] } }).serverClosed();
  assert.deepEqual([again.code, again.reason], [1008, 'user_inactive']);
});

test('a closed session receives nothing that is published afterwards', async () => {
  const token = await server.newToken('resident');
  const tab = await server.connect('resident', { token });
  await logout(token);
  await tab.serverClosed();
  const witness = await server.connect('admin');
  await server.assertNothingElse(witness);
  assert.equal(tab.waiting, 0);
});

test('the subscriptions of a user outlive one session as long as there is another', async () => {
  const token = await server.newToken('admin');
  const [ending, staying] = [await server.connect('admin', { token }), await server.connect('admin')];
  const person = randomUUID();
  await ending.watchPerson(person);
  await logout(token);
  await ending.serverClosed();
  await server.broadcast('conflict_detected', { person_id: person, conflict_type: 'double_booking', severity: 'low' });
  assert.equal((await staying.nextJson()).person_id, person);
});
