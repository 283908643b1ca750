/**
 * Events of an actor that nobody may send: the host's own words, and what only its drivers and timers say.
 */
import { refused } from '../actors/standardSchema.ts';
import type { AnyDefinition } from './definition.ts';
import { hostWords } from './host/words.ts';

export function unsendableOf({ schemas = {}, driverTypes = [] }: AnyDefinition): readonly string[] {
  // Those of its timers have a schema that takes nothing.
  const refusing = Object.keys(schemas).filter((type) => schemas[type] === refused);
  return [...hostWords, ...driverTypes, ...refusing];
}
