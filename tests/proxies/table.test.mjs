// The tables of docs/deploy.md are what the tests of each proxy found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COLUMNS } from './checks/index.mjs';
import { table } from './support/page.mjs';

const NAMES = ['nginx', 'haproxy', 'apache', 'lighttpd', 'caddy', 'varnish', 'trafficserver', 'nghttpx', 'squid', 'stunnel', 'hitch'];

const line = (cells) => `| ${cells.join(' | ')} |`;

const definitions = await Promise.all(NAMES.map(async (name) => (await import(`./proxies/${name}.mjs`)).default));

/** The table with this title over the names of the proxies, of these columns of each. */
function assertShown(title, columns, cellsOf) {
  const titles = [title, ...columns.map((column) => COLUMNS[column].title)];
  const rows = definitions.filter(cellsOf).map((one) => [one.title, ...columns.map((column) => cellsOf(one)[column])]);
  const wanted = [line(titles), `|${'---|'.repeat(titles.length)}`, ...rows.map(line)];
  assert.deepEqual(table(title), wanted, `docs/deploy.md should have\n${wanted.join('\n')}`);
}

test('the table of the page is that of the tests', () => assertShown('behind', Object.keys(COLUMNS), ({ measured }) => measured));

test('so is the table of first attempts', () => assertShown(
  'at first', ['websocket', 'streams', 'login', 'address', 'refusal'], ({ atFirst }) => atFirst));
