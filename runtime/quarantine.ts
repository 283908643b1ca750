/**
 * Actors that were set aside, and why. Kept for the life of an open: the next one tries again, and sets aside
 * again what still fails.
 */
import type { Refusal } from '../actors/troupeError.ts';

/** An actor that was set aside, and why. */
export interface Quarantined {
  readonly address: string;
  readonly reason: string;
  readonly details: Refusal['details'];
  readonly since: number;
}

export class Quarantine {
  readonly #actors = new Map<string, Quarantined>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(address: string, { message, details }: Refusal): void {
    if (this.#actors.has(address)) return;
    this.#actors.set(address, { address, reason: message, details, since: this.#now() });
  }

  release(address: string): void {
    this.#actors.delete(address);
  }

  has(address: string): boolean {
    return this.#actors.has(address);
  }

  /** Why it was set aside; undefined: it was not. */
  reasonOf(address: string): string | undefined {
    return this.#actors.get(address)?.reason;
  }

  get size(): number {
    return this.#actors.size;
  }

  addresses(): readonly string[] {
    return [...this.#actors.keys()];
  }

  list(): readonly Quarantined[] {
    return [...this.#actors.values()];
  }
}
