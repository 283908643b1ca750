/**
 * What the vocabularies of all built-in actors are written with.
 */
import { Type } from 'typebox';
import type { TLiteral, TObject, TProperties, TUnion } from 'typebox';

/** One of some words. */
export function words<const W extends readonly string[]>(...list: W): TUnion<Literals<W>> {
  return Type.Union(list.map((word) => Type.Literal(word))) as unknown as TUnion<Literals<W>>;
}

type Literals<W extends readonly string[]> = { -readonly [I in keyof W]: TLiteral<W[I] & string> };

/** An event: its type and its payload; fields it does not name are allowed, and kept. */
export function event<const T extends string, P extends TProperties>(
  type: T,
  payload: P,
): TObject<{ type: TLiteral<T> } & P> {
  return Type.Object({ type: Type.Literal(type), ...payload });
}
