// Runs the rotacast binary: commands until they exit, servers until their ready line.
import { spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';

/** Timeout for anything that must happen, on the slowest build (sanitizers). */
export const PATIENCE_MS = 20_000;

export function binary() {
  const given = process.env.ROTACAST_BIN;
  if (!given) throw new Error('set ROTACAST_BIN to the rotacast binary (tests/integration/run.sh does)');
  return path.resolve(given);
}

// Every setting is also a ROTACAST_… variable: those of the caller must not reach the server under
// test.
function cleanEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('ROTACAST_')),
  );
}

export function withPatience(promise, what, ms = PATIENCE_MS) {
  let timer;
  const tooLate = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms in vain for ${what}`)), ms);
  });
  return Promise.race([promise, tooLate]).finally(() => clearTimeout(timer));
}

/** Repeats a check until it succeeds: for changes that the server does not announce. */
export async function eventually(check) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Runs one command until it exits: {code, stdout, stderr}. Does not throw if the command fails. */
export async function run(args, { cwd } = {}) {
  const child = spawn(binary(), args, { cwd, env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: code ?? signal, stdout, stderr }));
  });
  try {
    return await withPatience(ended, `rotacast ${args[0]} ${args[1] ?? ''}`);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** Runs one command that must succeed and returns its standard output. */
export async function must(args, options) {
  const { code, stdout, stderr } = await run(args, options);
  if (code !== 0) throw new Error(`rotacast ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`);
  return stdout;
}

/**
 * Starts a long-lived command and waits for its ready line.
 * Returns {url, child, lines, nextLine, exited}: `lines` has the output since then, `exited`
 * resolves at its exit.
 */
export async function launch(args, { cwd } = {}) {
  const child = spawn(binary(), args, { cwd, env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = [];
  const waiting = new Set();
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr = (stderr + chunk).slice(-20_000)));
  const exited = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  readline.createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  const line = (pattern) =>
    new Promise((resolve) => {
      const look = () => {
        const match = lines.map((text) => pattern.exec(text)).find(Boolean);
        if (!match) return;
        waiting.delete(look);
        resolve(match);
      };
      waiting.add(look);
      look();
    });
  const ready = line(/^listening on (https?:\/\/\S+)$/);
  const early = exited.then((end) => {
    throw new Error(`rotacast ${args[0]} ended before it was ready: ${JSON.stringify(end)}\n${stderr}`);
  });
  early.catch(() => {});
  try {
    const [, url] = await withPatience(Promise.race([ready, early]), 'the ready line');
    return { url: url.replace(/\/$/, ''), child, lines, line, exited, stderr: () => stderr };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}
