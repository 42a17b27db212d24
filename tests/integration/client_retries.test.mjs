// What GraphQL clients of other projects do when the server closes with a code: the reason for our
// codes (ADR 0045), and the tables of docs/protocol.md. A check on these clients, not on our server.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { afterSocketEnds, afterStreamEnds, socketClients, streamClients } from './support/retrying_clients.mjs';

const DOCUMENT = fs.readFileSync(new URL('../../docs/graphql_clients.md', import.meta.url), 'utf8');

/** The table that begins with this heading of a column: rows of trimmed cells, the heads first. */
function tableOf(head) {
  const lines = DOCUMENT.slice(DOCUMENT.indexOf(`| ${head} |`)).split('\n');
  const rows = lines.slice(0, lines.findIndex((line) => !line.startsWith('|')));
  const cells = rows.map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
  return [cells[0], ...cells.slice(2)];
}

/** Measures every cell of a documented table; a difference shows what the table should say. */
async function assertMeasured(head, clients, measure) {
  const [heads, ...rows] = tableOf(head);
  assert.deepEqual(heads.slice(1), Object.keys(clients));
  const measured = [];
  for (const [how] of rows) {
    measured.push([how, ...(await Promise.all(Object.values(clients).map((begin) => measure(begin, how))))]);
  }
  assert.deepEqual(rows, measured);
}

const REFUSED = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

test('after each close code, each client does what the document says', async () => {
  await assertMeasured('close code', socketClients, (begin, how) => {
    if (how === 'upgrade refused by HTTP') return afterSocketEnds(begin, { deny: REFUSED });
    if (how === 'no close frame') return afterSocketEnds(begin, { end: (socket) => socket.terminate() });
    return afterSocketEnds(begin, { end: (socket) => socket.close(Number(how), 'name: advice') });
  });
});

const LAST = { 'end without complete': undefined, 'another event': 'event: ended\ndata:\n\n' };

test('after each status and each end of a stream, graphql-sse does what the document says', async () => {
  await assertMeasured('status, or end of the stream', streamClients, (begin, how) =>
    afterStreamEnds(begin, how in LAST ? { last: LAST[how] } : { status: Number(how) }));
});
