// A reader of a classic connection, with quicktype's type for each event.
import type { ClientScheduleUpdated, ScheduleUpdated } from '../out/quicktype-each/events';

export const classic = (event: ClientScheduleUpdated): number => event.affected_blocks_count;
export const published = (event: ScheduleUpdated): string => event.updated_by;

// @ts-expect-error: that is the published event's
export const none = (event: ClientScheduleUpdated): string => event.updated_by;
