// A reader of a rotacast.v1 connection, with Modelina's classes.
import { ClientScheduleUpdated } from '../out/modelina-class/ClientScheduleUpdated';
import { ScheduleUpdated } from '../out/modelina-class/ScheduleUpdated';
import { V1ScheduleUpdated } from '../out/modelina-class/V1ScheduleUpdated';

export const publishedIsAnother = (event: ScheduleUpdated): string => event.updatedBy;
export const classic = (event: ClientScheduleUpdated): number => event.affectedBlocksCount;
export const position = (event: V1ScheduleUpdated): string => event.cursor;

// @ts-expect-error: classic events have no cursor
export const none = (event: ClientScheduleUpdated): string => event.cursor;
