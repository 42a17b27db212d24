// Access tokens of ten seconds, for every contender: signed by the client, as if its back end had
// answered at once, and checked by the npm servers when a client connects.
import { createHmac, randomUUID } from 'node:crypto';

const TTL_S = 10;

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

const signature = (text, secret) => createHmac('sha256', secret).update(text).digest('base64url');

export function newToken({ secret, user }) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: user, username: 'watcher', exp: now + TTL_S, iat: now, jti: randomUUID() };
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${signature(text, secret)}`;
}

export function isValid(token, secret) {
  const [head, claims, signed] = String(token).split('.');
  if (signed !== signature(`${head}.${claims}`, secret)) return false;
  return JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')).exp > Date.now() / 1000;
}
