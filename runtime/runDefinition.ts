/**
 * The definition of kind `run` around a run's pure part: its row, the words of its end, its usage.
 */
import type { AgentRun } from '../actors/agentRun/agentRun.ts';
import type { RunDigest } from '../actors/agentRun/digest/digest.ts';
import { report } from '../actors/agentRun/report.ts';
import type { RunMachine } from '../actors/agentRun/machine.ts';
import type { RunContext } from '../actors/agentRun/runContext.ts';
import { usageEntries } from '../actors/agentRun/usageEntries.ts';
import { defineActor } from './definition.ts';
import type { Definition, RowFields } from './definition.ts';

export type RunDefinition = Definition<'run', RunMachine, undefined, RunDigest>;

export function runDefinition(agentRun: AgentRun): RunDefinition {
  return defineActor({
    ...agentRun,
    row: ({ context }, digest) => rowOf(context, digest),
    // Not its state: a run that stopped itself is in the same one as any other that was stopped.
    cause: ({ context }) => context.book.ending?.cause ?? 'done',
    report: ({ context }, digest, cause) => report(context, digest, cause),
    usage: (before, fact) => usageEntries(before, fact),
  });
}

function rowOf({ book }: RunContext, { identity, usage }: RunDigest): RowFields {
  const { title, parent } = identity;
  return {
    ...(title !== null && { title }),
    ...(parent !== null && { parent }),
    costMicroUsd: usage.total.costMicroUsd,
    asks: book.asks.map(({ requestId }) => requestId),
  };
}
