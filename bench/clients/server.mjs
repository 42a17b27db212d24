// A contender's server in a process of its own, with the publisher. Event 0 is published until the
// client has been seen to receive it; then numbers from 1 at the given rate.
import { numberedEvent } from './numbered_events.mjs';

const TICK_MS = 10;
const GREETING_MS = 50;

const [contender, secret, user] = process.argv.slice(2);
const { serve } = await import(`./contenders/${contender}.mjs`);
const { port, publish } = await serve({ secret, user });

const greeting = setInterval(() => publish([numberedEvent(0)]), GREETING_MS);

/** By the clock, not by ticks: a late tick publishes what became due meanwhile. */
function publishNumbers({ perSecond, seconds }) {
  const start = performance.now();
  const last = perSecond * seconds;
  let published = 0;
  const ticks = setInterval(async () => {
    const due = Math.min(last, Math.floor(((performance.now() - start) * perSecond) / 1000));
    const events = [];
    while (published < due) events.push(numberedEvent((published += 1)));
    const sent = events.length > 0 && publish(events);
    if (published < last) return;
    clearInterval(ticks);
    await sent;
    process.send({ published });
  }, TICK_MS);
}

process.on('message', (command) => {
  if (command === 'stop') process.exit();
  clearInterval(greeting);
  publishNumbers(command);
});
process.on('disconnect', () => process.exit());
process.send({ port });
