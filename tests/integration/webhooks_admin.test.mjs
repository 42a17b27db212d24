// Webhooks over real sockets: management by operators, by HTTP and by command; what is refused, and
// what stays secret.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { after, afterEach, beforeEach, test } from 'node:test';
import { eventually, run } from './support/process.mjs';
import { Receiver } from './support/receiver.mjs';
import { everyRole, startServer } from './support/server.mjs';
import {
  BASE, SECRET, assertRefusal, numbered, numbersOf, operatorOf, startWebhookServer, verify,
} from './support/webhooks.mjs';

const server = await startWebhookServer({ users: everyRole() });
after(() => server.stop());

let receiver;
beforeEach(async () => (receiver = await new Receiver().start()));
afterEach(() => receiver.kill());

const { ask, hook, show, remove, lettersOf, accepted } = operatorOf(server, () => receiver);

test('while a secret is being replaced, requests are signed with both', async () => {
  const name = await hook();
  const rotated = await ask('POST', `${BASE}/${name}/rotate`, {});
  assert.equal(rotated.status, 200);
  const next = rotated.body.secret;
  assert.ok(next.length >= 40 && next !== SECRET);
  await server.publish(numbered(randomUUID(), [1]));
  await accepted(1);
  const [request] = receiver.requests;
  assert.equal(verify(request).webhook, name);
  assert.equal(verify(request, next).webhook, name);
  assert.throws(() => verify(request, 'another secret altogether'));
  assertRefusal(await ask('POST', `${BASE}/${name}/rotate`, { secret: 'short' }), 422, 'invalid_field', '/secret');
  await remove(name);
});

test('a webhook may start in the past, and a deleted one is forgotten', async () => {
  const aggregate = randomUUID();
  const receipts = (await server.publish(numbered(aggregate, [1, 2, 3]))).events;
  const name = await hook({ from: receipts[0].cursor });
  await accepted(2);
  assert.deepEqual(numbersOf(receiver.requests, aggregate), [2, 3]);
  assert.equal((await show(name)).begins_after, receipts[0].cursor);
  receiver.answer = () => 410;
  await server.publish(numbered(aggregate, [4]));
  await eventually(async () => assert.equal((await lettersOf(name)).length, 1));
  assert.deepEqual((await remove(name)).body, { removed: name });
  assert.deepEqual(await lettersOf(name), []);
  assertRefusal(await ask('GET', `${BASE}/${name}`), 404, 'not_found');

  // A new one of the same name starts where it says, not where the other one was.
  receiver.answer = () => 204;
  const again = await ask('POST', BASE, { name, url: receiver.url(), from: 'beginning', filter: { assignment_id: aggregate } });
  assert.equal(again.status, 201, JSON.stringify(again.body));
  await accepted(4);
  assert.deepEqual(numbersOf(receiver.requests.slice(-4), aggregate), [1, 2, 3, 4]);
  await remove(name);
});

test('an inactive webhook sends nothing, and continues where it stopped', async () => {
  const name = await hook();
  const aggregate = randomUUID();
  const changed = await ask('PATCH', `${BASE}/${name}`, { active: false });
  assert.deepEqual([changed.status, changed.body.active, changed.body.url], [200, false, receiver.url()]);
  await server.publish(numbered(aggregate, [1, 2]));
  assert.equal((await show(name)).progress.state, 'inactive');
  await ask('PATCH', `${BASE}/${name}`, { active: true });
  await accepted(2);
  assert.deepEqual(numbersOf(receiver.requests, aggregate), [1, 2]);
  await remove(name);
});

test('a test reports the true result', async () => {
  const name = await hook({ timeout_ms: 1000 });
  const press = async () => {
    const { status, body } = await ask('POST', `${BASE}/${name}/test`);
    assert.equal(status, 200);
    return [body.delivered, body.status, body.error];
  };
  assert.deepEqual(await press(), [true, 204, '']);
  const [ping] = receiver.requests;
  assert.deepEqual([ping.body.event_type, ping.body.event, ping.body.cursor], ['rotacast.ping', null, null]);
  assert.equal(verify(ping).webhook, name);
  receiver.answer = () => ({ status: 503, headers: { 'retry-after': '120' } });
  const asked = (await ask('POST', `${BASE}/${name}/test`)).body;
  assert.deepEqual([asked.delivered, asked.error, asked.retry_after_s], [false, 'http_503', 120]);
  assert.match(asked.message, /503/);
  await receiver.kill();
  assert.deepEqual(await press(), [false, 0, 'connect_refused']);
  await receiver.comeBack();
  assertRefusal(await ask('POST', `${BASE}/nobody/test`), 404, 'not_found');
  assert.equal((await show(name)).progress.dead, 0, 'a test is no delivery');
  await remove(name);
});

test('private addresses are rejected unless they are allowed, also behind names', async (t) => {
  for (const url of ['http://10.0.0.1/', 'http://169.254.169.254/latest', 'http://[::1]:80/', 'http://127.0.0.2/']) {
    assertRefusal(await ask('POST', BASE, { name: 'inside', url }), 422, 'invalid_field', '/url');
  }
  const strict = await startServer();
  t.after(() => strict.stop());
  const headers = { authorization: `Bearer ${await strict.token('admin')}` };
  assertRefusal(await strict.post(BASE, { name: 'inside', url: receiver.url() }, headers), 422, 'invalid_field', '/url');
  assert.equal((await strict.post(BASE, { name: 'inside', url: receiver.url('localhost') }, headers)).status, 201);
  const pressed = (await strict.post(`${BASE}/inside/test`, {}, headers)).body;
  assert.deepEqual([pressed.delivered, pressed.error], [false, 'address_refused']);
  await strict.publish(numbered(randomUUID(), [1]));
  await eventually(async () => {
    const { progress } = await (await strict.request(`${BASE}/inside`, { headers })).json();
    assert.deepEqual([progress.dead, progress.last_error], [1, 'address_refused']);
  });
  assert.equal(receiver.requests.length, 0);
});

const refusedInputs = [
  [{}, 'missing_field', '/name'],
  [{ name: 'No' }, 'missing_field', '/url'],
  [{ name: 'No', url: 'https://x.example/' }, 'invalid_field', '/name'],
  [{ name: 'a', url: 'ftp://x.example/' }, 'invalid_field', '/url'],
  [{ name: 'a', url: 'https://me:pass@x.example/' }, 'invalid_field', '/url'],
  [{ name: 'a', url: 'https://x.example/', types: ['Nothing'] }, 'unknown_event_type', '/types/0'],
  [{ name: 'a', url: 'https://x.example/', filter: { shoe_size: 1 } }, 'invalid_field', '/filter/shoe_size'],
  [{ name: 'a', url: 'https://x.example/', filtr: {} }, 'invalid_field', '/filtr'],
  [{ name: 'a', url: 'https://x.example/', timeout_ms: 1 }, 'invalid_field', '/timeout_ms'],
  [{ name: 'a', url: 'https://x.example/', format: 'xml' }, 'invalid_field', '/format'],
  [{ name: 'a', url: 'https://x.example/', format: null }, 'invalid_field', '/format'],
  [{ name: 'a', url: 'https://x.example/', secret: 'short' }, 'invalid_field', '/secret'],
  [{ name: 'a', url: 'https://x.example/', from: 'yesterday' }, 'cursor_invalid', '/from'],
  [{ name: 'a', url: 'https://x.example/', from: 'another0.7' }, 'cursor_invalid', '/from'],
];

test('invalid requests are rejected with their path, and only operators are accepted', async () => {
  for (const [input, name, path] of refusedInputs) assertRefusal(await ask('POST', BASE, input), 422, name, path);
  assertRefusal(await ask('POST', BASE, '{'), 400, 'bad_json');
  const name = await hook();
  assertRefusal(await ask('POST', BASE, { name, url: receiver.url() }), 409, 'conflict', '/name');
  assertRefusal(await ask('PATCH', `${BASE}/${name}`, { name: 'other' }), 422, 'invalid_field', '/name');
  assertRefusal(await ask('PATCH', `${BASE}/${name}`, { url: 'http://10.0.0.1/' }), 422, 'invalid_field', '/url');
  for (const [method, path, body] of [['GET', ''], ['POST', '', { name: 'x', url: receiver.url() }], ['GET', `/${name}`],
    ['PATCH', `/${name}`, { active: false }], ['DELETE', `/${name}`], ['POST', `/${name}/rotate`], ['POST', `/${name}/test`]]) {
    assertRefusal(await ask(method, BASE + path, body, 'faculty'), 403, 'forbidden');
    const withKey = await server.request(BASE + path, {
      method, headers: { 'x-api-key': server.apiKey }, body: body && JSON.stringify(body) });
    assert.equal(withKey.status, 401);
    if (path) assertRefusal(await ask(method, BASE + path.replace(name, 'nobody'), body), 404, 'not_found');
  }
  assert.equal((await show(name)).active, true, 'what was refused was not done');
  await remove(name);
});

async function command(...words) {
  fs.writeFileSync(server.file('token'), `${await server.token('admin')}\n`, { mode: 0o600 });
  return run(['webhook', ...words, '--url', server.url, '--token-file', server.file('token')]);
}

test('the commands do the same, and each action leaves an audit row', async () => {
  fs.writeFileSync(server.file('hook-secret'), `${SECRET}\n`, { mode: 0o600 });
  const added = await command('add', 'by-hand', receiver.url(), '--type', 'AssignmentCreated', '--type',
    'AssignmentDeleted', '--filter', '{"role":"primary"}', '--secret-file', server.file('hook-secret'));
  assert.deepEqual([added.code, added.stdout], [0, `${SECRET}\n`], added.stderr);
  assert.match((await command('list')).stdout, /^NAME +STATE .*\nby-hand +active +\d+ +0 +0 +- +http:/);
  const shown = await command('show', 'by-hand', '--json');
  assert.deepEqual(JSON.parse(shown.stdout).types, ['AssignmentCreated', 'AssignmentDeleted']);
  assert.match((await command('test', 'by-hand')).stdout, /^delivered: status 204 after \d+ ms\n$/);
  receiver.answer = () => 500;
  const failed = await command('test', 'by-hand');
  assert.deepEqual([failed.code, failed.stdout], [1, '']);
  assert.match(failed.stderr, /not delivered \(http_500\)/);
  const change = await command('change', 'by-hand', '--all-types', '--timeout-ms', '700', '--format', 'cloudevents-binary');
  assert.equal(change.stdout, 'changed by-hand\n', change.stderr);
  const { types, timeout_ms, format } = await show('by-hand');
  assert.deepEqual([types, timeout_ms, format], [null, 700, 'cloudevents-binary']);
  const rotated = await command('rotate', 'by-hand');
  assert.match(rotated.stdout, /^whsec_[A-Za-z0-9+/]{43}=\n$/);
  assert.equal((await command('remove', 'by-hand')).stdout, 'removed by-hand\n');
  const gone = await command('show', 'by-hand');
  assert.deepEqual([gone.code, gone.stdout], [1, '']);
  assert.match(gone.stderr, /no webhook of this name/);

  const { audit } = (await ask('GET', '/api/v1/bus/audit?limit=7')).body;
  const who = `user:${server.user('admin').id}`;
  assert.deepEqual(
    audit.map(({ requested_by, action, subject, reason }) => [requested_by, action, subject, reason]),
    [['forget', 'its webhook was removed'], ['webhook_remove', ''], ['webhook_rotate', ''],
      ['webhook_change', 'types, timeout_ms, format'], ['webhook_test', ''], ['webhook_test', ''], ['webhook_add', '']]
      .map(([action, reason]) => [who, action, 'webhook:by-hand', reason]));
});

test('verification as shown in the receivers\' documentation works', async () => {
  const page = fs.readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');
  const block = (language, word) => [...page.matchAll(new RegExp(`\\n\`\`\`${language}\\n(.*?)\\n\`\`\``, 'gs'))]
    .map(([, code]) => code).find((code) => code.includes(word));
  const { isFromRotacast } = await import(`data:text/javascript,${encodeURIComponent(block('js', 'isFromRotacast'))}`);
  const python = (header, body, secret) => spawnSync('/usr/bin/python3', ['-c',
    `import json, sys\n${block('python', 'is_from_rotacast')}\nheader, body, secret = json.load(sys.stdin)\n` +
    'print(is_from_rotacast(header, body.encode(), secret))'],
  { input: JSON.stringify([header, body, secret]), encoding: 'utf8' }).stdout === 'True\n';

  const name = await hook();
  await ask('POST', `${BASE}/${name}/rotate`, {});
  await ask('POST', `${BASE}/${name}/test`);
  const [{ headers, text }] = receiver.requests;
  const header = headers['rotacast-signature'];
  const old = header.replace(/^t=\d+/, 't=1700000000');
  for (const isGood of [isFromRotacast, python]) {
    assert.equal(isGood(header, text, SECRET), true);
    assert.equal(isGood(header, `${text} `, SECRET), false);
    assert.equal(isGood(header, text, 'another secret'), false);
    for (const bad of [old, '', 't=,v1=', header.replace(/^t=\d+,/, '')]) assert.equal(isGood(bad, text, SECRET), false);
  }
  await remove(name);
});

// Last: by now everything above has been logged.
test('no secret is in a log, a list, an error or an audit row', async () => {
  const name = await hook();
  receiver.answer = () => 410;
  await server.publish(numbered(randomUUID(), [1]));
  await eventually(async () => assert.equal((await lettersOf(name)).length, 1));
  const [letter] = await lettersOf(name);
  const said = [
    server.output,
    ...await Promise.all([BASE, `${BASE}/${name}`, '/api/v1/bus/audit?limit=1000', '/api/v1/bus/stats',
      '/api/v1/bus/dead-letters', `/api/v1/bus/dead-letters/${letter.id}`, '/api/v1/bus/subscriptions']
      .map(async (path) => JSON.stringify((await ask('GET', path)).body))),
    JSON.stringify((await ask('PATCH', `${BASE}/${name}`, { secret: `${SECRET}2`, active: true })).body),
    JSON.stringify((await ask('POST', BASE, { name, url: receiver.url(), secret: SECRET })).body),
    JSON.stringify((await ask('POST', `${BASE}/${name}/test`)).body),
  ];
  for (const text of said) assert.ok(!text.includes(SECRET), text);
  // The receiver's key is part of the URL, which only operators see when they show the webhook.
  for (const text of [said[0], ...said.slice(3, 8)]) assert.ok(!text.includes('hush'), text);
  await remove(name);
});
