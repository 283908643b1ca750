/**
 * The pieces that several events of a run are made of. Money is in micro-USD, time in milliseconds, tokens
 * are counted: integers all, so that two sums of the same facts are equal to the last digit.
 */
import { Type } from 'typebox';
import { words } from '../../schemaPieces.ts';
import { idLengthMax } from '../limits.ts';

export const id = Type.String({ minLength: 1, maxLength: idLengthMax });
export const text = Type.String();
/** A short text that is kept or shown in lists. */
export const name = Type.String({ maxLength: 1024 });
export const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const ms = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** A span that a timer waits for: a hundred years at most. */
export const span = Type.Integer({ minimum: 1, maximum: 3_155_760_000_000 });
export const microUsd = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Whatever the engine gives; stored as it is. */
export const anything = Type.Unknown();

/** What may be used up; the first fact beyond it exceeds. */
export const budget = Type.Object({
  costMicroUsd: Type.Optional(microUsd),
  /** Of every kind: input, output, cache read, cache written. */
  tokens: Type.Optional(count),
  turns: Type.Optional(count),
  toolCalls: Type.Optional(count),
  consecutiveFailures: Type.Optional(count),
  onExceed: Type.Optional(words('stop', 'ask')),
});

/** A prompt: plain text, or parts. */
export const content = Type.Union([
  text,
  Type.Array(
    Type.Union([
      Type.Object({ type: Type.Literal('text'), text }),
      Type.Object({ type: words('image', 'file') }),
    ]),
  ),
]);
