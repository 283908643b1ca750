/**
 * The kinds that every runtime hosts. Each is an ordinary definition, as a user could write it; a user's own
 * of the same name takes its place.
 */
import type { RunDigest } from '../actors/agentRun/digest/digest.ts';
import type { RunContext } from '../actors/agentRun/runContext.ts';
import { report } from '../actors/agentRun/report.ts';
import { undrivenRun } from '../actors/agentRun/undriven.ts';
import { usageEntries } from '../actors/agentRun/usageEntries.ts';
import { outboxFold } from '../actors/outbox/digest.ts';
import { outboxMachine } from '../actors/outbox/machine.ts';
import { outboxReply } from '../actors/outbox/reply.ts';
import { vocabulary } from '../actors/outbox/vocabulary.ts';
import { refused, standardsOf } from '../actors/standardSchema.ts';
import { defineActor } from './definition.ts';
import type { AnyDefinition, RowFields } from './definition.ts';

/** Their orchestrator tells what happens; processes come with a driver for them. */
export const run = defineActor({
  ...undrivenRun(),
  row: ({ context }, digest) => rowOf(context, digest),
  cause: ({ value }) => (typeof value === 'string' ? value : 'done'),
  report: ({ context }, digest, cause) => report(context, digest, cause),
  usage: (before, fact) => usageEntries(before, fact),
});

function rowOf({ book }: RunContext, { identity, usage }: RunDigest): RowFields {
  const { title, parent } = identity;
  return {
    ...(title !== null && { title }),
    ...(parent !== null && { parent }),
    costMicroUsd: usage.total.costMicroUsd,
    asks: book.asks.map(({ requestId }) => requestId),
  };
}

export const outbox = defineActor({
  kind: 'outbox',
  version: 1,
  machine: outboxMachine,
  digest: outboxFold,
  reply: outboxReply,
  schemas: { ...standardsOf(vocabulary), 'outbox.expired': refused },
});

const builtIns: readonly AnyDefinition[] = [run, outbox];

/** What is hosted where these definitions are given. */
export function hostedWith(definitions: readonly AnyDefinition[]): readonly AnyDefinition[] {
  const own = new Set(definitions.map(({ kind }) => kind));
  return [...builtIns.filter(({ kind }) => !own.has(kind)), ...definitions];
}
