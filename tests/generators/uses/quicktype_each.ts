// A reader of a classic connection, with quicktype's type for each event.
import type { ClientScheduleUpdated, ScheduleUpdated } from '../out/quicktype-each/events';

export const classic = (event: ClientScheduleUpdated): number => event.affected_blocks_count;
export const published = (event: ScheduleUpdated): string => event.updated_by;

// @ts-expect-error: it is a number
export const wrong = (event: ClientScheduleUpdated): string => event.affected_blocks_count;
// @ts-expect-error: it is the other event's type
export const other = (event: ClientScheduleUpdated): ScheduleUpdated => event;
