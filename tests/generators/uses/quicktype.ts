// A reader of any event, with quicktype's one type.
import type { Events } from '../out/quicktype/events';

export const kind = (event: Events): string | undefined => event.event_type ?? event.eventType;

// @ts-expect-error: it is a number
export const wrong = (event: Events): string | undefined => event.affected_blocks_count;
