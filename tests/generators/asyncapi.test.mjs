// contract/asyncapi.json, for the tools of messages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TypeScriptFileGenerator } from '@asyncapi/modelina';
import { Parser } from '@asyncapi/parser';
import { assertCompiles, contract, outputFolder } from './support/tools.mjs';

test('the AsyncAPI parser finds nothing to complain of', async () => {
  const { document, diagnostics } = await new Parser().parse(contract('asyncapi.json'));
  // 3.1 exists, but most tools read 3.0.
  const complaints = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version');
  assert.deepEqual(complaints.map(({ code, message, path }) => [code, message, path.join('/')]), []);
  assert.equal(document.channels().length, 3);
  for (const message of document.allMessages()) {
    assert.notEqual(message.examples().length, 0, message.name());
    assert.doesNotMatch(message.payload().id(), /anonymous/);
  }
});

for (const [modelType, options] of [['class', {}], ['interface', { rawPropertyNames: true }]]) {
  test(`Modelina, each message as ${modelType}`, async () => {
    const folder = outputFolder(`modelina-${modelType}`);
    const models = await new TypeScriptFileGenerator({ modelType, ...options })
      .generateToFiles(JSON.parse(contract('asyncapi.json')), folder, { exportType: 'named' });
    assert.deepEqual(models.map(({ modelName }) => modelName).filter((name) => /anonymous/i.test(name)), []);
    assertCompiles(folder, `modelina_${modelType}.ts`);
  });
}
