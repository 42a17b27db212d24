// GraphQL over HTTP: the audits of npm graphql-http, queries, mutations, rights.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { serverAudits } from 'graphql-http';
import { startServer } from './support/server.mjs';

const server = await startServer({ users: { admin: 'admin', resident: 'resident' } });
after(() => server.stop());

const authorization = async (name) => ({ authorization: `Bearer ${await server.token(name)}` });

async function ask(query, { name = 'admin', variables, headers = {} } = {}) {
  const answer = await server.post('/graphql', { query, variables }, { ...(await authorization(name)), ...headers });
  return { status: answer.status, ...answer.body };
}

const bearer = await authorization('admin');
for (const audit of serverAudits({
  url: new URL('/graphql', server.url).href,
  fetchFn: (url, init = {}) => fetch(url, { ...init, headers: { ...init.headers, ...bearer } }),
})) {
  // Its MAY audits are optional; either result is allowed.
  if (audit.name.startsWith('MAY')) continue;
  test(`audit: ${audit.name}`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, 'ok', result.reason);
  });
}

test('a request needs a valid token, otherwise 401', async () => {
  const { data } = await ask('{ viewer { username role personId tokenExpiresAt } }', { name: 'resident' });
  assert.deepEqual([data.viewer.username, data.viewer.role], ['resident', 'resident']);
  assert.equal(data.viewer.personId, server.user('resident').personId);
  const refused = await server.post('/graphql', { query: '{ viewer { username } }' });
  assert.equal(refused.status, 401);
  assert.equal(refused.body.errors[0].extensions.name, 'unauthenticated');
  assert.match(refused.headers.get('www-authenticate'), /Bearer/);
});

test('only operators can access the bus', async () => {
  const query = '{ busStatistics { totalSubscriptions deadLetterCount subscribers { name } } connectionStatistics { totalConnections } '
    + 'deadLetters { deadLetters { id } next } deliveries { deliveries { id } } replays { replays { id } } '
    + 'deadLetter(id: "1") { id } replay(id: "1") { id } presence { people { userId } complete } }';
  const { data, errors } = await ask(query);
  assert.equal(errors, undefined, JSON.stringify(errors));
  assert.deepEqual(data.deadLetters, { deadLetters: [], next: null });
  assert.deepEqual([data.deadLetter, data.replay], [null, null]);
  for (const field of ['busStatistics { deadLetterCount }', 'deadLetters { next }', 'deliveries { next }', 'replays { next }',
    'connectionStatistics { totalConnections }']) {
    const refused = await ask(`{ ${field} }`, { name: 'resident' });
    assert.equal(refused.errors[0].extensions.name, 'forbidden', field);
  }
});

const PUBLISH = 'mutation ($event: JSON!, $key: String) { publish(event: $event, idempotencyKey: $key) '
  + '{ eventId cursor duplicate ignored missingForScreens } }';
const alert = () => ({ event_type: 'ResilienceLevelChanged', new_level: 'red', previous_level: 'green', utilization: 0.9, trigger_reason: 'r', surprise: 1 });

test('a mutation publishes; the journal has the event, page by page', async () => {
  const before = (await ask('{ events(limit: 500) { cursor hasNextPage } }')).data.events;
  const published = [];
  for (let i = 0; i < 3; ++i) {
    const { data, errors } = await ask(PUBLISH, { variables: { event: alert() } });
    assert.equal(errors, undefined, JSON.stringify(errors));
    assert.deepEqual(data.publish.ignored, ['/event/surprise']);
    published.push(data.publish);
  }
  const page = (after, limit) => ask(
    'query ($after: Cursor, $limit: Int!) { events(after: $after, limit: $limit) { cursor hasNextPage gap { reason } '
    + 'events { __typename ... on ResilienceNotification { eventId cursor severity } } } }',
    { variables: { after, limit } },
  );
  const first = (await page(before.cursor, 2)).data.events;
  assert.deepEqual(first.events.map(({ eventId }) => eventId), published.slice(0, 2).map(({ eventId }) => eventId));
  assert.equal(first.hasNextPage, true);
  const second = (await page(first.cursor, 2)).data.events;
  assert.deepEqual(second.events.map(({ cursor }) => cursor), [published[2].cursor]);
  assert.equal(second.hasNextPage, false);
  assert.deepEqual((await page(`x${before.cursor}`, 1)).data.events.gap, { reason: 'epoch_changed' });
});

test('a page has at most a megabyte, and the next one continues', async () => {
  let { cursor: after } = (await ask('{ events(limit: 500) { cursor } }')).data.events;
  for (let n = 0; n < 25; ++n) {
    await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'red', message: `${n} `.padEnd(100_000, 'x') });
  }
  const pages = [];
  for (let more = true; more;) {
    const { data } = await ask('query ($after: Cursor) { events(after: $after, limit: 500) { cursor hasNextPage '
      + 'events { ... on ResilienceNotification { message } } } }', { variables: { after } });
    pages.push(data.events.events.map(({ message }) => Number.parseInt(message, 10)));
    ({ cursor: after, hasNextPage: more } = data.events);
  }
  assert.deepEqual(pages.flat(), Array.from({ length: 25 }, (_, n) => n));
  assert.equal(pages.length, 3);
});

test('a second request with the same idempotency key returns the first result', async () => {
  const variables = { event: alert(), key: randomUUID() };
  const one = (await ask(PUBLISH, { variables })).data.publish;
  const two = (await ask(PUBLISH, { variables })).data.publish;
  assert.deepEqual([two.eventId, one.duplicate, two.duplicate], [one.eventId, false, true]);
});

test('mutations are rejected for users without the right, and by GET for everybody', async () => {
  const refused = await ask(PUBLISH, { name: 'resident', variables: { event: alert() } });
  assert.equal(refused.errors[0].extensions.name, 'forbidden');
  const nothing = await ask('mutation { discardDeadLetters(selection: {}, reason: "r") { letters } }');
  assert.equal(nothing.errors[0].extensions.name, 'invalid_field');
  const none = await ask('mutation { discardDeadLetters(selection: {all: true}, reason: "r") { letters } }');
  assert.deepEqual(none.data, { discardDeadLetters: { letters: 0 } });
  const query = encodeURIComponent('mutation { discardDeadLetters(selection: {all: true}, reason: "r") { letters } }');
  assert.equal((await server.request(`/graphql?query=${query}`, { headers: bearer })).status, 405);
});

test('a subscription requires a stream', async () => {
  for (const accept of ['*/*', 'application/json', 'text/html, */*;q=0.8']) {
    const { status, errors } = await ask('subscription { resilienceAlerts { message } }', { headers: { accept } });
    assert.equal(status, 400);
    assert.match(errors[0].message, /event-stream/);
  }
});

test('the type of the response is the one that Accept wants most', async () => {
  const [json, own, parts] = ['application/json', 'application/graphql-response+json', 'multipart/mixed;subscriptionSpec=1.0'];
  for (const [accept, type] of [
    ['*/*', json],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8', json],
    ['text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2', json],
    [`${json};q=0.5, ${own}`, own],
    [`${own}, ${json}`, own],
    [`${json}, ${own}`, json],
    [`${json};q=0, */*;q=0.1`, own],
    ['APPLICATION/JSON;charset=utf-8', json],
    [`${parts},${own};q=0.5,${json}`, json],
    ['text/event-stream', 'text/event-stream'],
    [`text/event-stream;q=0.1, ${json}`, json],
    ['text/*', 'text/event-stream'],
  ]) {
    const answer = await server.post('/graphql', { query: '{ __typename }' }, { accept, ...bearer });
    assert.equal(answer.status, 200, `${accept}: ${answer.text}`);
    assert.equal(answer.headers.get('content-type').split(';')[0], type, accept);
    assert.match(answer.text, /{"data":{"__typename":"Query"}}/);
  }
});

test('406 only if no type is acceptable', async () => {
  for (const accept of ['text/html', 'image/*', '*/*;q=0', 'application/json;q=0.0, application/xml', 'multipart/mixed']) {
    const answer = await server.post('/graphql', { query: '{ __typename }' }, { accept, ...bearer });
    assert.equal(answer.status, 406, accept);
    const { message, extensions } = answer.body.errors[0];
    assert.deepEqual(extensions, { code: 1012, name: 'not_acceptable' });
    assert.match(message, /application\/json/);
  }
});

test('a subscription gets the stream that Accept names, wherever it stands', async () => {
  for (const [accept, type] of [
    ['application/json, text/event-stream', 'text/event-stream'],
    ['*/*, text/event-stream;q=0.1', 'text/event-stream'],
    ['multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json;q=0.9', 'multipart/mixed'],
    ['text/event-stream, multipart/mixed;subscriptionSpec=1.0', 'text/event-stream'],
  ]) {
    const stream = await server.request('/graphql', {
      method: 'POST', headers: { accept, 'content-type': 'application/json', ...bearer },
      body: JSON.stringify({ query: 'subscription { resilienceAlerts { message } }' }),
    });
    assert.deepEqual([stream.status, stream.headers.get('content-type').split(';')[0]], [200, type], accept);
    await stream.body.cancel();
  }
});

test('every error has a message: of a cursor that is none, of a token that is none', async () => {
  const query = 'subscription ($after: Cursor) { scheduleUpdates(after: $after) { cursor } }';
  for (const after of ['', 'nonsense']) {
    const stream = await server.post('/graphql', { query, variables: { after } }, { accept: 'text/event-stream', ...bearer });
    const [{ message, extensions }] = JSON.parse(stream.text.match(/event: next\ndata: (.*)/)[1]).errors;
    assert.deepEqual([extensions.code, extensions.path], [1011, '/after']);
    assert.match(message, /^[A-Z].*cursor.*\.$/);
    const page = await ask('query ($after: Cursor) { events(after: $after) { cursor } }', { variables: { after } });
    assert.deepEqual([page.errors[0].extensions.code, page.errors[0].message], [1011, message]);
  }
  const { errors } = await ask('{ __typename }', { headers: { authorization: 'Bearer nonsense' } });
  assert.match(errors[0].message, /^[A-Z].*\.$/);
});
