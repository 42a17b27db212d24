// What a receiver reads with libraries of others: signatures of Standard Webhooks, and CloudEvents.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, beforeEach, test } from 'node:test';
import { HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { eventually } from './support/process.mjs';
import { Receiver } from './support/receiver.mjs';
import { BASE, SECRET, numbered, operatorOf, startWebhookServer, verify } from './support/webhooks.mjs';

const SOURCE = 'https://rota.example/ward%207';

const server = await startWebhookServer({
  users: { admin: 'admin' }, settings: { 'webhooks.cloudevents_source': SOURCE },
});
after(() => server.stop());

let receiver;
beforeEach(async () => (receiver = await new Receiver().start()));
afterEach(() => receiver.kill());

const { ask, hook, show, remove, accepted } = operatorOf(server, () => receiver);

/** As docs/webhooks.md says: a secret that is not of the standard form is a key as it is. */
const standard = (secret) =>
  new Webhook(/^whsec_([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(secret)
    ? secret : Buffer.from(secret).toString('base64'));
const read = ({ text, headers }, secret) => standard(secret).verify(text, headers);

test('Standard Webhooks: a library verifies requests with the secret that was generated', async () => {
  const made = await ask('POST', BASE, { name: 'generated', url: receiver.url() });
  assert.equal(made.status, 201);
  const { secret } = made.body;
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  await server.publish(numbered(randomUUID(), [1]));
  await accepted(1);
  const [request] = receiver.requests;
  assert.deepEqual(new Webhook(secret).verify(request.text, request.headers), request.body);
  assert.equal(request.headers['webhook-id'], request.body.event_id);
  assert.equal(verify(request, secret).event_id, request.body.event_id, 'and the other signature has the same secret');
  const altered = (changes) => ({ ...request, ...changes });
  const header = (name, value) => altered({ headers: { ...request.headers, [name]: value } });
  for (const bad of [
    altered({ text: request.text.replace('primary', 'private') }),
    header('webhook-id', randomUUID()),
    header('webhook-timestamp', String(Number(request.headers['webhook-timestamp']) - 1)),
    header('webhook-signature', request.headers['webhook-signature'].replace('v1,', 'v1,A')),
  ]) assert.throws(() => read(bad, secret), { name: 'WebhookVerificationError' });
  assert.throws(() => read(request, SECRET), { name: 'WebhookVerificationError' });
  await remove('generated');
});

test('Standard Webhooks: both secrets verify while one replaces the other, whatever their form', async () => {
  const name = await hook();
  const next = (await ask('POST', `${BASE}/${name}/rotate`, {})).body.secret;
  receiver.answer = () => (receiver.requests.length === 0 ? 500 : 204);
  await server.publish(numbered(randomUUID(), [1]));
  await accepted(1);
  const [first, second] = receiver.requests;
  for (const request of [first, second]) {
    assert.match(request.headers['webhook-signature'], /^v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=$/);
    for (const secret of [SECRET, next]) assert.deepEqual(read(request, secret), request.body);
    assert.throws(() => read(request, 'another secret altogether'), { name: 'WebhookVerificationError' });
  }
  assert.equal(first.headers['webhook-id'], second.headers['webhook-id'], 'the same at each attempt');
  await remove(name);
});

/** Reads a request with the CloudEvents SDK, which throws if it breaks the specification. */
function cloudEvent({ headers, text }) {
  const event = HTTP.toEvent({ headers, body: text });
  event.validate();
  return event;
}

const MEDIA_TYPES = {
  'cloudevents-structured': 'application/cloudevents+json',
  'cloudevents-binary': 'application/json',
};
// The SDK leaves the encoding of headers (HTTP binding §3.1.3.2) to its user.
const decoded = { 'cloudevents-structured': (text) => text, 'cloudevents-binary': decodeURIComponent };

for (const [format, mediaType] of Object.entries(MEDIA_TYPES)) {
  test(`${format}: the SDK reads the event, and it can be published again`, async () => {
    const name = await hook({ format });
    assert.equal((await show(name)).format, format);
    const aggregate = randomUUID();
    const [receipt] = (await server.publish(numbered(aggregate, [1]))).events;
    await accepted(1);
    const [request] = receiver.requests;
    assert.equal(request.headers['content-type'], mediaType);
    assert.deepEqual(read(request, SECRET), JSON.parse(request.text));
    const event = cloudEvent(request);
    assert.equal(event.specversion, '1.0');
    assert.equal(event.id, receipt.event_id);
    assert.equal(event.type, 'AssignmentCreated');
    assert.equal(decoded[format](event.source), SOURCE);
    assert.equal(event.subject, `Assignment/${aggregate}`);
    assert.equal(event.datacontenttype, 'application/json');
    assert.equal(event.cursor, receipt.cursor);
    assert.equal(event.data.assignment_id, aggregate);
    assert.equal(event.time, new Date(event.data.metadata.timestamp).toISOString());
    assert.equal(event.data.metadata.event_id, event.id);
    const again = (await server.publish([event.data])).events;
    assert.deepEqual(again.map(({ event_id, cursor }) => [event_id, cursor]), [[receipt.event_id, receipt.cursor]]);
    await remove(name);
  });

  test(`${format}: headers carry any identifier, and a ping is a CloudEvent too`, async () => {
    const name = await hook({ format, types: ['ScheduleArchived'] });
    const schedule = 'Plan "A" 100 %\u00fc\u{1f600}';
    await server.publish([{ event_type: 'ScheduleArchived', schedule_id: schedule, archived_by: randomUUID() }]);
    await accepted(1);
    const event = cloudEvent(receiver.requests[0]);
    assert.equal(decoded[format](event.subject), `Schedule/${schedule}`);
    assert.equal(event.data.schedule_id, schedule);
    assert.equal((await ask('POST', `${BASE}/${name}/test`)).body.delivered, true);
    const ping = cloudEvent(receiver.requests[1]);
    assert.deepEqual([ping.type, ping.data], ['rotacast.ping', { webhook: name }]);
    await remove(name);
  });
}

test('the format can be changed', async () => {
  const name = await hook();
  const changed = await ask('PATCH', `${BASE}/${name}`, { format: 'cloudevents-structured' });
  assert.deepEqual([changed.status, changed.body.format], [200, 'cloudevents-structured']);
  await server.publish(numbered(randomUUID(), [1]));
  await accepted(1);
  assert.equal(cloudEvent(receiver.requests[0]).type, 'AssignmentCreated');
  await ask('PATCH', `${BASE}/${name}`, { format: 'rotacast' });
  await server.publish(numbered(randomUUID(), [2]));
  await accepted(2);
  assert.equal(receiver.requests[1].body.event_type, 'AssignmentCreated');
  assert.equal(receiver.requests[1].headers['ce-id'], undefined);
  await eventually(async () => assert.equal((await show(name)).progress.lag, 0));
  await remove(name);
});
