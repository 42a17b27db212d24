// Reads GET /metrics as Prometheus does, and asks Prometheus' own tools what they think of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { withPatience } from './process.mjs';

export const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Writes a new token into a file of the server's folder, for the setting metrics.token_file. */
export function writeScrapeToken(file, token) {
  fs.writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return token;
}

/** The text that `url` answers with, to a holder of the token. */
export async function scrape(url, token) {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(20_000) });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.equal(response.headers.get('content-type'), TYPE);
  return text;
}

/** Values by series, such as `rotacast_connections{protocol="classic"}`. */
export function seriesOf(text) {
  const series = new Map();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const end = line.lastIndexOf(' ');
    assert.ok(!series.has(line.slice(0, end)), `twice: ${line}`);
    series.set(line.slice(0, end), Number(line.slice(end + 1)));
  }
  return series;
}

/** Runs a command with this input until it ends: {code, output}. */
export function runTool(command, args, { input = '', cwd } = {}) {
  const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  child.stdin.end(input);
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
  return withPatience(ended, `${command} ${args.join(' ')}`);
}

/** promtool has nothing to say about this text. */
export async function assertLintedByPromtool(text) {
  assert.deepEqual(await runTool('promtool', ['check', 'metrics'], { input: text }), { code: 0, output: '' });
}
