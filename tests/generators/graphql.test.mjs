// contract/schema.graphql, for GraphQL Code Generator.
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';
import { assertCompiles, contract, outputFolder } from './support/tools.mjs';

const SCALARS = {
  BigInt: 'number', Cursor: 'string', Date: 'string', DateTime: 'string', JSON: 'unknown',
};

const OPERATIONS = `
  query Me { viewer { userId username role tokenExpiresAt } }
  subscription Schedules($after: Cursor) {
    scheduleUpdates(after: $after) { scheduleId updateType message timestamp cursor }
  }
`;

test('GraphQL Code Generator', async () => {
  const folder = outputFolder('graphql-codegen');
  const text = await codegen({
    filename: 'graphql.ts',
    schema: parse(contract('schema.graphql')),
    documents: [{ location: 'operations.graphql', document: parse(OPERATIONS) }],
    config: { strictScalars: true, scalars: SCALARS, useTypeImports: true },
    plugins: [{ typescript: {} }, { typescriptOperations: {} }, { typedDocumentNode: {} }],
    pluginMap: { typescript, typescriptOperations, typedDocumentNode },
  });
  fs.writeFileSync(path.join(folder, 'graphql.ts'), text);
  assertCompiles(folder, 'graphql_codegen.ts');
});
