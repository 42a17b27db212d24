// Runs generators and judges what they wrote.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';

const here = fileURLToPath(new URL('..', import.meta.url));

/** A file of the contract. */
export const contractFile = (name) => path.join(here, '../../contract', name);
export const contract = (name) => fs.readFileSync(contractFile(name), 'utf8');

/** A new folder for the output of a generator. */
export function outputFolder(name) {
  const folder = path.join(here, 'out', name);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

/** Runs a generator's own command; throws with its output if it fails. */
export async function run(command, ...args) {
  const program = path.join(here, 'node_modules/.bin', command);
  const { stdout, stderr } = await promisify(execFile)(program, args, {
    cwd: here, maxBuffer: 64 << 20, env: { ...process.env, CI: '1', NO_COLOR: '1' },
  });
  return stdout + stderr;
}

/** What `tsc --strict` says of these files and of what they import. */
export function complaints(files) {
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    skipLibCheck: true,
  });
  return ts.getPreEmitDiagnostics(program).map((found) => {
    const text = ts.flattenDiagnosticMessageText(found.messageText, ' ');
    if (!found.file) return text;
    const { line } = found.file.getLineAndCharacterOfPosition(found.start);
    return `${path.relative(here, found.file.fileName)}:${line + 1}: ${text}`;
  });
}

/** Asserts that everything in the folder compiles, and so does the program that uses it. */
export function assertCompiles(folder, use) {
  const written = fs.readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name));
  assert.notEqual(written.length, 0, 'the generator wrote something');
  assert.deepEqual(complaints([...written, path.join(here, 'uses', use)]), []);
}
