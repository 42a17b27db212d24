// The table of docs/deploy.md is what the tests of each proxy found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COLUMNS } from './checks/index.mjs';
import { table } from './support/page.mjs';

const NAMES = ['nginx', 'haproxy', 'apache', 'lighttpd', 'caddy', 'varnish', 'trafficserver', 'nghttpx', 'squid', 'stunnel', 'hitch'];

const line = (cells) => `| ${cells.join(' | ')} |`;

test('the table of the page is that of the tests', async () => {
  const definitions = await Promise.all(NAMES.map(async (name) => (await import(`./proxies/${name}.mjs`)).default));
  const titles = ['behind', ...Object.values(COLUMNS).map(({ title }) => title)];
  const rows = definitions.map(({ title, measured }) => [title, ...Object.keys(COLUMNS).map((column) => measured[column])]);
  const wanted = [line(titles), `|${'---|'.repeat(titles.length)}`, ...rows.map(line)];
  assert.deepEqual(table('behind'), wanted, `docs/deploy.md should have\n${wanted.join('\n')}`);
});
