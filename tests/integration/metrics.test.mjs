// GET /metrics: who may read it, and what it says about what the server does.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { requestStream, streamUrl } from './support/event_stream.mjs';
import { assertLintedByPromtool, scrape, seriesOf, writeScrapeToken } from './support/metrics.mjs';
import { eventually } from './support/process.mjs';
import { Server } from './support/server.mjs';
import * as v1 from './support/v1.mjs';

const USERS = { admin: 'admin', coordinator: 'coordinator', ada: 'faculty', ben: 'resident', cora: 'rn' };
const server = new Server('open');
const tokenFile = server.file('scrape.token');
let token = writeScrapeToken(tokenFile, 'a scrape token of its own');
server.settings = { 'metrics.token_file': tokenFile, 'metrics.listen': '127.0.0.1:0' };
for (const [name, role] of Object.entries(USERS)) await server.addUser(name, role);
server.apiKey = await server.addKey('suite');
await server.start();
after(() => server.stop());

const page = () => new URL('/metrics', server.url);
const read = async () => seriesOf(await scrape(page(), token));
const becomes = (check) => eventually(async () => check(await read()));
const ownPort = () => /metrics are at (http:\/\/\S+)\/metrics/.exec(server.output)[1];
const alert = (message) =>
  server.broadcast('resilience_alert', { alert_type: 'n1_failure', severity: 'green', message });
const published = () => ({ event_type: 'SchedulePublished', schedule_id: randomUUID(), published_by: randomUUID() });

test('the scrape token opens it, and no other credential does', async () => {
  const admin = await server.token('admin');
  for (const headers of [{}, { authorization: 'Bearer ' }, { authorization: `Bearer ${token}x` },
    { authorization: `Basic ${token}` }, { authorization: `Bearer ${admin}` },
    { cookie: `access_token=${token}` }, { 'x-api-key': server.apiKey }]) {
    const response = await server.request('/metrics', { headers });
    assert.equal(response.status, 401, JSON.stringify(Object.keys(headers)));
    assert.equal((await response.json()).error.name, 'unauthenticated');
  }
  await scrape(page(), token);
});

test('the scrape token opens nothing else', async () => {
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await server.request('/api/v1/stats', { headers })).status, 401);
  assert.equal((await server.request('/api/v1/bus/stats', { headers })).status, 401);
});

test('promtool finds nothing to say, whether anything has happened or not', async () => {
  await assertLintedByPromtool(await scrape(page(), token));
  const client = await server.connect('ada');
  await alert('something happened');
  await client.next();
  await assertLintedByPromtool(await scrape(page(), token));
  await server.closeClients();
});

test('connections, upgrades, bytes and deliveries are counted', async () => {
  const before = await read();
  const grown = (now, name) => now.get(name) - (before.get(name) ?? 0);
  const clients = [await server.connect('ada'), await v1.connect(server, 'ben')];
  clients[1].send({ id: 1, action: 'subscribe', alerts: true });
  const stream = await requestStream(streamUrl(server), { headers: { authorization: `Bearer ${await server.token('cora')}` } });
  await becomes((now) => {
    assert.equal(now.get('rotacast_connections{protocol="classic"}'), 1);
    assert.equal(now.get('rotacast_connections{protocol="rotacast_v1"}'), 1);
    assert.equal(now.get('rotacast_connections{protocol="event_stream"}'), 1);
    assert.equal(grown(now, 'rotacast_sockets_opened_total'), 2);
    assert.equal(grown(now, 'rotacast_streams_opened_total'), 1);
    assert.equal(grown(now, 'rotacast_connect_seconds_count'), 3);
  });
  await alert('counted');
  await clients[0].next();
  await becomes((now) => {
    assert.equal(grown(now, 'rotacast_events_published_total'), 1);
    assert.equal(grown(now, 'rotacast_publish_requests_total{outcome="stored"}'), 1);
    assert.equal(grown(now, 'rotacast_append_seconds_count'), 1);
    assert.ok(grown(now, 'rotacast_deliveries_total') >= 2);
    assert.equal(grown(now, 'rotacast_delivery_seconds_count'), grown(now, 'rotacast_deliveries_total'));
    assert.ok(grown(now, 'rotacast_bytes_sent_total{transport="websocket"}') > 0);
    assert.ok(grown(now, 'rotacast_bytes_sent_total{transport="stream"}') > 0);
    assert.ok(now.get('rotacast_loop_lag_seconds_count') > before.get('rotacast_loop_lag_seconds_count'));
  });
  await stream.stream.close();
  await server.closeClients();
});

test('refused upgrades are counted by their error', async () => {
  const before = await read();
  await server.open({ query: { token: 'nonsense' } }).serverClosed();
  const name = 'rotacast_upgrades_refused_total{error="token_invalid"}';
  await becomes((now) => assert.equal(now.get(name), (before.get(name) ?? 0) + 1));
});

test('resumes are counted by result, and the gaps that clients were told', async () => {
  const headers = { authorization: `Bearer ${await server.token('cora')}` };
  const { events: [{ cursor: known }] } = await server.publish([published()]);
  for (const cursor of [known, 'elsewhere.3']) {
    const { stream } = await requestStream(streamUrl(server, { cursor }), { headers });
    await stream.close();
  }
  await becomes((now) => {
    assert.equal(now.get('rotacast_resumes_total{result="complete"}'), 1);
    assert.equal(now.get('rotacast_resumes_total{result="epoch_changed"}'), 1);
    assert.equal(now.get('rotacast_gaps_total{reason="epoch_changed"}'), 1);
  });
});

test('handlers have their figures, and a missing dead letter is a zero', async () => {
  await becomes((now) => {
    const letters = [...now].filter(([name]) => name.startsWith('rotacast_dead_letters{handler='));
    assert.ok(letters.length > 0);
    for (const [name, count] of letters) assert.equal(count, 0, name);
    assert.ok(now.has(letters[0][0].replace('dead_letters', 'handler_busy_seconds_total')));
  });
});

test('what waits for slow clients is shown', async () => {
  const slow = await server.connect('ada');
  slow.socket._socket.pause();
  const filler = 'x'.repeat(60_000);
  await eventually(async () => {
    await alert(filler);
    const now = await read();
    assert.ok(now.get('rotacast_queued_bytes') > 0);
    assert.equal(now.get('rotacast_queued_connections'), 1);
    assert.ok(now.get('rotacast_longest_queue_bytes') <= now.get('rotacast_queued_bytes'));
  });
  slow.socket.terminate();
  await becomes((now) => assert.equal(now.get('rotacast_queued_bytes'), 0));
});

test('the series stay the same, however many users, connections and subscriptions there are', async () => {
  const use = async (connections) => {
    for (let i = 0; i < connections; ++i) {
      const client = await server.connect(Object.keys(USERS)[i % 5]);
      client.send({ action: 'subscribe_schedule', schedule_id: randomUUID() });
    }
    await becomes((now) => assert.ok(now.get('rotacast_schedules_watched') >= connections));
    await server.publish([published()]);
    await becomes((now) => assert.equal(now.get('rotacast_connections{protocol="classic"}'), connections));
    const names = [...(await read()).keys()].filter((name) => !/_resumes_|_closed_/.test(name));
    await server.closeClients();
    return names;
  };
  const few = await use(5);
  assert.deepEqual(await use(100), few);
  assert.ok(few.length < 400, String(few.length));
});

test('a port of its own serves metrics and probes, nothing else, and wants the token too', async () => {
  const own = ownPort();
  assert.equal((await fetch(new URL('/metrics', own))).status, 401);
  assert.ok(seriesOf(await scrape(new URL('/metrics', own), token)).size > 100);
  assert.equal((await fetch(new URL('/readyz', own))).status, 200);
  assert.deepEqual(await (await fetch(new URL('/healthz', own))).json(), { status: 'alive' });
  for (const route of ['/', '/ws', '/api/v1/stats', '/api/v1/auth/login', '/graphql'])
    assert.equal((await fetch(new URL(route, own))).status, 404, route);
});

test('SIGHUP reads the token again; a file that cannot be read changes nothing', async () => {
  const former = token;
  token = writeScrapeToken(tokenFile, 'another token');
  server.signal('SIGHUP');
  await eventually(() => scrape(page(), token));
  assert.equal((await server.request('/metrics', { headers: { authorization: `Bearer ${former}` } })).status, 401);
  writeScrapeToken(tokenFile, '');
  server.signal('SIGHUP');
  await eventually(() => assert.match(server.output, /metrics\.token_file .*The former token stays/));
  await scrape(page(), token);
});

test('without a token the main port refuses everybody, and the other port is open', async () => {
  server.settings = { 'metrics.listen': '127.0.0.1:0' };
  await server.restart();
  const response = await server.request('/metrics');
  assert.equal(response.status, 401);
  assert.ok(seriesOf(await scrape(new URL('/metrics', ownPort()))).size > 100);
});

test('the token is in no output', () => {
  assert.ok(!server.output.includes('a scrape token of its own'));
  assert.ok(!server.output.includes('another token'));
});
