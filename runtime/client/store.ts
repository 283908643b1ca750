/**
 * What a page shows, in the shape that UI frameworks want (`useSyncExternalStore` of React): `get` gives the
 * same object until something changed, `subscribe` tells when. A store is connected while somebody listens.
 */
import type { TroupeError } from '../../actors/troupeError.ts';
import { isTroupeError } from './refusal.ts';

/** What a store holds now, and whether it is current. */
export interface StoreState<T> {
  /** The last that was told; undefined before the first. */
  readonly value: T | undefined;
  /** What ended it, other than the end of what it shows. */
  readonly error: TroupeError | undefined;
  /** Nothing changes any more. */
  readonly isOver: boolean;
}

export interface Store<T> {
  readonly get: () => StoreState<T>;
  /** Returns what ends it. */
  readonly subscribe: (changed: () => void) => () => void;
}

/** `follow` gives each value; it ends with the signal. What it threw is the state's `error`. */
export function storeOf<T>(follow: (signal: AbortSignal) => AsyncIterable<T>): Store<T> {
  let state: StoreState<T> = { value: undefined, error: undefined, isOver: false };
  const listeners = new Set<() => void>();
  let ended: AbortController | undefined;
  const set = (patch: Partial<StoreState<T>>): void => {
    state = { ...state, ...patch };
    for (const changed of listeners) changed();
  };
  const run = async (own: AbortController): Promise<void> => {
    let last: Partial<StoreState<T>> = { isOver: true };
    try {
      for await (const value of follow(own.signal)) {
        if (own.signal.aborted) return;
        set({ value });
      }
    } catch (error) {
      last = { isOver: true, error: told(error) };
    }
    if (!own.signal.aborted) set(last);
  };
  const subscribe = (changed: () => void): (() => void) => {
    // Each call is a listener of its own, also of the same function.
    const listener = (): void => changed();
    listeners.add(listener);
    if (ended === undefined) {
      ended = new AbortController();
      if (state.isOver) state = { ...state, isOver: false, error: undefined };
      void run(ended);
    }
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      ended?.abort();
      ended = undefined;
    };
  };
  return { get: () => state, subscribe };
}

function told(error: unknown): TroupeError {
  if (isTroupeError(error)) return error;
  throw error;
}
