/**
 * What a host has to say to the callers' thread, gathered until the end of the round.
 */
import { outcomeOf } from '../../actors/troupeError.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import type { Answer, LogLevel } from '../protocol.ts';

export class Answers {
  #list: Answer[] = [];
  readonly #wake: () => void;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  push(answer: Answer): void {
    this.#list.push(answer);
    this.#wake();
  }

  ok(n: number, value?: unknown): void {
    this.push(value === undefined ? { op: 'ok', n } : { op: 'ok', n, value });
  }

  refuse(n: number, refusal: Refusal): void {
    this.push({ op: 'refused', n, refusal });
  }

  /** The outcome of a request that has no value. */
  settle(n: number, refusal: Refusal | undefined): void {
    if (refusal === undefined) this.ok(n);
    else this.refuse(n, refusal);
  }

  /** What comes of it, whenever it comes. */
  from(n: number, value: Promise<unknown>): void {
    value.then(
      (result) => this.ok(n, result),
      (error: unknown) => this.refuse(n, outcomeOf(error)),
    );
  }

  log(level: LogLevel, text: string, details: Readonly<Record<string, unknown>>): void {
    this.push({ op: 'log', level, text, details });
  }

  take(): readonly Answer[] {
    const list = this.#list;
    this.#list = [];
    return list;
  }
}
