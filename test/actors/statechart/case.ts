/**
 * A case of the table: one machine, what happens to it, and where it ends. It is run by XState's own
 * `createActor` and by the pure step, which have to agree after every event; `ends` is written by hand, so
 * that they cannot agree on something wrong.
 */
import { fromCallback, fromEventObservable, fromObservable, fromPromise } from 'xstate';
import type { AnyActorLogic, AnyStateMachine, EventObject } from 'xstate';

export type Op =
  | { readonly send: EventObject }
  /** Lets time pass. */
  | { readonly wait: number }
  /** A task or stream ends. */
  | { readonly done: string; readonly output?: unknown }
  | { readonly fail: string; readonly message: string }
  /** A driver sends an event to its parent. */
  | { readonly says: string; readonly event: EventObject };

/** What both runs show after every op. */
export interface Reading {
  readonly value: unknown;
  readonly context: unknown;
  readonly tags: readonly string[];
  readonly status: string;
  readonly output: unknown;
  readonly error: string | undefined;
  readonly children: readonly string[];
  /** Names of custom actions run so far, in order. */
  readonly actions: readonly string[];
  /** What drivers were told so far, in order. */
  readonly told: readonly string[];
}

export interface Case {
  readonly title: string;
  readonly machine: (kit: Kit) => AnyStateMachine;
  readonly input?: unknown;
  readonly ops: readonly Op[];
  readonly ends: Partial<Reading>;
}

/** The functions by which a running source is made to end or to speak. */
interface Running {
  done(output: unknown): void;
  fail(error: Error): void;
  says(event: EventObject): void;
}

/** What a case's machine is made of: traced actions and sources that end on command. */
export class Kit {
  readonly actions: string[] = [];
  readonly told: string[] = [];
  readonly running = new Map<string, Running>();

  /** A custom action that leaves its name. */
  note(name: string): () => void {
    return () => {
      this.actions.push(name);
    };
  }

  /** Custom actions by their names. */
  notes<const Name extends string>(...names: Name[]): Record<Name, () => void> {
    return Object.fromEntries(names.map((name) => [name, this.note(name)])) as Record<Name, () => void>;
  }

  readonly task = fromPromise<unknown, unknown>(
    async ({ self }) =>
      new Promise((resolve, reject) => {
        this.running.set(self.id, { done: resolve, fail: reject, says: () => {} });
      }),
  );

  readonly driver = fromCallback<EventObject, unknown>(({ self, sendBack, receive }) => {
    const never = (): void => {
      throw new Error('a callback does not end');
    };
    this.running.set(self.id, { done: never, fail: never, says: sendBack });
    receive((event) => this.told.push(`${self.id} got ${event.type}`));
    return () => this.told.push(`${self.id} stopped`);
  });

  readonly stream = fromObservable(({ self }) => this.#observable(self.id));
  readonly events = fromEventObservable(({ self }) => this.#observable(self.id));

  get actors(): Record<'task' | 'driver' | 'stream' | 'events', AnyActorLogic> {
    return { task: this.task, driver: this.driver, stream: this.stream, events: this.events };
  }

  #observable(id: string): never {
    const subscribe = (observer: {
      next: (event: EventObject) => void;
      error: (error: Error) => void;
      complete: () => void;
    }): { unsubscribe: () => void } => {
      this.running.set(id, { done: observer.complete, fail: observer.error, says: observer.next });
      return { unsubscribe: () => {} };
    };
    return { subscribe } as never;
  }
}

/** References by their ids, so that contexts of different runs compare. */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('sessionId' in value && 'id' in value) return `ref:${String(value.id)}`;
  if (Array.isArray(value)) return value.map(plain);
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

export const messageOf = (error: unknown): string | undefined =>
  error === undefined ? undefined : (error as { message: string }).message;
