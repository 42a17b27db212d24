// Who may watch what: every role and relation, under both policies. A forbidden subscription gets
// no answer.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, describe, test } from 'node:test';
import { ROLES, everyRole, startServer } from './support/server.mjs';

const WATCH_ANYONE = ['admin', 'coordinator', 'faculty'];

const servers = {};
for (const policy of ['strict', 'open']) {
  servers[policy] = await startServer({ policy, users: everyRole() });
  await servers[policy].addUser('loner', 'resident', { person: false });
}
after(() => Promise.all(Object.values(servers).map((server) => server.stop())));

for (const [policy, server] of Object.entries(servers)) {
  describe(`policy ${policy}`, () => {
    const loner = server.user('loner');
    afterEach(() => server.closeClients());

    const mayWatchOthers = (role) => policy === 'open' || WATCH_ANYONE.includes(role);
    const personEvent = (person_id) =>
      server.broadcast('assignment_changed', {
        assignment_id: randomUUID(), person_id, block_id: randomUUID(), change_type: 'created',
      });
    const relations = {
      'the own user id': { topic: (user) => user.id, may: () => true },
      'the own person': { topic: (user) => user.personId, may: () => true },
      'another person': { topic: () => randomUUID(), may: mayWatchOthers },
      'the user id of a colleague': { topic: () => loner.id, may: mayWatchOthers },
    };

    for (const role of ROLES) {
      for (const [relation, { topic, may }] of Object.entries(relations)) {
        test(`${role} ${may(role) ? 'watches' : 'does not watch'} ${relation}`, async () => {
          const person = topic(server.user(role));
          const client = await server.connect(role);
          await client.watchPerson(person); // the next frame is the pong, so a rejection is silent
          await personEvent(person);
          if (may(role)) assert.equal((await client.nextJson()).person_id, person);
          await server.assertNothingElse(client);
        });
      }

      test(`${role} watches any schedule`, async () => {
        const schedule_id = randomUUID();
        const client = await server.connect(role);
        await client.watchSchedule(schedule_id);
        await server.broadcast('schedule_updated', { schedule_id, update_type: 'modified' });
        assert.equal((await client.nextJson()).schedule_id, schedule_id);
        await server.assertNothingElse(client);
      });
    }

    test('a user without a person may watch the own user id and, depending on the policy, nobody else', async () => {
      const client = await server.connect('loner');
      const other = server.user('resident').personId;
      await client.watchPerson(loner.id, other);
      await personEvent(other);
      await personEvent(loner.id);
      if (policy === 'open') assert.equal((await client.nextJson()).person_id, other);
      assert.equal((await client.nextJson()).person_id, loner.id);
      await server.assertNothingElse(client);
    });

    test('a resident who is the second party of a swap receives it, without access to the first party', async () => {
      const user = server.user('resident');
      const client = await server.connect('resident');
      const otherPerson = randomUUID();
      await client.watchPerson(user.personId, otherPerson);
      const swap = { swap_id: randomUUID(), swap_type: 'one_to_one' };
      await server.broadcast('swap_requested', { ...swap, requester_id: otherPerson, target_person_id: user.personId });
      assert.equal((await client.nextJson()).swap_id, swap.swap_id);
      await server.broadcast('swap_requested', { ...swap, requester_id: otherPerson, target_person_id: randomUUID() });
      if (policy === 'open') assert.equal((await client.nextJson()).requester_id, otherPerson);
      await server.assertNothingElse(client);
    });

    test('a resident receives only conflicts of the own person', async () => {
      const user = server.user('resident');
      const client = await server.connect('resident');
      const colleague = server.user('faculty').personId;
      await client.watchPerson(colleague, user.personId);
      const conflict = { conflict_type: 'acgme_violation', severity: 'critical' };
      await server.broadcast('conflict_detected', { ...conflict, person_id: colleague });
      await server.broadcast('conflict_detected', { ...conflict, person_id: user.personId });
      if (policy === 'open') assert.equal((await client.nextJson()).person_id, colleague);
      assert.equal((await client.nextJson()).person_id, user.personId);
      await server.assertNothingElse(client);
    });
  });
}
