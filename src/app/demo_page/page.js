// The page: connects the form, the session, the live connection and the list of events. External
// text is inserted only by textContent.

import { Live } from './live.js';
import { Names, sentence } from './sentences.js';
import { Session, endingOf, loginProblem } from './session.js';

const EVENTS_MAX = 200;
const BATCH_MS = 40;
const SPEEDS = [0, 2, 6, 12, 30, 60, 120, 300, 600, 1200, 3000];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const CHANGES_SPEED = ['admin', 'coordinator'];
const WATCHES_ANYONE = ['admin', 'coordinator', 'faculty'];

const $ = (id) => document.getElementById(id);

let programme;
let names = new Names();
let queued = [];
let batchTimer = 0;
let paused = false;

const session = new Session({
  renewed: () => live.handOver(),
  ended: () => live.end('token_expired'),
});
const live = new Live({ session, onEvent: queue, onState: showState, onEnd: showLogin });

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function show(id, text) {
  $(id).textContent = text;
  $(id).hidden = !text;
}

function showState(state, text) {
  $('status').dataset.state = state;
  $('status').textContent = text;
}

// ---- login and logout

async function logIn(submit) {
  submit.preventDefault();
  $('login').disabled = true;
  show('login-notice', '');
  try {
    await session.logIn($('username').value.trim(), $('password').value);
    $('password').value = '';
    showLive();
  } catch (problem) {
    show('login-notice', loginProblem(problem));
    $('password').select();
  } finally {
    $('login').disabled = false;
  }
}

function showLogin(reason) {
  session.forget();
  live.stop();
  queued = [];
  showState(reason ? 'ended' : 'off', reason ? 'Session ended' : 'Not connected');
  show('login-notice', endingOf(reason));
  $('live').hidden = true;
  $('login-form').hidden = false;
  $('username').focus();
}

function showLive() {
  $('login-form').hidden = true;
  $('live').hidden = false;
  $('events').replaceChildren();
  setPaused(false);
  showMe();
  showWatching();
  live.start();
}

function account() {
  return programme?.people.find((person) => person.user_id === session.claims.sub);
}

function showMe() {
  const mine = account();
  const { username, sub } = session.claims;
  const level = mine?.resident_year ? `, PGY-${mine.resident_year}` : '';
  $('me').replaceChildren(mine?.name ?? username ?? sub);
  $('me').append(element('small', mine ? `${username} · ${mine.role}${level}` : 'Logged in'));
  if (!programme) $('person-id').value = sub;
  else fillPeople(mine);
  $('demo').hidden = !CHANGES_SPEED.includes(mine?.role);
}

// ---- what to watch

function fillPeople(mine) {
  const anyone = !mine || WATCHES_ANYONE.includes(mine.role);
  const offered = programme.people.filter((p) => p.person_id && (anyone || p === mine));
  const groups = [1, 2, 3, 0].map((year) => {
    const made = document.createElement('optgroup');
    made.label = year ? `Residents, PGY-${year}` : 'Faculty';
    const people = offered.filter((person) => person.resident_year === year);
    made.append(...people.map((p) => element('option', p.name, { value: p.person_id })));
    return made;
  });
  $('person').replaceChildren(...groups.filter((group) => group.children.length));
  if (mine?.person_id) $('person').value = mine.person_id;
}

function useProgramme(found) {
  programme = found;
  names = new Names(programme);
  for (const id of ['schedule-id', 'person-id']) $(id).hidden = true;
  for (const id of ['schedule-name', 'person', 'login-hint']) $(id).hidden = false;
  $('schedule-name').textContent = programme.schedule.name;
  $('schedule-label').textContent = 'Schedule';
  $('schedule-label').removeAttribute('for');
  $('person-label').textContent = 'Person';
  $('person-label').htmlFor = 'person';
}

function watch(kind, id) {
  if (!UUID.test(id)) {
    show('watch-notice', `That is not a ${kind} id. It looks like 123e4567-e89b-42d3-a456-426614174000.`);
    return;
  }
  show('watch-notice', '');
  live.watch(kind, id.toLowerCase());
  showWatching();
}

function showWatching() {
  const rows = [...live.topics.values()].map(({ kind, id }) => {
    const name = names.of(id, kind);
    const row = element('li', '');
    const stop = element('button', 'Stop', { type: 'button', 'aria-label': `Stop watching ${name}` });
    stop.addEventListener('click', () => {
      live.unwatch(kind, id);
      showWatching();
    });
    row.append(element('span', name), stop);
    return row;
  });
  $('watching').replaceChildren(...rows);
  $('watching-nothing').hidden = rows.length > 0;
}

// ---- events

function queue(event) {
  queued.push(event);
  if (queued.length > EVENTS_MAX) queued.shift();
  if (paused) setPaused(true);
  else batchTimer ||= setTimeout(flush, BATCH_MS);
}

// Draws a burst of hundreds of events as one change of the page.
function flush() {
  batchTimer = 0;
  if (paused || !queued.length) return;
  $('events').prepend(...queued.reverse().map(row));
  queued = [];
  while ($('events').children.length > EVENTS_MAX) $('events').lastChild.remove();
  $('events-nothing').hidden = true;
}

function row(event) {
  const { mark, tone, what, more } = sentence(event, names);
  const made = element('li', '', { 'data-event-type': event.event_type });
  made.append(
    timeOf(event.timestamp),
    element('span', what, { class: 'what' }),
    element('span', mark, { class: 'mark', 'data-tone': tone }));
  if (more) made.append(element('span', more, { class: 'more' }));
  return made;
}

function timeOf(timestamp) {
  const parsed = new Date(timestamp ?? Date.now());
  const time = Number.isNaN(parsed.getTime()) ? new Date() : parsed;
  const sameDay = time.toDateString() === new Date().toDateString();
  const text = sameDay ? time.toLocaleTimeString() : time.toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' });
  return element('time', text, { datetime: time.toISOString(), title: time.toLocaleString() });
}

function setPaused(value) {
  paused = value;
  $('pause').setAttribute('aria-pressed', String(paused));
  $('pause').textContent = paused && queued.length ? `Paused (${queued.length} new)` : paused ? 'Paused' : 'Pause';
  if (!paused) flush();
}

function clear() {
  $('events').replaceChildren();
  $('events-nothing').hidden = false;
}

// ---- the demo's speed

const speedWords = (perMinute) =>
  perMinute ? `About ${perMinute} event${perMinute === 1 ? '' : 's'} a minute` : 'Paused';

function showSpeed(perMinute) {
  const nearest = SPEEDS.reduce((best, speed, i) =>
    Math.abs(speed - perMinute) < Math.abs(SPEEDS[best] - perMinute) ? i : best, 0);
  $('speed').value = nearest;
  $('speed').setAttribute('aria-valuetext', speedWords(perMinute));
  $('speed-text').textContent = speedWords(perMinute);
}

async function askSpeed() {
  const answer = await fetch('/demo/speed').then((reply) => reply.json()).catch(() => ({}));
  showSpeed(answer.events_per_minute ?? 30);
}

async function changeSpeed() {
  const perMinute = SPEEDS[$('speed').value];
  try {
    await session.post('/demo/speed', { events_per_minute: perMinute });
    showSpeed(perMinute);
  } catch {
    $('speed-text').textContent = 'The speed could not be changed.';
  }
}

// ---- start

async function start() {
  $('login-form').addEventListener('submit', logIn);
  $('logout').addEventListener('click', () => {
    session.logOut();
    showLogin();
  });
  $('schedule-form').addEventListener('submit', (submit) => {
    submit.preventDefault();
    watch('schedule', programme?.schedule.id ?? $('schedule-id').value.trim());
  });
  $('person-form').addEventListener('submit', (submit) => {
    submit.preventDefault();
    watch('person', programme ? $('person').value : $('person-id').value.trim());
  });
  $('pause').addEventListener('click', () => setPaused(!paused));
  $('clear').addEventListener('click', clear);
  $('speed').addEventListener('input', () => {
    $('speed-text').textContent = speedWords(SPEEDS[$('speed').value]);
  });
  $('speed').addEventListener('change', changeSpeed);
  const reply = await fetch('/demo/programme.json').catch(() => undefined);
  if (!reply?.ok) return;
  useProgramme(await reply.json());
  askSpeed();
  if (session.claims) showMe();
}

start();
