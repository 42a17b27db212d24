// contract/openapi.json, for the tools of HTTP.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { createConfig, lint } from '@redocly/openapi-core';
import { assertCompiles, contractFile, outputFolder, run } from './support/tools.mjs';

const document = contractFile('openapi.json');

test('Redocly finds nothing to complain of', async () => {
  const config = await createConfig({
    extends: ['recommended'],
    rules: {
      // Health checks and figures never refuse.
      'operation-4xx-response': 'off',
      // dead-letters/{id} takes numbers, so it is not dead-letters/groups.
      'no-ambiguous-paths': 'off',
    },
  });
  const problems = await lint({ ref: document, config });
  assert.deepEqual(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer]), []);
});

test('openapi-typescript', async () => {
  const folder = outputFolder('openapi-typescript');
  await run('openapi-typescript', document, '--output', path.join(folder, 'schema.ts'));
  assertCompiles(folder, 'openapi_typescript.ts');
});

test('orval', async () => {
  const folder = outputFolder('orval');
  await run('orval', '--input', document, '--output', path.join(folder, 'api.ts'), '--client', 'fetch');
  assertCompiles(folder, 'orval.ts');
});

test('@hey-api/openapi-ts', async () => {
  const folder = outputFolder('openapi-ts');
  await run('openapi-ts', '--input', document, '--output', folder, '--logs', folder);
  assertCompiles(folder, 'openapi_ts.ts');
});
