// contract/events.schema.json, for the tools of JSON Schema.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { assertCompiles, contract, contractFile, outputFolder, run } from './support/tools.mjs';

const schema = JSON.parse(contract('events.schema.json'));
const examples = Object.entries(schema.$defs).flatMap(([name, { examples = [] }]) =>
  examples.map((example) => [name, example]));

const ajv = addFormats(new Ajv({ discriminator: true, strictTypes: false, allErrors: true }));
const isEvent = ajv.compile({ ...schema, $id: 'https://rotacast.example/events' });

test('the root accepts every example of every encoding', () => {
  assert.ok(examples.length > 50);
  for (const [name, example] of examples) assert.ok(isEvent(example), `${name}: ${ajv.errorsText(isEvent.errors)}`);
});

test('the root accepts an event with its type in the metadata, as the original publishes it', () => {
  const published = examples.filter(([, { event_type }]) => /^[A-Z]/.test(event_type ?? ''));
  assert.ok(published.length > 30);
  for (const [name, { event_type, ...members }] of published)
    assert.ok(isEvent({ ...members, metadata: { event_type } }), `${name}: ${ajv.errorsText(isEvent.errors)}`);
});

test('the root refuses what is no event', () => {
  const [, good] = examples.find(([name]) => name === 'ClientAssignmentChanged');
  assert.ok(isEvent(good));
  for (const bad of [
    {}, [], null, 'schedule_updated', { event_type: 'schedule_updated' }, { event_type: 'nothing_known' },
    { ...good, event_type: 'assignment_change' }, { ...good, event_type: undefined }, { ...good, person_id: 7 },
    { ...good, person_id: 'somebody' }, { ...good, timestamp: 'today' },
  ]) assert.ok(!isEvent(JSON.parse(JSON.stringify(bad))), JSON.stringify(bad));
});

test('quicktype, one type for any event', async () => {
  const folder = outputFolder('quicktype');
  const file = path.join(folder, 'events.ts');
  await run('quicktype', '--src-lang', 'schema', contractFile('events.schema.json'), '--just-types', '--out', file);
  assert.doesNotMatch(fs.readFileSync(file, 'utf8'), /^export type \w+ = any/m);
  assertCompiles(folder, 'quicktype.ts');
});

test('quicktype, a type for each', async () => {
  const folder = outputFolder('quicktype-each');
  const file = path.join(folder, 'events.ts');
  await run(
    'quicktype', '--src-lang', 'schema', `${contractFile('events.schema.json')}#/$defs/`, '--just-types', '--out', file);
  assertCompiles(folder, 'quicktype_each.ts');
});
