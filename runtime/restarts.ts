/**
 * What a crash of a worker leads to, as pure bookkeeping.
 *   - Two crashes in a row at the same actor: that actor is set aside, and neither crash counts any more.
 *   - More than `restarts` others within the window: no further start until the window has passed.
 *   - Otherwise: start again, at once.
 */
import type { Limits } from './limits.ts';

export type Verdict = 'again' | 'quarantine' | 'pause';

export class Restarts {
  readonly #limits: Pick<Limits, 'restarts' | 'restartWindowMs'>;
  #crashes: { readonly at: number; readonly address: string | undefined }[] = [];
  #last: string | undefined;

  constructor(limits: Pick<Limits, 'restarts' | 'restartWindowMs'>) {
    this.#limits = limits;
  }

  /** `address`: whose code was running, if anybody's. `now` never goes back. */
  crashed(now: number, address: string | undefined): Verdict {
    const isRepeated = address !== undefined && address === this.#last;
    this.#last = address;
    if (isRepeated) {
      this.#last = undefined;
      this.#crashes = this.#crashes.filter((crash) => crash.address !== address);
      return 'quarantine';
    }
    const since = now - this.#limits.restartWindowMs;
    this.#crashes = [...this.#crashes.filter(({ at }) => at > since), { at: now, address }];
    if (this.#crashes.length <= this.#limits.restarts) return 'again';
    this.#crashes = [];
    return 'pause';
  }
}
