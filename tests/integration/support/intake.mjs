// What the suites of publishing share.
import assert from 'node:assert/strict';

export const EVENTS = '/api/v1/events';
export const BROADCAST = '/api/v1/broadcast';

export const offsetOf = (cursor) => {
  const match = /^([^.]+)\.(\d+)$/.exec(cursor);
  assert.ok(match, `a cursor is epoch.offset: ${cursor}`);
  return { epoch: match[1], offset: Number(match[2]) };
};

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
