/**
 * Which actors of one host have news, told once a window while somebody watches: addresses alone, because
 * the directory has the rows.
 */
import type { Answers } from './answers.ts';
import type { Wait } from './clock.ts';

export class Changes {
  readonly #wait: Wait;
  readonly #answers: Answers;
  readonly #changed = new Set<string>();
  /** Undefined: nobody watches. */
  #windowMs: number | undefined;
  #stop: (() => void) | undefined;

  constructor(wait: Wait, answers: Answers) {
    this.#wait = wait;
    this.#answers = answers;
  }

  watch(windowMs: number | undefined): void {
    this.#windowMs = windowMs;
    this.#stop?.();
    this.#stop = undefined;
    if (windowMs === undefined) this.#changed.clear();
    else if (this.#changed.size > 0) this.#tell();
  }

  /** A durable commit of this actor. */
  add(address: string): void {
    if (this.#windowMs === undefined) return;
    this.#changed.add(address);
    this.#stop ??= this.#wait(this.#windowMs, () => this.#tell());
  }

  #tell(): void {
    this.#stop = undefined;
    const addresses = [...this.#changed];
    this.#changed.clear();
    this.#answers.push({ op: 'changes', addresses });
  }

  close(): void {
    this.watch(undefined);
  }
}
