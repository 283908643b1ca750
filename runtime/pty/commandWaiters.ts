/**
 * Who waits for the end of a command. A waiter is entered before its command is recorded, so that no end can
 * come too early; a timeout or an abort takes the waiter away and nothing else (C4).
 */
import type { PtyEventOf } from '../../actors/ptySession/vocabulary.ts';

export type CommandEnd = { readonly end: PtyEventOf<'command.end'>; readonly seq: number };

export interface CommandWaiter {
  ended(end: CommandEnd): void;
  /** The session has ended without an end of it. */
  exited(): void;
  /** Its end could not be recorded. */
  failed(error: unknown): void;
}

export class CommandWaiters {
  readonly #byAddress = new Map<string, Map<string, Set<CommandWaiter>>>();

  /** The function it gives takes the waiter away. */
  add(address: string, commandId: string, waiter: CommandWaiter): () => void {
    const byCommand = this.#byAddress.get(address) ?? new Map<string, Set<CommandWaiter>>();
    this.#byAddress.set(address, byCommand);
    const waiters = byCommand.get(commandId) ?? new Set();
    byCommand.set(commandId, waiters);
    waiters.add(waiter);
    return () => {
      waiters.delete(waiter);
      if (waiters.size === 0) byCommand.delete(commandId);
      if (byCommand.size === 0) this.#byAddress.delete(address);
    };
  }

  ended(address: string, end: CommandEnd): void {
    for (const waiter of this.#byAddress.get(address)?.get(end.end.commandId) ?? []) waiter.ended(end);
  }

  /** Of one command, or of all of a session. */
  failed(address: string, commandId: string, error: unknown): void {
    for (const waiter of this.#byAddress.get(address)?.get(commandId) ?? []) waiter.failed(error);
  }

  /** There will be no more ends. */
  exited(address: string): void {
    for (const waiters of this.#byAddress.get(address)?.values() ?? []) {
      for (const waiter of waiters) waiter.exited();
    }
  }
}
