// Redis answers, but refuses: each time readiness and the log say what to do, people are served, and
// when the cause is gone everything that was published meanwhile arrives everywhere, once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { after, afterEach, test } from 'node:test';
import { joined, readiness, Redis, startCluster } from './support/cluster.mjs';
import { eventually } from './support/process.mjs';
import { Server } from './support/server.mjs';
import { connect, numberedEvent, numberOf, range, subscribe } from './support/v1.mjs';

const { redis, nodes, stop } = await startCluster(2);
const [here, there] = nodes;
after(stop);
afterEach(() => Promise.all(nodes.map((node) => node.closeClients())));

const refusals = {
  'wants a password': {
    cause: [['CONFIG', 'SET', 'requirepass', 'secret'], ['-a', 'secret', '--no-auth-warning', 'CLIENT', 'KILL', 'TYPE', 'normal']],
    says: /redis\.password_file/,
    mend: [['-a', 'secret', '--no-auth-warning', 'CONFIG', 'SET', 'requirepass', '']],
  },
  'lacks a right': {
    cause: [['ACL', 'SETUSER', 'default', '-xadd']],
    says: /ACL SETUSER/,
    mend: [['ACL', 'SETUSER', 'default', '+xadd']],
  },
  'is full': {
    cause: [['CONFIG', 'SET', 'maxmemory', '1']],
    says: /maxmemory/,
    mend: [['CONFIG', 'SET', 'maxmemory', '0']],
  },
  'is a replica': {
    cause: [['REPLICAOF', '127.0.0.1', '1']],
    says: /replica/,
    mend: [['REPLICAOF', 'NO', 'ONE']],
  },
  'has too few replicas': {
    cause: [['CONFIG', 'SET', 'min-replicas-to-write', '1']],
    says: /min-replicas-to-write/,
    mend: [['CONFIG', 'SET', 'min-replicas-to-write', '0']],
  },
  'has a key of another type': {
    cause: [['DEL', '{rotacast}:stream'], ['SET', '{rotacast}:stream', 'x']],
    says: /redis\.prefix/,
    mend: [['DEL', '{rotacast}:stream']],
  },
};

async function watch(node, schedule) {
  const client = await connect(node);
  await subscribe(client, { schedules: [schedule] });
  return client;
}
const numbersSeen = async (client, count) => {
  const numbers = [];
  while (numbers.length < count) numbers.push(numberOf(await client.nextJson()));
  return numbers;
};

for (const [what, { cause, says, mend }] of Object.entries(refusals)) {
  test(`a Redis that ${what}`, async () => {
    const schedule = randomUUID();
    const [own, other] = await Promise.all(nodes.map((node) => watch(node, schedule)));
    const logged = here.output.length;
    const publish = (n) => here.publish(numberedEvent(schedule, n));
    try {
      for (const command of cause) await redis.command(...command);
      for (const n of range(1, 5)) await publish(n);
      assert.deepEqual(await numbersSeen(own, 5), range(1, 5));
      await eventually(async () => {
        const { status, reason } = await readiness(here);
        assert.equal(status, 'degraded');
        assert.match(reason, says);
      });
      assert.match(here.output, says);
    } finally {
      for (const command of mend) await redis.command(...command);
    }
    await Promise.all(nodes.map(joined));
    await publish(6);
    assert.deepEqual(await numbersSeen(own, 1), [6]);
    assert.deepEqual(await numbersSeen(other, 6), range(1, 6));
    await there.assertNothingElse(own, other);
    const log = here.output.slice(logged);
    for (const said of [/cut off from the common order/g, /is part of the common order/g]) {
      assert.equal(log.match(said)?.length, 1, log);
    }
  });
}

/** A server alone, whose Redis is of no use from the start. */
async function refusedBy(url, says) {
  const node = new Server('strict', { 'redis.url': url });
  try {
    await node.addUser('admin', 'admin');
    node.apiKey = await node.addKey('suite');
    await node.start();
    await eventually(async () => assert.match((await readiness(node)).reason, says));
    const schedule = randomUUID();
    const client = await watch(node, schedule);
    const { events } = await node.publish(numberedEvent(schedule, 1));
    assert.equal(events[0].ordered, false);
    assert.deepEqual(await numbersSeen(client, 1), [1]);
  } finally {
    await node.stop();
  }
}

test('a node of a Redis Cluster', async () => {
  const cluster = new Redis({ more: ['--cluster-enabled', 'yes'] });
  try {
    await cluster.start();
    await refusedBy(cluster.url, /Redis Cluster, which is not supported/);
  } finally {
    await cluster.stop();
  }
});

test('a Redis that is too old', async () => {
  const answers = { INFO: '# Server\r\nredis_version:6.0.16\r\nredis_mode:standalone\r\nrun_id:r\r\nrole:master\r\n' };
  const old = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      for (const name of bytes.toString().match(/\b(INFO|CLIENT|SELECT|AUTH)\b/g) ?? []) {
        const text = answers[name];
        socket.write(text ? `$${text.length}\r\n${text}\r\n` : '+OK\r\n');
      }
    });
  });
  await new Promise((resolve) => old.listen(0, '127.0.0.1', resolve));
  try {
    await refusedBy(`redis://127.0.0.1:${old.address().port}`, /6\.2/);
  } finally {
    old.close();
  }
});
