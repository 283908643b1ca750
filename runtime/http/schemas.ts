/**
 * What requests hold and answers give, as schemas: for the check at the door, for OpenAPI, for clients.
 */
import { Type } from 'typebox';
import type { TArray, TInteger, TObject, TSchema, TUnsafe } from 'typebox';
import { waitMsMax } from './limits.ts';

export const seq: TInteger = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const texts: TArray<ReturnType<typeof Type.String>> = Type.Array(Type.String());
export const labels = Type.Record(Type.String(), Type.String());
export const anything = Type.Unknown();
export const time = Type.Integer({ description: 'Milliseconds since 1970' });
export const waitMs = Type.Integer({ minimum: 0, maximum: waitMsMax });

/** An event of an actor's own vocabulary, which says what else it holds. */
export const event = Type.Object({ type: Type.String({ minLength: 1 }) }, { additionalProperties: true });

export const receipt = Type.Object({
  seq,
  state: texts,
  tags: texts,
  final: Type.Boolean(),
  duplicate: Type.Boolean(),
  reply: Type.Optional(anything),
});

export const fact = Type.Object({
  seq,
  to: seq,
  at: time,
  event,
  id: Type.Optional(Type.String()),
  by: Type.Optional(Type.String()),
  trace: Type.Optional(Type.String()),
});

export const row = Type.Object({
  address: Type.String(),
  kind: Type.String(),
  id: Type.String(),
  seq,
  status: Type.Union([Type.Literal('live'), Type.Literal('sealed'), Type.Literal('quarantined')]),
  state: texts,
  tags: texts,
  labels,
  at: time,
  startedAt: time,
  lastAt: time,
  endedAt: Type.Optional(time),
  parent: Type.Optional(Type.String()),
  title: Type.Optional(Type.String()),
  costMicroUsd: Type.Optional(Type.Number()),
  asks: Type.Optional(Type.Array(anything)),
  error: Type.Optional(Type.String({ description: 'What failed last, in short' })),
});

export const snapshot = Type.Object({
  seq,
  at: time,
  status: row.properties.status,
  value: anything,
  state: texts,
  tags: texts,
  accepts: texts,
  context: anything,
  output: Type.Optional(anything),
  error: Type.Optional(anything),
});

export const digest = Type.Object({
  seq,
  sealed: Type.Boolean(),
  digest: anything,
  seal: Type.Optional(anything),
});

/** From and to; JSON Schema of 2020 has other words for a pair than the library that writes these. */
const stretch: TUnsafe<readonly [number, number]> = Type.Unsafe<readonly [number, number]>({
  type: 'array',
  items: { type: 'integer' },
  minItems: 2,
  maxItems: 2,
});

export const verified = Type.Object({
  ok: Type.Boolean(),
  seq: Type.Optional(seq),
  erased: Type.Optional(Type.Array(stretch)),
  isRefolded: Type.Optional(Type.Boolean()),
  unchecked: Type.Optional(stretch),
  firstBadSeq: Type.Optional(seq),
  field: Type.Optional(Type.String()),
});

export const problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  retryable: Type.Boolean(),
  details: Type.Optional(anything),
  index: Type.Optional(
    Type.Integer({ description: 'Of several events: which was refused; none is applied' }),
  ),
});

/** A page of something; `next` continues it. */
export function pageOf<T extends TSchema>(item: T): TObject<{ items: TArray<T>; next: typeof nullableText }> {
  return Type.Object({ items: Type.Array(item), next: nullableText });
}

export const nullableText = Type.Union([Type.String(), Type.Null()]);
