// GraphQL: each limit has its own code and counter, and other clients are not affected.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startServer } from './support/server.mjs';
import { range } from './support/v1.mjs';

const users = { admin: 'admin', resident: 'resident', neighbour: 'rn' };
const servers = [];
after(() => Promise.all(servers.map((server) => server.stop())));

async function serverWith(settings) {
  const server = await startServer({ users, settings });
  servers.push(server);
  return server;
}

const WS = 'graphql-transport-ws';
const LEGACY = 'graphql-ws';
const ALERTS = 'subscription { resilienceAlerts { message } }';
const bearer = async (server, name = 'admin') => ({ authorization: `Bearer ${await server.token(name)}` });

/** An open socket that has sent nothing. */
async function open(server, { name = 'admin', protocol = WS } = {}) {
  const client = server.open({ route: '/graphql', query: { token: await server.token(name) }, protocols: [protocol] });
  await client.upgraded;
  client.subscribe = (id, query, variables) =>
    client.send({ type: protocol === WS ? 'subscribe' : 'start', id, payload: { query, variables } });
  /** Runs a query and returns its messages, up to `complete` or `error`. */
  client.ask = async (id, query, variables) => {
    client.subscribe(id, query, variables);
    const message = await client.nextJson();
    assert.equal(message.id, id, JSON.stringify(message));
    if (message.type !== 'error') assert.equal((await client.nextJson()).type, 'complete');
    return message;
  };
  return client;
}

async function connect(server, options) {
  const client = await open(server, options);
  client.send({ type: 'connection_init' });
  assert.equal((await client.nextJson()).type, 'connection_ack');
  return client;
}

/** Another client that must not be affected: `goesOn()` asserts it. */
async function neighbour(server) {
  const client = await connect(server, { name: 'neighbour' });
  client.subscribe('alerts', ALERTS);
  assert.deepEqual((await client.ask('q', '{ __typename }')).payload, { data: { __typename: 'Query' } });
  let said = 0;
  return {
    async goesOn() {
      const message = `still here ${++said}`;
      await server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'green', message });
      assert.deepEqual((await client.nextJson()).payload, { data: { resilienceAlerts: { message } } });
    },
  };
}

async function assertClosed(server, client, code, name) {
  const end = await client.serverClosed();
  assert.deepEqual([end.code, end.name], [code, name]);
  await server.counted(`closed_${code}`);
}

/** The Rotacast error in a message that rejects an operation. */
const refusalIn = ({ type, payload }) => {
  assert.equal(type, 'error');
  return (Array.isArray(payload) ? payload[0] : payload).extensions?.name;
};

test('operations per connection: an error for the one too many; ending one makes room', async () => {
  const server = await serverWith({ 'graphql.operations_per_connection': 3 });
  const other = await neighbour(server);
  for (const protocol of [WS, LEGACY]) {
    const client = await connect(server, { protocol });
    for (const id of range(1, 3)) client.subscribe(String(id), ALERTS);
    assert.equal(refusalIn(await client.ask('4', ALERTS)), 'too_many_operations');
    client.send({ type: protocol === WS ? 'complete' : 'stop', id: '2' });
    if (protocol === LEGACY) assert.deepEqual(await client.nextJson(), { type: 'complete', id: '2' });
    assert.equal((await client.ask('4', '{ __typename }')).payload.data.__typename, 'Query');
    await client.close();
  }
  const reserved = await (await server.request('/graphql', { method: 'PUT', headers: await bearer(server) })).text();
  const headers = { 'x-graphql-event-stream-token': reserved };
  const stream = await server.request('/graphql', { headers: { accept: 'text/event-stream', ...headers } });
  const records = stream.body.pipeThrough(new TextDecoderStream()).getReader();
  for (const operationId of ['1', '2', '3', '4']) {
    assert.equal((await server.post('/graphql', { query: ALERTS, extensions: { operationId } }, headers)).status, 202);
  }
  let text = '';
  while (!text.includes('event: complete')) text += (await records.read()).value;
  assert.match(text, /"id":"4".*too_many_operations/);
  const again = await server.post('/graphql', { query: ALERTS, extensions: { operationId: '1' } }, headers);
  assert.deepEqual([again.status, again.body.errors[0].extensions.name], [409, 'conflict']);
  await records.cancel();
  await server.counted('refused_too_many_operations', 3);
  await other.goesOn();
});

test('operations per user, on all sockets and streams together; other users are not affected', async () => {
  const server = await serverWith({ 'graphql.operations_per_user': 4 });
  const other = await neighbour(server);
  const [one, two] = [await connect(server), await connect(server, { protocol: LEGACY })];
  for (const id of ['1', '2']) for (const client of [one, two]) client.subscribe(id, ALERTS);
  // A second one, which closes the socket; once it is closed, its operations have ended.
  one.send({ type: 'connection_init' });
  await one.serverClosed();
  assert.equal((await two.ask('3', '{ __typename }')).payload.data.__typename, 'Query', 'what is gone makes room');
  const three = await connect(server);
  for (const id of ['1', '2']) three.subscribe(id, ALERTS);
  three.send({ type: 'ping' });
  assert.deepEqual(await three.nextJson(), { type: 'pong' });
  for (const client of [two, three]) assert.equal(refusalIn(await client.ask('4', ALERTS)), 'too_many_operations');
  const stream = await server.request(`/graphql?query=${encodeURIComponent(ALERTS)}`,
    { headers: { accept: 'text/event-stream', ...(await bearer(server)) } });
  assert.match(await stream.text(), /too_many_operations.*event: complete/s);
  await server.counted('refused_too_many_operations', 3);
  const resident = await connect(server, { name: 'resident' });
  assert.equal((await resident.ask('1', '{ viewer { username } }')).payload.data.viewer.username, 'resident');
  await other.goesOn();
});

test('a client without connection_init in time: 4408; others are not affected', async () => {
  const server = await serverWith({ 'graphql.init_timeout_s': 1 });
  const other = await neighbour(server);
  for (const client of [await open(server), await open(server, { protocol: LEGACY })]) {
    await assertClosed(server, client, 4408, 'Connection initialisation timeout');
  }
  await other.goesOn();
});

test('violations of the subprotocol: 4400, 4401, 4406, 4409, 4429, each counted', async () => {
  const server = await serverWith({});
  const other = await neighbour(server);
  const early = await open(server);
  early.subscribe('1', ALERTS);
  await assertClosed(server, early, 4401, 'Unauthorized');
  const twice = await connect(server);
  twice.send({ type: 'connection_init' });
  await assertClosed(server, twice, 4429, 'Too many initialisation requests');
  const same = await connect(server);
  same.subscribe('it', ALERTS);
  same.subscribe('it', ALERTS);
  await assertClosed(server, same, 4409, 'Subscriber for it already exists');
  for (const [said, reason] of [
    ['{', 'WebSocket message must be valid JSON'], [{ type: 'hello' }, 'Unknown message type: hello'],
    [Buffer.from('{}'), 'WebSocket message type must be text'], [{ type: 'subscribe', id: '1' }, 'Failed to parse message'],
  ]) {
    const client = await connect(server);
    client.send(said);
    await assertClosed(server, client, 4400, reason);
  }
  await server.counted('closed_4400', 4);
  await assertClosed(server, server.open({ route: '/graphql' }), 4406, 'Subprotocol not acceptable');
  await other.goesOn();
});

test('a message larger than websocket.max_message_bytes: 1009; one of exactly that size is accepted', async () => {
  const server = await serverWith({ 'websocket.max_message_bytes': 2048 });
  const other = await neighbour(server);
  const message = (bytes) => {
    const text = JSON.stringify({ type: 'subscribe', id: '1', payload: { query: '{ __typename }', extensions: { pad: '' } } });
    return text.replace('"pad":""', `"pad":"${'x'.repeat(bytes - text.length)}"`);
  };
  for (const protocol of [WS, LEGACY]) {
    const client = await connect(server, { protocol });
    client.send(message(2048).replace('subscribe', protocol === WS ? 'subscribe' : 'start'));
    assert.equal((await client.nextJson()).payload.data.__typename, 'Query');
    client.send(message(2049));
    const { code } = await client.serverClosed();
    assert.equal(code, 1009);
  }
  await server.counted('closed_1009', 2);
  await other.goesOn();
});

test('messages per second and connection: 4503 beyond the burst, which is processed', async () => {
  const server = await serverWith({ 'limits.commands_per_second': 1, 'limits.commands_burst': 10 });
  const other = await neighbour(server);
  for (const protocol of [WS, LEGACY]) {
    const client = await connect(server, { protocol });
    for (const id of range(1, 100)) client.subscribe(String(id), '{ __typename }');
    await assertClosed(server, client, 4503, 'too_many_commands');
    const answers = new Set();
    while (client.waiting > 0) answers.add((await client.nextJson()).id);
    assert.ok(answers.size < 100);
  }
  await server.counted('refused_too_many_commands', 2);
  await other.goesOn();
});

test('reservations per user: 429; other users can reserve', async () => {
  const server = await serverWith({});
  const reserve = async (name) => (await server.request('/graphql', { method: 'PUT', headers: await bearer(server, name) })).status;
  const statuses = [];
  for (const _ of range(1, 70)) statuses.push(await reserve('admin'));
  assert.deepEqual([statuses.filter((status) => status === 201).length, new Set(statuses)], [64, new Set([201, 429])]);
  assert.equal(await reserve('resident'), 201);
  await server.counted('refused_too_many_connections', 6);
});

const spread = (levels) => `{ __type(name: "Query") { ...F0 } } ${range(0, levels).map((i) =>
  `fragment F${i} on __Type { ${i === levels ? 'name' : `a: ofType { ...F${i + 1} } b: ofType { ...F${i + 1} }`} }`).join(' ')}`;

test('limits of a document are configurable; exceeding one is `too_large`, on every transport', async () => {
  const server = await serverWith({
    'graphql.document_bytes_max': 4096, 'graphql.tokens_max': 500, 'graphql.nesting_max': 16, 'graphql.depth_max': 14,
    'graphql.fields_max': 100, 'graphql.root_fields_max': 2, 'graphql.selections_max': 1000, 'graphql.argument_bytes_max': 65_536,
    'http.max_body_bytes': 1_000_000, 'websocket.max_message_bytes': 100_000,
  });
  const other = await neighbour(server);
  const [socket, legacy] = [await connect(server), await connect(server, { protocol: LEGACY })];
  const beyond = [
    ['bytes', `{ viewer { role } } ${'#'.repeat(4096)}`, 'The document has more than 4096 bytes.'],
    ['tokens', `{ viewer { ${'role '.repeat(500)} } }`, 'The document has more than 500 tokens.'],
    ['nesting', `{ viewer ${'{ a '.repeat(20)}`, 'The document nests deeper than 16.'],
    ['depth', `{ __type(name: "Query") { ...F0 } } ${range(0, 20).map((i) =>
      `fragment F${i} on __Type { ${i === 20 ? 'name' : `ofType { ...F${i + 1} }`} }`).join(' ')}`,
    'The document asks for more than 14 levels.'],
    ['aliases', `{ viewer { ${range(1, 101).map((i) => `a${i}: role`).join(' ')} } }`, 'The document asks for more than 100 fields.'],
    ['root fields', '{ a: viewer { role } b: viewer { role } c: viewer { role } }', 'The operation has more than 2 root fields.'],
    ['cost', spread(10), 'The document asks for more than 1000 selections when its fragments are followed.'],
    ['arguments', `query ($v: ID!) { presence(scheduleIds: [$v, $v]) { complete } }`,
      'The operation\'s arguments have more than 65536 bytes.', { v: 'x'.repeat(40_000) }],
  ];
  for (const [i, [what, query, message, variables]] of beyond.entries()) {
    for (const client of [socket, legacy]) {
      const refused = await client.ask(what, query, variables);
      assert.equal(refusalIn(refused), 'too_large', what);
      const [first] = [refused.payload].flat();
      assert.equal(first.message, message);
    }
    const posted = await server.post('/graphql', { query, variables },
      { accept: 'application/graphql-response+json', ...(await bearer(server)) });
    assert.deepEqual([posted.status, posted.body.errors[0].message], [400, message]);
    const stream = await server.post('/graphql', { query, variables }, { accept: 'text/event-stream', ...(await bearer(server)) });
    assert.ok(stream.text.includes(JSON.stringify(message)) && stream.text.includes('event: complete'), stream.text);
    await server.counted('refused_too_large', 4 * (i + 1));
  }
  for (const client of [socket, legacy]) assert.equal((await client.ask('q', '{ __typename }')).payload.data.__typename, 'Query');
  await other.goesOn();
});
