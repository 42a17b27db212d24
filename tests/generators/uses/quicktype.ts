// A reader of any event, with quicktype's one type.
import type { Events } from '../out/quicktype/events';

export const kind = (event: Events): string | undefined => event.event_type ?? event.eventType;

// @ts-expect-error: no event has it
export const none = (event: Events): string => event.no_such_member;
