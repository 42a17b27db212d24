// A publisher and a reader of refusals, with the types of openapi-typescript.
import type { components, operations } from '../out/openapi-typescript/schema';

type Schemas = components['schemas'];

const published: Schemas['ScheduleUpdated'] = {
  event_type: 'ScheduleUpdated', schedule_id: 's', updated_by: 'u', changes: {},
};
export const batch: Schemas['Events'] = [published];
export const body: operations['publishEvents']['requestBody']['content']['application/json'] = published;

export const login: operations['loginJson']['requestBody']['content']['application/json'] = { username: 'u', password: 'p' };

export const broadcast: Schemas['ScheduleUpdatedBroadcast'] = { update_type: 'modified' };

// @ts-expect-error: it is another event
export const other: Schemas['ScheduleUpdated'] = { event_type: 'ScheduleCreated', schedule_id: 's', updated_by: 'u', changes: {} };
// @ts-expect-error: a member is missing
export const short: Schemas['AssignmentChangedBroadcast'] = { assignment_id: 'a' };

export function mayTryAgain({ error }: Schemas['Error']): boolean {
  // @ts-expect-error: there is no such name
  if (error.name === 'no_such_name') return false;
  return error.name === 'rate_limited' || error.name === 'unavailable';
}
