/**
 * The run as a kind of actor: everything that `defineActor` takes.
 */
import { coalesce } from './coalesce.ts';
import { runFoldOf } from './digest/fold.ts';
import type { RunFold } from './digest/fold.ts';
import { passive } from './guards.ts';
import { runMachineOf } from './machine.ts';
import type { RunMachine, RunMachineEvent } from './machine.ts';
import { schemas } from './schemas.ts';
import type { EventSchema } from '../standardSchema.ts';
import type { Price } from './usage.ts';

export interface AgentRun {
  readonly kind: 'run';
  readonly version: number;
  readonly machine: RunMachine;
  readonly digest: RunFold;
  readonly coalesce: (previous: RunMachineEvent, next: RunMachineEvent) => RunMachineEvent | undefined;
  /** How long text may wait for more. */
  readonly commitWindowMs: number;
  readonly passive: readonly string[];
  readonly schemas: Readonly<Record<string, EventSchema>>;
  /** What becomes of a process whose worker was lost: the next one takes it up again. */
  readonly drivers: { readonly process: { readonly onLost: 'reattach' } };
}

/** The definition of runs whose usage is priced by `price`, which must be pure. */
export function agentRun({ price }: { readonly price?: Price } = {}): AgentRun {
  return {
    kind: 'run',
    version: 1,
    machine: runMachineOf(price),
    digest: runFoldOf(price),
    coalesce,
    commitWindowMs: 33,
    passive,
    schemas,
    drivers: { process: { onLost: 'reattach' } },
  };
}
