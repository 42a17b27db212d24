// What clients can do behind the proxy that the variable PROXY names, configured as docs/deploy.md
// says: column by column of its table. With FIRST=1 it is configured as by somebody who has not read
// that page, and so is the server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../integration/support/server.mjs';
import { COLUMNS } from './checks/index.mjs';
import { ReverseProxy } from './support/proxy.mjs';

const { default: definition } = await import(`./proxies/${process.env.PROXY}.mjs`);

const proxy = new ReverseProxy(definition);
const first = process.env.FIRST === '1';
let server;
before(async () => {
  server = await startServer({
    users: { admin: 'admin', nurse: 'rn' },
    settings: first || definition.tunnel ? {} : { trusted_proxies: '127.0.0.1', proxy_headers: definition.headers ?? 'x_forwarded' },
  });
  server.listen = new URL(server.url).host;
  await proxy.start(server.listen, first ? definition.first : definition.files);
  server.url = proxy.url;
});
after(async () => {
  await proxy.stop();
  await server?.stop();
});

const expectations = first ? definition.atFirst : definition.measured;
for (const [column, expected] of Object.entries(expectations)) {
  const { title, measure } = COLUMNS[column];
  test(`${definition.title}${first ? ' at first' : ''}, ${title}: ${expected}`, async (t) => {
    const told = measure({ server, proxy }, expected);
    assert.equal(await (expected === 'no' ? told.catch(({ message }) => { t.diagnostic(message); return 'no'; }) : told), expected);
    assert.ok(proxy.runs, proxy.log);
  });
}
