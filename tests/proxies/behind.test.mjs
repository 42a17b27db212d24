// What clients can do behind the proxy that the variable PROXY names, configured as docs/deploy.md
// says: column by column of its table. With FIRST=1 it is configured as by somebody who has not read
// that page, and so is the server; then it only says what it finds.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../integration/support/server.mjs';
import { COLUMNS } from './checks/index.mjs';
import { Proxy } from './support/proxy.mjs';

const { default: definition } = await import(`./proxies/${process.env.PROXY}.mjs`);

const proxy = new Proxy(definition);
const first = process.env.FIRST === '1';
let server;
before(async () => {
  server = await startServer({
    users: { admin: 'admin', nurse: 'rn' },
    settings: first || definition.tunnel ? {} : { trusted_proxies: '127.0.0.1' },
  });
  server.listen = new URL(server.url).host;
  await proxy.start(server.listen, first ? definition.first : definition.files);
  server.url = proxy.url;
});
after(async () => {
  await proxy.stop();
  await server?.stop();
});

for (const [column, { title, measure }] of Object.entries(COLUMNS)) {
  const expected = definition.measured[column];
  if (first) {
    test(`${definition.title} at first, ${title}`, async (t) => {
      t.diagnostic(await measure({ server, proxy }, expected).catch(({ message }) => `no: ${message}`));
      server.url = proxy.url;
      await server.closeClients();
    });
    continue;
  }
  test(`${definition.title}, ${title}: ${expected}`, async () => {
    assert.equal(await measure({ server, proxy }, expected), expected);
    assert.ok(proxy.runs, proxy.log);
  });
}
