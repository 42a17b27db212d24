// Rotacast's server for a contender: a database of its own, one user, and publishing by HTTP.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import readline from 'node:readline';

// Every setting is also a ROTACAST_… variable, and the binary refuses others, such as ROTACAST_BIN.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ROTACAST_')));

const run = (binary, args) => promisify(execFile)(binary, args, { env });

export async function serve({ secret, user }) {
  const binary = path.resolve(process.env.ROTACAST_BIN);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rotacast-clients-'));
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  const file = (name, text) => {
    fs.writeFileSync(path.join(folder, name), `${text}\n`, { mode: 0o600 });
    return path.join(folder, name);
  };
  const database = ['--database', path.join(folder, 'rotacast.db')];
  const password = file('password', 'correct horse battery staple');
  await run(binary, ['user', 'add', 'watcher', '--role', 'coordinator', '--id', user, '--password-file', password, ...database]);
  const key = (await run(binary, ['key', 'add', 'publisher', ...database])).stdout.trim();
  const server = spawn(
    binary,
    ['serve', '--listen', '127.0.0.1:0', '--jwt-secret-file', file('secret', secret), '--handlers-enabled', 'off', ...database],
    { env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  process.once('exit', () => server.kill());
  const port = await new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`rotacast serve ended with ${code}`)));
    readline.createInterface({ input: server.stdout }).on('line', (line) => {
      const ready = /^listening on http:\/\/[^/]*:(\d+)$/.exec(line);
      if (ready) resolve(Number(ready[1]));
    });
  });
  let before = Promise.resolve();
  return {
    port,
    /** One request after the other: the order of the numbers is that of the journal. */
    publish: (events) => (before = before.then(() => post(port, key, events))),
  };
}

async function post(port, key, events) {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify(events.map(toDomainEvent)),
  });
  if (!response.ok) throw new Error(`publishing was answered with ${response.status}: ${await response.text()}`);
}

/** The domain event that clients are shown as this `schedule_updated`. */
function toDomainEvent({ schedule_id, academic_year_id, user_id, update_type, affected_blocks_count, message }) {
  return {
    event_type: 'ScheduleUpdated', schedule_id, academic_year_id, updated_by: user_id, changes: {}, update_type,
    affected_blocks_count, message,
  };
}
