/**
 * The sources of drivers that a machine implements itself, XState's callbacks and observables, started alike.
 */
import type { AnyEvent } from '../../actors/fact.ts';

export interface DriverSource {
  readonly shape: 'callback' | 'observable' | 'events';
  readonly run: (args: Readonly<Record<string, unknown>>) => unknown;
}

/** Where what it says goes. */
export interface DriverPorts {
  readonly say: (event: AnyEvent) => void;
  readonly complete: () => void;
  readonly fail: (error: unknown) => void;
  /** What it listens with. */
  readonly receive: (listener: (event: AnyEvent) => void) => void;
}

/** Starts it; how it is ended, if that takes something. */
export function begun(
  { shape, run }: DriverSource,
  args: Readonly<Record<string, unknown>>,
  { say, complete, fail, receive }: DriverPorts,
): (() => void) | undefined {
  if (shape === 'callback') {
    const cleanUp = run({ ...args, sendBack: say, receive });
    return typeof cleanUp === 'function' ? () => void (cleanUp as () => unknown)() : undefined;
  }
  const next = shape === 'events' ? (value: unknown) => say(value as AnyEvent) : () => undefined;
  const observable = run(args) as { subscribe(observer: object): { unsubscribe(): void } };
  const subscription = observable.subscribe({ next, error: fail, complete });
  return () => subscription.unsubscribe();
}
