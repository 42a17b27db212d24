// Signs tokens, including invalid ones.
import { createHmac, randomUUID } from 'node:crypto';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export const now = () => Math.floor(Date.now() / 1000);

/** The claims of a valid access token for this user, with changes; undefined removes a claim. */
export function claims(userId, changes = {}) {
  const good = { sub: userId, username: 'someone', exp: now() + 600, jti: randomUUID(), iat: now() };
  return { ...good, ...changes };
}

const digests = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

/** Signs with the header's algorithm, or with `really` for a header that lies. */
export function sign(payload, secret, header = { alg: 'HS256', typ: 'JWT' }, really = header.alg) {
  const input = `${part(header)}.${part(payload)}`;
  const digest = digests[really];
  const signature = digest ? createHmac(digest, secret).update(input).digest('base64url') : '';
  return `${input}.${signature}`;
}

export function payloadOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString('utf8'));
}
