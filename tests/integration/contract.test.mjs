// The documents that the server serves about itself, and the files of the page that shows them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { get, loadedFiles } from './support/pages.mjs';
import { startServer } from './support/server.mjs';

const [server, documented, closed, operators] = await Promise.all([
  startServer({}),
  startServer({ settings: { docs: 'on' } }),
  startServer({ settings: { 'graphql.introspection': 'off' } }),
  startServer({ settings: { 'graphql.introspection': 'operators' } }),
]);
after(() => Promise.all([server, documented, closed, operators].map((one) => one.stop())));

const DOCUMENTS = {
  '/openapi.json': 'application/json',
  '/asyncapi.json': 'application/json',
  '/events.schema.json': 'application/schema+json',
  '/schema.graphql': 'text/plain',
};
const checkedIn = (path) => fs.readFileSync(new URL(`../../contract${path}`, import.meta.url), 'utf8');

for (const [path, type] of Object.entries(DOCUMENTS)) {
  test(`${path} is the one of contract/, for anybody`, async () => {
    const { status, headers, body } = await get(server, path);
    assert.equal(status, 200);
    assert.equal(headers['content-type'], `${type}; charset=utf-8`);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(headers['content-security-policy'], /^default-src 'none'; /);
    assert.equal(body.toString(), checkedIn(path));
    const head = await get(server, path, {}, 'HEAD');
    assert.deepEqual([head.status, head.body.length, head.headers.etag], [200, 0, headers.etag]);
  });

  test(`${path} is compressed for those who take it, and not sent again to those who have it`, async () => {
    const packed = await get(server, path, { 'accept-encoding': 'gzip, deflate, br' });
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.equal(packed.headers.vary, 'Accept-Encoding');
    assert.equal(gunzipSync(packed.body).toString(), checkedIn(path));
    const { etag } = (await get(server, path)).headers;
    assert.notEqual(etag, packed.headers.etag);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, `"other",W/${etag}`, '*']) {
      const again = await get(server, path, { 'if-none-match': known });
      assert.deepEqual([again.status, again.body.length, again.headers.etag], [304, 0, etag], known);
    }
    for (const unknown of ['', '"other"', etag.slice(1, -1), `x${etag}`, packed.headers.etag, '"', ','])
      assert.equal((await get(server, path, { 'if-none-match': unknown })).status, 200, unknown);
    assert.equal((await get(server, path, { 'accept-encoding': 'gzip;q=0' })).headers['content-encoding'], undefined);
  });

  test(`${path} is only read`, async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const { status, headers } = await get(server, path, { 'content-length': 0 }, method);
      assert.deepEqual([status, headers.allow], [405, 'GET, HEAD, OPTIONS'], method);
    }
  });
}

test('what openapi.json describes is there', async () => {
  const { servers, paths } = JSON.parse(checkedIn('/openapi.json'));
  assert.deepEqual(servers.map(({ url }) => url), ['/']);
  const read = Object.keys(paths).filter((path) => paths[path].get && !path.includes('{'));
  assert.ok(read.length > 15);
  for (const path of read) assert.notEqual((await get(server, path)).status, 404, path);
});

test('Allow names the methods that openapi.json describes', async () => {
  const { paths } = JSON.parse(checkedIn('/openapi.json'));
  for (const [path, operations] of Object.entries(paths)) {
    const { status, headers } = await get(server, path.replace(/\{\w+\}/g, 'x'), {}, 'OPTIONS');
    assert.equal(status, 204, path);
    const described = Object.keys(operations).map((method) => method.toUpperCase());
    const named = headers.allow.split(', ').filter((method) => method !== 'OPTIONS' && method !== 'HEAD');
    assert.deepEqual(named.sort(), described.filter((method) => method !== 'HEAD').sort(), path);
  }
});

test('the GraphQL schema is not shown where introspection is not for everybody', async () => {
  for (const restricted of [closed, operators]) {
    const { status, body } = await get(restricted, '/schema.graphql');
    assert.equal(status, 404);
    const { error } = JSON.parse(body);
    assert.equal(error.name, 'not_found');
    assert.match(error.message, /graphql\.introspection/);
    assert.equal((await get(restricted, '/openapi.json')).status, 200);
  }
});

test('the page is off by default', async () => {
  for (const path of ['/docs', '/docs/docs.js', '/docs/swagger-ui.css'])
    assert.equal((await get(server, path)).status, 404, path);
});

test('the page and everything that it loads come from this server, under a policy without exceptions', async () => {
  const files = await loadedFiles(documented, '/docs');
  for (const [path, { headers }] of files) {
    if (!path.startsWith('/docs')) continue;
    assert.match(headers['content-security-policy'], /^default-src 'none'; script-src 'self'; connect-src 'self'; /, path);
    assert.doesNotMatch(headers['content-security-policy'], /unsafe|https?:|\*/, path);
  }
  for (const path of ['/docs/swagger-ui-bundle.js', '/docs/messages.js', ...Object.keys(DOCUMENTS)])
    assert.ok(files.has(path), path);
});
