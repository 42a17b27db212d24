// A contender's client in a process of its own. It tells when it received the first event and the
// last, and at the end what it counted and the CPU time since the first.
import { numberOf } from './numbered_events.mjs';
import { Sequence } from './sequence.mjs';
import { newToken } from './token.mjs';

const [contender, port, secret, user, last] = process.argv.slice(2);
const { connect } = await import(`./contenders/${contender}.mjs`);

const sequence = new Sequence();
let greeted;

function received(event) {
  const number = numberOf(event);
  if (number === 0) {
    if (greeted === undefined) process.send('greeted');
    greeted ??= process.cpuUsage();
    return;
  }
  sequence.received(number);
  if (number === Number(last)) process.send('last');
}

process.on('message', () => {
  const { user: inUser, system } = process.cpuUsage(greeted);
  const { doubled, disordered } = sequence;
  process.send({ lost: sequence.lostOf(Number(last)), doubled, disordered, cpuMs: (inUser + system) / 1000 }, () => process.exit());
});
process.on('disconnect', () => process.exit());
connect({ port: Number(port), token: () => newToken({ secret, user }), received });
