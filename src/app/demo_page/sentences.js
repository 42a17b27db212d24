// Converts events to sentences. Names come from the demo's programme; without one, identifiers are
// abbreviated.

const DAY = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC',
});
const LIST = new Intl.ListFormat('en', { type: 'conjunction' });

/** The programme's names by identifier. Empty if there is no programme. */
export class Names {
  constructor(programme) {
    this.byId = new Map();
    if (!programme) return;
    this.byId.set(programme.schedule.id, programme.schedule.name);
    for (const person of programme.people) {
      this.byId.set(person.user_id, person.name);
      if (person.person_id) this.byId.set(person.person_id, person.name);
    }
    for (const rotation of programme.rotations) this.byId.set(rotation.id, rotation.name);
    const first = Date.parse(`${programme.blocks.first_date}T00:00:00Z`);
    programme.blocks.ids.forEach((id, i) => {
      const day = DAY.format(first + Math.floor(i / 2) * 86_400_000).replace(',', '');
      this.byId.set(id, `${day}, ${i % 2 ? 'afternoon' : 'morning'}`);
    });
  }

  knows(id) {
    return this.byId.has(id);
  }

  of(id, kind) {
    return this.byId.get(id) ?? `${kind} ${String(id).slice(0, 8)}`;
  }
}

const TONES = {
  low: 'plain', medium: 'caution', high: 'warning', critical: 'danger',
  green: 'good', yellow: 'caution', orange: 'warning', red: 'danger', black: 'danger',
};

const CONFLICTS = {
  double_booking: 'is booked twice',
  acgme_violation: 'breaks a duty-hour rule',
  absence_overlap: 'is away while on duty',
};

const ALERTS = {
  utilization_high: 'Too much of the capacity is in use',
  n1_failure: 'One more absence could not be covered',
  n2_failure: 'Two more absences could not be covered',
};

const upper = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const plain = (text) => String(text).replaceAll('_', ' ');
const count = (n, one) => `${n} ${one}${n === 1 ? '' : 's'}`;

function schedule(event, names) {
  const name = event.schedule_id ? names.of(event.schedule_id, 'schedule') : 'The schedule';
  const done = { generated: 'was generated', regenerated: 'was solved again', modified: 'was changed' };
  const blocks = event.affected_blocks_count ? `, ${count(event.affected_blocks_count, 'half day')}` : '';
  return { mark: 'Schedule', what: `${upper(name)} ${done[event.update_type] ?? plain(event.update_type)}${blocks}.` };
}

function assignment(event, names) {
  const person = upper(names.of(event.person_id, 'person'));
  const block = names.of(event.block_id, 'block');
  const rotation = event.rotation_template_id ? names.of(event.rotation_template_id, 'rotation') : '';
  const where = rotation ? `${rotation}, ${block}` : block;
  const what = {
    created: `${person} is assigned: ${where}.`,
    updated: `${person} has a changed assignment: ${where}.`,
    deleted: `${person} is no longer assigned: ${where}.`,
  };
  return { mark: 'Assignment', what: what[event.change_type] ?? `${person}: ${plain(event.change_type)}, ${where}.` };
}

function swapRequested(event, names) {
  const who = upper(names.of(event.requester_id, 'person'));
  const whom = event.target_person_id ? `${names.of(event.target_person_id, 'person')} ` : '';
  return { mark: 'Swap', tone: 'caution', what: whom ? `${who} asks ${whom}to swap a duty.` : `${who} asks for somebody to take a duty.` };
}

function swapApproved(event, names) {
  const both = [event.requester_id, event.target_person_id].filter(Boolean).map((id) => names.of(id, 'person'));
  const by = names.of(event.approved_by, 'user');
  return { mark: 'Swap', tone: 'good', what: `The swap of ${LIST.format(both)} was approved by ${by}.` };
}

function conflict(event, names) {
  const person = upper(names.of(event.person_id, 'person'));
  const known = (event.affected_blocks ?? []).filter((id) => names.knows(id)).slice(0, 3);
  const rest = (event.affected_blocks ?? []).length - known.length;
  const listed = known.map((id) => names.of(id, 'block'));
  if (rest > 0) listed.push(known.length ? `${rest} more` : count(rest, 'half day'));
  const where = listed.length ? `: ${listed.join('; ')}` : '';
  return {
    mark: upper(plain(event.severity)),
    tone: TONES[event.severity] ?? 'warning',
    what: `${person} ${CONFLICTS[event.conflict_type] ?? plain(event.conflict_type)}${where}.`,
  };
}

function alert(event) {
  const share = event.current_utilization;
  const use = typeof share === 'number' ? ` ${Math.round(share <= 1 ? share * 100 : share)} % of the capacity is in use.` : '';
  const level = event.defense_level ?? event.severity;
  const what = ALERTS[event.alert_type] ?? `The defence level is now ${plain(level)}`;
  return {
    mark: `Alert: ${plain(event.severity)}`,
    tone: TONES[event.severity] ?? 'warning',
    what: `${what}.${use}`,
    more: [event.message, ...(event.recommendations ?? [])].filter(Boolean).join(' · '),
  };
}

const SENTENCES = {
  schedule_updated: schedule,
  assignment_changed: assignment,
  swap_requested: swapRequested,
  swap_approved: swapApproved,
  conflict_detected: conflict,
  resilience_alert: alert,
  solver_solution: (event) => ({ mark: 'Solver', what: `The solver found solution ${event.solution_num}.` }),
  solver_complete: (event) => ({ mark: 'Solver', what: `The solver has ended: ${plain(event.status)}.` }),
};

/** {mark, tone, what, more} of any event. An unknown type is shown by its name. */
export function sentence(event, names) {
  const known = Object.hasOwn(SENTENCES, event.event_type);
  const words = known
    ? SENTENCES[event.event_type](event, names)
    : { mark: 'Event', what: `${upper(plain(event.event_type))}.` };
  return { tone: 'plain', more: event.message ?? '', ...words };
}
