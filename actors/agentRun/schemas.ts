/**
 * The vocabulary as the runtime checks it; what only timers say is refused from anybody else.
 */
import { refused, standardsOf } from '../standardSchema.ts';
import type { EventSchema } from '../standardSchema.ts';
import { timerTypes, vocabulary } from './vocabulary.ts';
import type { RunEventType, TimerType } from './vocabulary.ts';

/** By event type. */
export const schemas: Readonly<Record<RunEventType | TimerType, EventSchema>> = {
  ...standardsOf(vocabulary),
  ...(Object.fromEntries(timerTypes.map((type) => [type, refused])) as Record<TimerType, EventSchema>),
};
