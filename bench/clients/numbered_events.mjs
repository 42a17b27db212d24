// The events of the comparison: the same for all contenders, about 350 bytes of JSON, numbered.
import { randomUUID } from 'node:crypto';

export const SCHEDULE = '7d8f6a1e-52c1-4c0e-9d0b-3f6f0f4c7a01';

const academic_year_id = randomUUID();
const user_id = randomUUID();

export const numberedEvent = (number) => ({
  event_type: 'schedule_updated',
  timestamp: new Date().toISOString(),
  schedule_id: SCHEDULE,
  academic_year_id,
  user_id,
  update_type: 'modified',
  affected_blocks_count: number,
  message: 'The night float of the second block was moved.',
});

export const numberOf = (event) => event.affected_blocks_count;
