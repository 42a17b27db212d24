// A publisher, with what @hey-api/openapi-ts makes.
import { publishEvents } from '../out/openapi-ts';
import type { Receipt, ScheduleUpdated } from '../out/openapi-ts';

const published: ScheduleUpdated = {
  event_type: 'ScheduleUpdated', schedule_id: 's', updated_by: 'u', changes: {},
};

// @ts-expect-error: it is another event
export const other: ScheduleUpdated = { event_type: 'ScheduleCreated', schedule_id: 's', updated_by: 'u', changes: {} };

export async function publish(): Promise<Receipt[]> {
  const { data, error } = await publishEvents({ body: published });
  if (data) return data.events;
  throw new Error(error.error.name);
}
