// Which clients are admitted: token sources, token rules, and what a rejected client sees.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { claims, now, payloadOf, sign } from './support/jwt.mjs';
import { startServer } from './support/server.mjs';

const server = await startServer({ users: { admin: 'admin', faculty: 'faculty', leaver: 'resident' } });
after(() => server.stop());
afterEach(() => server.closeClients());

const { id } = server.user('admin');
const good = await server.token('admin');
const forge = (changes, header, really) => sign(claims(id, changes), server.secret, header, really);

/** The upgrade is accepted and the first frame is a close with 1008 and this reason. */
async function assertRefused(options, reason) {
  const client = server.open(options);
  assert.equal((await client.upgraded).status, 101, 'a browser script sees a close code, not a status');
  const end = await client.serverClosed();
  assert.equal(end.code, 1008);
  if (reason instanceof RegExp) assert.match(end.reason, reason);
  else assert.equal(end.reason, reason);
  assert.equal(client.waiting, 0, 'nothing is sent before the close');
}

async function assertAdmitted(options, userId = id) {
  const client = server.open(options);
  const ack = await client.nextJson();
  assert.equal(ack.event_type, 'connection_ack');
  assert.equal(ack.user_id, userId);
  await client.barrier();
}

const authorization = (token) => ({ headers: { authorization: `Bearer ${token}` } });
const query = (token) => ({ query: { token } });
const cookie = (value, more = {}) => ({ headers: { cookie: `access_token=${value}`, ...more }, origin: server.url });

// --- rejected clients

const wrongSignature = (token) => {
  const [head, body, signature] = token.split('.');
  const other = signature[0] === 'A' ? 'B' : 'A';
  return `${head}.${body}.${other}${signature.slice(1)}`;
};

const changedPayload = () => {
  const [head, , signature] = good.split('.');
  const body = Buffer.from(JSON.stringify({ ...payloadOf(good), sub: server.user('faculty').id }));
  return `${head}.${body.toString('base64url')}.${signature}`;
};

const refused = {
  'no token': [{}, 'token_missing'],
  'an empty token': [query(''), 'token_missing'],
  'words instead of a token': [query('certainly'), 'token_invalid'],
  'three empty parts': [query('..'), 'token_invalid'],
  'a very long token': [query('x'.repeat(3000)), 'token_invalid'],
  'a wrong signature': [query(wrongSignature(good)), 'token_invalid'],
  'a signature of something else': [query(changedPayload()), 'token_invalid'],
  'the signature of another secret': [query(sign(claims(id), randomUUID())), 'token_invalid'],
  'a trailing blank': [query(`${good} `), 'token_invalid'],
  'algorithm none': [query(forge({}, { alg: 'none', typ: 'JWT' })), 'token_invalid'],
  'algorithm None': [query(forge({}, { alg: 'None', typ: 'JWT' })), 'token_invalid'],
  'algorithm HS384 with the right secret': [query(forge({}, { alg: 'HS384', typ: 'JWT' })), 'token_invalid'],
  'algorithm HS512 with the right secret': [query(forge({}, { alg: 'HS512', typ: 'JWT' })), 'token_invalid'],
  'no algorithm': [query(forge({}, { typ: 'JWT' })), 'token_invalid'],
  'an HS256 signature that calls itself none': [query(forge({}, { alg: 'none' }, 'HS256')), 'token_invalid'],
  'an HS256 signature that calls itself HS512': [query(forge({}, { alg: 'HS512' }, 'HS256')), 'token_invalid'],
  'an HS256 signature that calls itself RS256': [query(forge({}, { alg: 'RS256' }, 'HS256')), 'token_invalid'],
  'an HS256 signature that does not say so': [query(forge({}, { typ: 'JWT' }, 'HS256')), 'token_invalid'],
  'a token that has expired': [query(forge({ exp: now() - 1 })), 'token_expired'],
  'expired and badly signed': [query(sign(claims(id, { exp: now() - 60 }), randomUUID())), 'token_invalid'],
  'no expiry': [query(forge({ exp: undefined })), 'token_invalid'],
  'null as expiry': [query(forge({ exp: null })), 'token_invalid'],
  'an object as expiry': [query(forge({ exp: {} })), 'token_invalid'],
  'a token that is not valid yet': [query(forge({ nbf: now() + 3600 })), 'token_invalid'],
  'a token that was issued in the future': [query(forge({ iat: now() + 3600 })), 'token_invalid'],
  'a refresh token': [query(forge({ type: 'refresh' })), 'token_invalid'],
  'a token for an audience': [query(forge({ aud: 'somebody-else' })), 'token_invalid'],
  'no subject': [query(forge({ sub: undefined })), 'token_invalid'],
  'a subject that is not a UUID': [query(forge({ sub: 'admin' })), 'token_invalid'],
  'a number as subject': [query(forge({ sub: 7 })), 'token_invalid'],
  'a number as username': [query(forge({ username: 7 })), 'token_invalid'],
  'a payload that is not an object': [query(sign([1, 2], server.secret)), 'token_invalid'],
  'a user who does not exist': [query(forge({ sub: randomUUID() })), /^(user_inactive|token_invalid)$/],
  'a header without Bearer': [{ headers: { authorization: good } }, /^token_(missing|invalid)$/],
  'Basic credentials': [
    { headers: { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` } },
    /^token_(missing|invalid)$/,
  ],
};

for (const [what, [options, reason]] of Object.entries(refused)) {
  test(`rejected: ${what}`, () => assertRefused(options, reason));
}

for (const route of ['/ws/', '/api/ws', '/api/v1/ws', '/api/v1/ws/']) {
  test(`rejected at ${route} in the same way`, () => assertRefused({ route }, 'token_missing'));
}

test('rejected: an inactive user', async () => {
  const token = await server.token('leaver');
  await assertAdmitted(query(token), server.user('leaver').id);
  await server.deactivate('leaver');
  await assertRefused(query(token), 'user_inactive');
});

test('rejected: a revoked token, and only that one', async () => {
  const [revoked, other] = [await server.newToken('faculty'), await server.newToken('faculty')];
  const answer = await server.post('/api/auth/logout', {}, { authorization: `Bearer ${revoked}` });
  assert.ok(answer.status >= 200 && answer.status < 300, answer.text);
  await assertRefused(query(revoked), 'token_revoked');
  await assertAdmitted(query(other), server.user('faculty').id);
});

// --- admitted clients

test('a token of the command line tool has the claims of the original and the requested lifetime', async () => {
  const payload = payloadOf(await server.newToken('admin', 120));
  assert.equal(payload.sub, id);
  assert.equal(payload.username, 'admin');
  assert.match(payload.jti, /^[0-9a-f-]{36}$/);
  assert.equal(payload.exp - payload.iat, 120);
  assert.equal(payload.type, undefined);
});

const admitted = {
  'Authorization: Bearer': () => authorization(good),
  'query parameter token': () => query(good),
  'query parameter with Bearer': () => query(`Bearer ${good}`),
  'query parameter with Bearer and plus': () => ({ url: `${server.socketUrl('/ws')}?token=Bearer+${good}` }),
  'cookie, plain': () => cookie(good),
  'cookie with Bearer': () => cookie(`Bearer ${good}`),
  'cookie as the login sets it, in quotes': () => cookie(`"Bearer ${good}"`),
  'cookie among others': () => ({
    headers: { cookie: `theme=dark; access_token="Bearer ${good}"; lang=de` },
    origin: server.url,
  }),
  'cookie when the query token is empty': () => ({ ...cookie(good), query: { token: '' } }),
  'the last of several query tokens': () => ({ url: `${server.socketUrl('/ws')}?token=certainly&token=${good}` }),
  'a fractional expiry': () => query(forge({ exp: now() + 600.5 })),
  'a token of an issuer whose clock is 2 s ahead': () => query(forge({ nbf: now() + 2, iat: now() + 2 })),
  'a token of an issuer whose clock is 20 s ahead': () => query(forge({ nbf: now() + 20, iat: now() + 20 })),
  'fractional times': () => query(forge({ nbf: now() + 1.5, iat: now() + 1.5, exp: now() + 600.25 })),
  'a type that is not refresh': () => query(forge({ type: 'access' })),
  'an issuer': () => query(forge({ iss: 'somebody' })),
  'another typ in the header': () => query(forge({}, { alg: 'HS256', typ: 'at+jwt' })),
  'no typ in the header': () => query(forge({}, { alg: 'HS256' })),
  'no username, no jti, no iat': () => query(forge({ username: undefined, jti: undefined, iat: undefined })),
};

for (const [what, options] of Object.entries(admitted)) {
  test(`admitted: ${what}`, () => assertAdmitted(options()));
}

test('the header comes before the query; an invalid header is not replaced by the query', async () => {
  const faculty = await server.newToken('faculty');
  await assertAdmitted({ ...authorization(good), ...query(faculty) });
  await assertRefused({ ...authorization('certainly'), ...query(good) }, 'token_invalid');
});

test('the query comes before the cookie; an invalid query is not replaced by the cookie', async () => {
  const faculty = await server.newToken('faculty');
  await assertAdmitted({ ...cookie(faculty), ...query(good) });
  await assertRefused({ ...cookie(good), ...query('certainly') }, 'token_invalid');
});

test('the cookie is ignored for a page of another origin', async () => {
  const headers = { cookie: `access_token="Bearer ${good}"` };
  await assertRefused({ headers, origin: 'https://evil.example' }, /^token_(missing|invalid)$|^origin/);
});

test('a rejection logs neither the token nor the secret', async () => {
  const token = forge({ exp: now() - 1 });
  await assertRefused(query(token), 'token_expired');
  await assertAdmitted(query(good));
  for (const secret of [token, good, server.secret]) assert.ok(!server.output.includes(secret));
});
