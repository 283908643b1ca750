/**
 * Values that came from outside, held against a schema. Schemas are compiled when they are first used.
 */
import type { TSchema } from 'typebox';
import { standardOf } from '../../actors/standardSchema.ts';
import type { EventSchema } from '../../actors/standardSchema.ts';

const compiled = new WeakMap<TSchema, EventSchema>();

/** The value, which fits; `refused` makes the error of the first thing that does not. */
export function checked(
  schema: TSchema,
  value: unknown,
  refused: (path: string, message: string) => Error,
): unknown {
  let standard = compiled.get(schema);
  if (standard === undefined) compiled.set(schema, (standard = standardOf(schema)));
  const result = standard['~standard'].validate(value);
  if (result.issues === undefined) return value;
  const [issue] = result.issues;
  throw refused((issue?.path ?? []).map(String).join('.'), issue?.message ?? 'does not fit');
}
