/**
 * The run as a kind of actor: everything that `defineActor` takes.
 */
import { coalesce } from './coalesce.ts';
import { concludes } from './concluding.ts';
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
  /** R1: what is lost with a process, by the type of the fact that tells of its end. */
  readonly concludes: typeof concludes;
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
    concludes,
    schemas,
    drivers: { process: { onLost: 'reattach' } },
  };
}
