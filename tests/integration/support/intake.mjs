// What the suites of publishing share.
import assert from 'node:assert/strict';
import http from 'node:http';

export const EVENTS = '/api/v1/events';
export const BROADCAST = '/api/v1/broadcast';

export const offsetOf = (cursor) => {
  const match = /^([^.]+)\.(\d+)$/.exec(cursor);
  assert.ok(match, `a cursor is epoch.offset: ${cursor}`);
  return { epoch: match[1], offset: Number(match[2]) };
};

/** Posts with exactly these headers, [name, value, name, value, …], which fetch would join. */
export function postRaw(server, route, body, headers) {
  return new Promise((resolve, reject) => {
    const request = http.request(new URL(route, server.url), { method: 'POST', headers });
    request.once('response', async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, text });
    });
    request.once('error', reject);
    request.end(body);
  });
}

export function assertError(answer, status, path) {
  assert.equal(answer.status, status, answer.text);
  assert.ok(answer.headers.get('content-type')?.startsWith('application/json'));
  const { error } = answer.body;
  assert.ok(Number.isInteger(error.code));
  assert.ok(typeof error.name === 'string' && error.name.length > 0);
  assert.ok(typeof error.message === 'string' && error.message.length > 0);
  if (path instanceof RegExp) assert.match(error.path, path);
  else if (path !== undefined) assert.equal(error.path, path);
}
