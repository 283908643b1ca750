/**
 * The vocabulary as the runtime checks it; what only timers or the run itself say is refused from anybody
 * else.
 */
import { refused, standardsOf, without } from '../standardSchema.ts';
import type { EventSchema } from '../standardSchema.ts';
import { timerTypes, vocabulary } from './vocabulary.ts';
import type { RunEventType, TimerType } from './vocabulary.ts';

const standards = standardsOf(vocabulary);

/** By event type. */
export const schemas: Readonly<Record<RunEventType | TimerType, EventSchema>> = {
  ...standards,
  'turn.end': without('with', standards['turn.end']),
  'permission.cancelled': without('with', standards['permission.cancelled']),
  ...(Object.fromEntries(timerTypes.map((type) => [type, refused])) as Record<TimerType, EventSchema>),
};
