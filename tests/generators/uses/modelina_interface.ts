// A reader of a rotacast.v1 connection, with Modelina's interfaces.
import type { ClientScheduleUpdated } from '../out/modelina-interface/ClientScheduleUpdated';
import type { ScheduleUpdated } from '../out/modelina-interface/ScheduleUpdated';
import type { V1ScheduleUpdated } from '../out/modelina-interface/V1ScheduleUpdated';

export const publishedIsAnother = (event: ScheduleUpdated): string => event.updated_by;
export const classic = (event: ClientScheduleUpdated): number => event.affected_blocks_count;
export const position = (event: V1ScheduleUpdated): string => event.cursor;

// @ts-expect-error: classic events have no cursor
export const none = (event: ClientScheduleUpdated): string => event.cursor;
