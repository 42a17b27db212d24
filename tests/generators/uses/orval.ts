// A publisher and a reader of refusals, with what orval makes.
import { publishEvents, type Receipt, type ScheduleUpdated } from '../out/orval/api';

const published: ScheduleUpdated = {
  event_type: 'ScheduleUpdated', schedule_id: 's', updated_by: 'u', changes: {},
};

// @ts-expect-error: it is another event
export const other: ScheduleUpdated = { event_type: 'ScheduleCreated', schedule_id: 's', updated_by: 'u', changes: {} };

export async function publish(): Promise<Receipt[]> {
  const reply = await publishEvents(published);
  if (reply.status === 200) return reply.data.events;
  throw new Error('error' in reply.data ? reply.data.error.name : reply.data.name);
}
