// Clients that follow a person's duties, disconnect anywhere and continue on another transport, and on
// another server if there are several: they see each duty once, in order.
import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { TRANSPORTS } from './transports.mjs';
import * as v1 from './v1.mjs';

const AT_ONCE = 50;

/** mulberry32: gives the same numbers for the same seed. */
function numbersOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return (below) => Math.floor(next() * below);
}

const created = (person_id) => ({
  event_type: 'AssignmentCreated', assignment_id: randomUUID(), person_id, schedule_id: randomUUID(), block_id: randomUUID(),
  rotation_id: randomUUID(), role: 'primary', created_by: randomUUID(),
});
/** One journal entry in which several duties change: a connection can break between them. */
const swapped = (person_id, duties) => ({
  event_type: 'SwapExecuted', swap_id: randomUUID(), requester_id: person_id, swap_type: 'absorb', executed_by: randomUUID(),
  assignment_changes: v1.range(1, duties).map(() => ({ assignment_id: randomUUID(), person_id, block_id: randomUUID() })),
});
const dutiesOf = ({ assignment_id: one, assignment_changes: several }) =>
  several ? several.map(({ assignment_id }) => assignment_id) : [one];

/**
 * A client and its publisher, driven by the seed's numbers, each time on any of these servers. `ends`
 * has the end of the journal as last seen; each run starts there. Steps are recorded in `story`.
 */
async function followDuties({ servers, transports, ends }, seed, story) {
  const below = numbersOf(seed);
  const anyServer = () => servers[servers.length > 1 ? below(servers.length) : 0];
  const person = randomUUID();
  const published = [];
  let taken = 0;
  let cursor = ends.newest;
  const publish = async (count) => {
    const events = v1.range(1, count).map(() => (below(3) ? created(person) : swapped(person, 2 + below(3))));
    published.push(...events.flatMap(dutiesOf));
    if (events.length > 0) ends.newest = (await anyServer().publish(events)).events.at(-1).cursor;
  };
  const take = async (reader) => {
    const duty = await reader.next();
    assert.equal(published.indexOf(duty.id), taken, `duty ${taken} was to come`);
    taken += 1;
    cursor = duty.cursor;
  };
  const turns = 2 + below(3);
  for (let turn = 1; turn <= turns; ++turn) {
    const away = below(4);
    await publish(away);
    const name = transports[below(transports.length)];
    const server = anyServer();
    const reader = await TRANSPORTS[name]({ server, token: await server.token('admin'), person, cursor });
    const present = 1 + below(3);
    const publishing = publish(present);
    const wanted = turn < turns ? below(published.length - taken + 1) : published.length - taken;
    story.push(`${away} events away, by ${name} from ${cursor}, ${present} events there, takes ${wanted}`);
    if (reader.asks) await publishing;
    for (let i = 0; i < wanted; ++i) await take(reader);
    await publishing;
    if (turn === turns) {
      await publish(1);
      story.push('one more');
      while (taken < published.length) await take(reader);
    }
    reader.drop();
  }
}

/** Runs `runs` clients, some at a time; a failure names its seed and tells its story. */
export async function wander(t, { servers, runs, transports = Object.keys(TRANSPORTS) }) {
  const seed = Number(process.env.ROTACAST_SEED ?? randomInt(2 ** 31));
  t.diagnostic(`seed ${seed}`);
  const client = await v1.connect(servers[0]);
  const where = { servers, transports, ends: { newest: (await v1.subscribe(client)).cursor } };
  await client.close();
  let run = 0;
  const walk = async () => {
    while (run < runs) {
      const own = seed + run++;
      const story = [];
      await followDuties(where, own, story).catch((error) => {
        throw new Error([`run of seed ${own}:`, ...story, error.stack].join('\n'));
      });
    }
  };
  await Promise.all(v1.range(1, AT_ONCE).map(walk));
}
