// Compares the GraphQL engine with graphql-js, an independent implementation: the same schema, the
// same verdict on ten thousand documents, the same results.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { after, before, test } from 'node:test';
import {
  buildClientSchema,
  buildSchema,
  executeSync,
  getIntrospectionQuery,
  getOperationAST,
  GraphQLError,
  Kind,
  lexicographicSortSchema,
  parse,
  printSchema,
  validate,
} from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { Generator, objectData, Random } from './support/graphql_documents.mjs';
import { binary } from './support/process.mjs';

const SEED = Number(process.env.ROTACAST_GRAPHQL_SEED ?? 20261126);
const DOCUMENTS = Number(process.env.ROTACAST_GRAPHQL_DOCUMENTS ?? 10_000);

let engine;
let schema;

/** Runs the engine as a process: one line in, one line out, in order. */
function startEngine() {
  const program = path.join(path.dirname(binary()), 'graphql_verdict');
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [];
  readline.createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()(JSON.parse(line)));
  return {
    ask: (request) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        child.stdin.write(`${JSON.stringify(request)}\n`);
      }),
    stop: () => child.stdin.end(),
  };
}

/** Our scalars accept only strings, which a client schema cannot know. */
function teachScalars() {
  const cursor = schema.getType('Cursor');
  const text = (value) => {
    if (typeof value !== 'string') throw new GraphQLError('not a string');
    return value;
  };
  cursor.parseValue = text;
  cursor.parseLiteral = (node) => text(node.kind === Kind.STRING ? node.value : undefined);
}

before(async () => {
  engine = startEngine();
  const { answer } = await engine.ask({
    query: getIntrospectionQuery({ specifiedByUrl: true, directiveIsRepeatable: true, inputValueDeprecation: true, oneOf: true }),
  });
  assert.equal(answer.errors, undefined);
  schema = buildClientSchema(answer.data);
  teachScalars();
});
after(() => engine.stop());

test('introspection and contract/schema.graphql give the same schema', () => {
  const file = fs.readFileSync(new URL('../../contract/schema.graphql', import.meta.url), 'utf8');
  const printed = (one) => printSchema(lexicographicSortSchema(one));
  assert.equal(printed(schema), printed(buildSchema(file)));
});

/** The verdict of graphql-js on a request and, for a valid query, the result. */
function judge({ query, operationName, variables, data }) {
  let document;
  try {
    document = parse(query);
  } catch (error) {
    return { verdict: 'syntax', why: error.message };
  }
  const faults = validate(schema, document);
  if (faults.length > 0) return { verdict: 'invalid', why: faults[0].message };
  const operation = getOperationAST(document, operationName);
  if (!operation) return { verdict: 'invalid', why: 'no such operation' };
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (coerced.errors) return { verdict: 'invalid', why: coerced.errors[0].message };
  if (operation.operation === 'subscription' || /__(schema|type)\b/.test(query)) return { verdict: 'valid' };
  const answer = executeSync({ schema, document, operationName, variableValues: variables, rootValue: data });
  return { verdict: 'valid', answer: JSON.parse(JSON.stringify(answer)) };
}

/**
 * Type definitions are a syntax error for our parser; graphql-js parses them and then rejects them.
 */
function agree(ours, theirs) {
  if (ours === 'valid' || theirs === 'valid') return ours === theirs;
  return true;
}

/** Without what we add to errors. */
function withoutExtensions({ errors, ...answer }) {
  if (!errors) return answer;
  return { ...answer, errors: errors.map(({ extensions, ...error }) => (assert.ok(extensions.code), error)) };
}

/** The specification of 2025 forbids what graphql-js 16 still allows (5.2.4.1). */
const isNewerRule = (answer) => /must not use `@skip` or `@include`/.test(answer.errors?.[0].message ?? '');

test(`${DOCUMENTS} documents get the same verdict, and queries the same result`, async () => {
  const random = new Random(SEED);
  const generator = new Generator(schema, random);
  const roots = Array.from({ length: 8 }, () => ({
    ...objectData(random, schema.getMutationType()),
    ...objectData(random, schema.getQueryType()),
  }));
  const counts = { valid: 0, invalid: 0, syntax: 0, answers: 0, faults: 0 };
  for (let done = 0; done < DOCUMENTS; ) {
    const batch = Array.from({ length: Math.min(200, DOCUMENTS - done) }, () => {
      const request = generator.request();
      if (random.chance(0.4)) request.query = generator.broken(request.query);
      const root = random.pick(roots);
      const asked = Object.keys(root).filter((name) => request.query.includes(name));
      request.data = Object.fromEntries(asked.map((name) => [name, root[name]]));
      return request;
    });
    done += batch.length;
    const answers = await Promise.all(batch.map((request) => engine.ask(request)));
    batch.forEach((request, i) => {
      const ours = answers[i];
      const theirs = judge(request);
      if (theirs.verdict === 'valid' && isNewerRule(ours.answer)) return;
      const shown = () => JSON.stringify({ request: { ...request, data: undefined }, ours, theirs }, null, 1);
      assert.ok(agree(ours.verdict, theirs.verdict), shown());
      counts[theirs.verdict] += 1;
      if (!theirs.answer) return;
      counts.answers += 1;
      counts.faults += theirs.answer.errors ? 1 : 0;
      assert.deepEqual(withoutExtensions(ours.answer), theirs.answer, shown());
    });
  }
  // so that the comparison does not become empty unnoticed
  assert.ok(counts.valid > DOCUMENTS * 0.3, JSON.stringify(counts));
  assert.ok(counts.invalid > DOCUMENTS * 0.1, JSON.stringify(counts));
  assert.ok(counts.syntax > DOCUMENTS * 0.1, JSON.stringify(counts));
  assert.ok(counts.answers > DOCUMENTS * 0.15, JSON.stringify(counts));
  assert.ok(counts.faults > DOCUMENTS * 0.003, JSON.stringify(counts));
});
