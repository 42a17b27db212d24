// Every error has a sentence, a name and a number, on every transport; by HTTP also as
// application/problem+json (RFC 9457), for who asks for it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { after, afterEach, test } from 'node:test';
import { requestStream } from './support/event_stream.mjs';
import { startServer } from './support/server.mjs';

const server = await startServer({ settings: { 'http.header_bytes_max': 4096, 'graphql.document_bytes_max': 1024 } });
after(() => server.stop());
afterEach(() => server.closeClients());

const token = await server.token('admin');
const authorized = { authorization: `Bearer ${token}` };
const keyed = { 'x-api-key': server.apiKey, 'content-type': 'application/json' };
const PROBLEM = 'application/problem+json';

const REQUESTS = {
  'no such path': ['/nowhere', {}, 404, 1400],
  'a method that the path does not have': ['/api/v1/events', { method: 'DELETE' }, 405, 1401],
  'no credentials': ['/api/v1/presence', {}, 401, 1200],
  'a wrong password': ['/api/auth/login/json', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"username":"admin","password":"no"}',
  }, 401, 1206],
  'no JSON': ['/api/v1/events', { method: 'POST', headers: keyed, body: '{' }, 400, 1000],
  'an unknown type': ['/api/v1/events', { method: 'POST', headers: keyed, body: '{"event_type":"Nope"}' }, 422, 1003],
  'nothing': ['/api/v1/events', { method: 'POST', headers: keyed, body: '[]' }, 422, 1004],
  'a body that is too large': ['/api/auth/login/json', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: ' '.repeat(20_000),
  }, 413, 1006],
  'a stream without a token': ['/api/v1/events/stream', {}, 401, 1201],
  'a stream from no cursor': ['/api/v1/events/stream?cursor=none', { headers: authorized }, 422, 1011],
  'a stream of a foreign page': ['/api/v1/events/stream', {
    headers: { cookie: `access_token=${token}`, origin: 'https://elsewhere.example' },
  }, 403, 1301],
  'a page without a WebSocket': ['/ws', {}, 426, 1008],
};

for (const [what, [route, options, status, code]] of Object.entries(REQUESTS)) {
  test(`${what}: ${code}, in both forms`, async () => {
    const ask = (accept) => server.request(route, { ...options, headers: { ...options.headers, accept } });
    const ours = await ask('*/*');
    assert.deepEqual([ours.status, ours.headers.get('content-type')], [status, 'application/json']);
    const { error } = await ours.json();
    assert.equal(error.code, code);
    assert.match(error.name, /^[a-z_]+$/);
    assert.notEqual(error.message, '');

    const problem = await ask(`application/json, ${PROBLEM}`);
    assert.deepEqual([problem.status, problem.headers.get('content-type')], [status, PROBLEM]);
    for (const header of ['www-authenticate', 'allow', 'upgrade']) {
      assert.equal(problem.headers.get(header), ours.headers.get(header), header);
    }
    const { title, ...members } = await problem.json();
    assert.deepEqual(members, {
      type: `urn:rotacast:error:${error.name}`,
      status,
      detail: error.message,
      instance: `${route.split('?')[0]}#${problem.headers.get('x-request-id')}`,
      code,
      name: error.name,
      path: error.path,
    });
    assert.equal(title.toLowerCase(), error.name.replaceAll('_', ' '));
  });
}

test('an answer that is no error stays as it is', async () => {
  const answer = await server.request('/ws/health', { headers: { accept: PROBLEM } });
  assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/json']);
  const original = await server.request('/ws/stats', { headers: { accept: PROBLEM } });
  assert.deepEqual([original.status, await original.text()], [401, '{"detail":"Not authenticated"}']);
});

/** Sends bytes that no HTTP client would; returns everything that comes back. */
async function raw(text) {
  const { hostname, port } = new URL(server.url);
  const socket = net.connect(port, hostname);
  socket.end(text);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  const [head, body] = answer.split('\r\n\r\n');
  return { head, body: JSON.parse(body) };
}

test('a refusal of HTTP itself has the form that its head asks for, as far as the head could be read', async () => {
  const target = await raw(`GET /%zz HTTP/1.1\r\nHost: x\r\nAccept: ${PROBLEM}\r\n\r\n`);
  assert.match(target.head, /^HTTP\/1\.1 400 /);
  assert.deepEqual([target.body.status, target.body.code, target.body.name], [400, 1008, 'bad_request']);
  const accept = `Accept: ${PROBLEM}\r\n`;
  const pad = `X-Pad: ${'x'.repeat(5000)}\r\n`;
  const header = await raw(`GET / HTTP/1.1\r\n${accept}${pad}\r\n`);
  assert.match(header.head, /^HTTP\/1\.1 431 /);
  assert.deepEqual([header.body.status, header.body.code], [431, 1008]);
  assert.equal((await raw(`GET / HTTP/1.1\r\n${pad}${accept}\r\n`)).body.error.code, 1008);
});

const DOCUMENTS = {
  'a syntax error': ['{', 1014, 'graphql_syntax'],
  'no document': ['', 1014, 'graphql_syntax'],
  'an unknown field': ['{ nope }', 1015, 'graphql_validation'],
  'an unknown field of a subscription': ['subscription { scheduleUpdates { nope } }', 1015, 'graphql_validation'],
  'two root fields of a subscription': [
    'subscription { heartbeat { timestamp } userPresence { status } }', 1015, 'graphql_validation'],
  'a variable without a value': ['query ($n: ID!) { replay(id: $n) { id } }', 1015, 'graphql_validation'],
  'a document that is too long': [`{ ${' '.repeat(1100)} }`, 1006, 'too_large'],
  'a query after no cursor': ['{ events(after: "none") { cursor } }', 1011, 'cursor_invalid'],
};

/** The errors of the first answer to a document, by each transport that can ask for it. */
const TRANSPORTS = {
  'application/json': async (query) =>
    (await server.post('/graphql', { query }, { ...authorized, accept: 'application/json' })).body.errors,
  'application/graphql-response+json': async (query) =>
    (await server.post('/graphql', { query }, { ...authorized, accept: 'application/graphql-response+json' })).body.errors,
  'event stream': async (query) => {
    const url = new URL('/graphql', server.url);
    url.searchParams.set('query', query);
    const { stream } = await requestStream(url, { headers: authorized });
    let data;
    while (!data) ({ data } = await stream.next()); // comments may come first
    await stream.close();
    return data.errors;
  },
  'graphql-transport-ws': (query) => bySocket('graphql-transport-ws', 'subscribe', query),
  'graphql-ws': (query) => bySocket('graphql-ws', 'start', query),
};

async function bySocket(protocol, type, query) {
  const client = server.open({ route: '/graphql', query: { token }, protocols: [protocol] });
  await client.upgraded;
  client.send({ type: 'connection_init' });
  assert.equal((await client.nextJson()).type, 'connection_ack');
  client.send({ type, id: randomUUID(), payload: { query } });
  const { payload } = await client.nextJson();
  return payload.errors ?? [payload].flat();
}

for (const [transport, ask] of Object.entries(TRANSPORTS)) {
  test(`GraphQL by ${transport}: each error has a sentence, a number and a name`, async () => {
    for (const [what, [query, code, name]] of Object.entries(DOCUMENTS)) {
      const errors = await ask(query);
      assert.ok(errors.length > 0, what);
      for (const { message, extensions } of errors) {
        assert.notEqual(message, '', what);
        assert.deepEqual([extensions.code, extensions.name], [code, name], what);
      }
    }
  });
}

test('a subscription after no cursor says so, on both subprotocols', async () => {
  for (const [protocol, type] of [['graphql-transport-ws', 'subscribe'], ['graphql-ws', 'start']]) {
    for (const after of ['none', '']) {
      const [{ message, extensions }] = await bySocket(
        protocol, type, `subscription { resilienceAlerts(after: "${after}") { message } }`);
      assert.notEqual(message, '');
      assert.deepEqual([extensions.code, extensions.name, extensions.path], [1011, 'cursor_invalid', '/after']);
    }
  }
});

test('rotacast.v1: a close reason is a name and a sentence', async () => {
  const client = server.open({ query: { token: 'certainly' }, protocols: ['rotacast.v1'] });
  const { code, reason } = await client.serverClosed();
  assert.deepEqual([code, reason], [4401, 'token_invalid: Log in again; this token cannot be used.']);
});

test('the classic protocol: a close reason is the name alone, as always', async () => {
  const { code, reason } = await server.open({ query: { token: 'certainly' } }).serverClosed();
  assert.deepEqual([code, reason], [1008, 'token_invalid']);
});
