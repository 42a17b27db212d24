// GraphiQL's page as files over HTTP, and who is shown the schema: everybody, operators, or nobody.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { GraphqlClient } from './support/graphql.mjs';
import { get, loadedFiles } from './support/pages.mjs';
import { startServer } from './support/server.mjs';

const users = { admin: 'admin', coordinator: 'coordinator', faculty: 'faculty', resident: 'resident' };
const start = (settings) => startServer({ users, settings });

const [everybody, operators, nobody] = await Promise.all([
  start({}),
  start({ 'graphql.introspection': 'operators', 'graphql.graphiql': 'on' }),
  start({ 'graphql.introspection': 'off' }),
]);
after(() => Promise.all([everybody, operators, nobody].map((server) => server.stop())));

const SCHEMA = '{ __schema { queryType { name } } __type(name: "Viewer") { name } }';
const SHOWN = { __schema: { queryType: { name: 'Query' } }, __type: { name: 'Viewer' } };

async function byHttp(server, name, query) {
  const answer = await server.post('/graphql', { query }, { authorization: `Bearer ${await server.token(name)}` });
  return answer.body;
}

async function bySocket(server, name, query) {
  const client = new GraphqlClient(server, { connectionParams: { token: await server.token(name) } });
  try {
    const { failed, ...result } = await client.ask(query);
    return failed ? { errors: failed } : result;
  } finally {
    await client.close();
  }
}

const all = Object.keys(users);
for (const [rule, server, shownTo] of [
  ['everybody', everybody, all], ['operators', operators, ['admin', 'coordinator']], ['off', nobody, []],
]) {
  for (const [way, ask] of [['HTTP', byHttp], ['a socket', bySocket]]) {
    test(`introspection = ${rule}, over ${way}`, async () => {
      for (const name of all) {
        const { data, errors } = await ask(server, name, SCHEMA);
        if (shownTo.includes(name)) {
          assert.deepEqual(data, SHOWN, name);
        } else {
          assert.equal(data, undefined, name);
          for (const { message } of errors) assert.match(message, /introspection has been disabled/, name);
          assert.equal(errors.length, 2, name);
        }
        const plain = await ask(server, name, '{ __typename viewer { __typename username } }');
        assert.deepEqual(plain.data, { __typename: 'Query', viewer: { __typename: 'Viewer', username: name } });
      }
    });
  }
}

test('GraphiQL is off by default', async () => {
  for (const path of ['/graphiql', '/graphiql/graphiql.min.js']) {
    const { status, body } = await get(everybody, path);
    assert.equal(status, 404);
    assert.equal(JSON.parse(body).error.name, 'not_found');
  }
});

test('its page and everything that the page loads come from this server, under a policy without exceptions', async () => {
  const files = await loadedFiles(operators, '/graphiql');
  for (const [path, { headers }] of files) {
    if (!path.startsWith('/graphiql')) continue;
    const policy = headers['content-security-policy'];
    assert.match(policy, /^default-src 'none'; script-src 'self'; connect-src 'self'; /, path);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/, path);
  }
  for (const path of ['/graphiql/graphiql.min.js', '/graphiql/graphql-ws.min.js', '/graphiql/endpoint.js', '/session.js'])
    assert.ok(files.has(path), path);
  assert.equal((await get(operators, '/graphiql/')).status, 200);
});

test('large files are compressed for clients that accept it, and not sent again to clients that have them', async () => {
  const path = '/graphiql/graphiql.min.js';
  const packed = await get(operators, path, { 'accept-encoding': 'br, gzip;q=0.5' });
  const plain = await get(operators, path, { 'accept-encoding': 'gzip;q=0' });
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.equal(plain.headers['content-encoding'], undefined);
  const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
  assert.equal(digest(gunzipSync(packed.body)), digest(plain.body));
  assert.ok(packed.body.length * 2 < plain.body.length);
  assert.equal(packed.headers.vary, 'Accept-Encoding');
  assert.notEqual(packed.headers.etag, plain.headers.etag);
  for (const [known, form] of [[packed, 'gzip'], [plain, 'identity']]) {
    const again = await get(operators, path, { 'accept-encoding': form, 'if-none-match': known.headers.etag });
    assert.deepEqual([again.status, again.body.length, again.headers.etag], [304, 0, known.headers.etag]);
  }
});
