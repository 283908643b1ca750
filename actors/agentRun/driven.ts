/**
 * Runs whose processes have a driver: a function that the host calls for each launch, speaks for the process
 * and is told what the run has for it.
 */
import { fromCallback } from 'xstate';
import type { AnyEvent } from '../fact.ts';
import { agentRun } from './agentRun.ts';
import type { AgentRun } from './agentRun.ts';
import type { DriverWord } from './following.ts';
import type { ProcessInput } from './runContext.ts';

/** What a driver gets from its host. */
export interface DriverArgs {
  readonly input: ProcessInput;
  /** What it says are facts of the run, if the run accepts them. */
  readonly sendBack: (event: AnyEvent) => void;
  readonly receive: (listener: (word: DriverWord) => void) => void;
  readonly signal: AbortSignal;
  /** The same when the host or its thread was lost and the driver is started again. */
  readonly effectId: string;
  readonly address: string;
  /** Where the run stood when the driver was started: a digest that belongs to the definition's fold. */
  readonly digest: unknown;
  /** The host's time: calls `work` once after `ms`; what it gives calls that off. */
  readonly wait: (ms: number, work: () => void) => () => void;
}

/** What it gives is called when its state is left, or the host closes. */
export type Drive = (args: DriverArgs) => (() => void) | undefined;

export function drivenRun(drive: Drive): AgentRun {
  const run = agentRun();
  const driver = fromCallback<DriverWord, ProcessInput>((args) => {
    // The host gives more than XState does (runtime/host/effects.ts).
    return drive(args as unknown as DriverArgs);
  });
  return { ...run, machine: run.machine.provide({ actors: { process: driver } }) };
}
