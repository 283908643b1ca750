/**
 * What a child of the outbox's campaign tells its parent, on the same pipe as the host's: a line is in the
 * kernel's hands before the next step begins, so it survives kill −9.
 */
import { linesOf as hostLinesOf, tell as tellHost } from '../host/told.ts';

/** Something that a child of the parent tells: which fact of which child, to which outbox. */
export interface Told {
  readonly outbox: number;
  readonly child: string;
  readonly childSeq: number;
  readonly kind: 'finished' | 'waiting';
  /** Posted by an actor, whose message it is; else by a caller. */
  readonly byActor: boolean;
}

export interface Given {
  readonly child: string;
  readonly childSeq: number;
  readonly count: number;
}

export interface LeaseTold {
  readonly outbox: number;
  readonly leaseId: number;
  /** Asked once more under its id: some of it may be acknowledged. */
  readonly isAgain: boolean;
  readonly given: readonly Given[];
}

export interface DrainTold {
  readonly outbox: number;
  readonly id: string;
}

export type Line =
  | { readonly what: 'ready' | 'closed' }
  | { readonly what: 'try' | 'posted'; readonly told: Told }
  | { readonly what: 'drain'; readonly drain: DrainTold }
  | { readonly what: 'lease'; readonly id: string; readonly lease: LeaseTold }
  | {
      readonly what: 'acked';
      readonly outbox: number;
      readonly leaseId: number;
      readonly given: readonly Given[];
    }
  | { readonly what: 'crash' }
  | { readonly what: 'failed'; readonly message: string };

/** What a life is told by its parent. */
export interface LifeData {
  readonly directory: string;
  readonly seed: number;
  readonly life: number;
  readonly workers: number;
  readonly isLast: boolean;
  /** Posted before, with no answer known. */
  readonly unanswered: readonly Told[];
  /** Every one of these must be in a history before the last life ends. */
  readonly expected: readonly Told[];
  /** Drained before, with no answer known. */
  readonly unheard: readonly DrainTold[];
}

export const outboxes = 3;

export function keyOf({ outbox, child, childSeq }: Pick<Told, 'outbox' | 'child' | 'childSeq'>): string {
  return `${outbox} ${child}#${childSeq}`;
}

/** The pipe takes lines of any form. */
export function tell(line: Line): void {
  tellHost(line as never);
}

export function linesOf(text: string): Line[] {
  return hostLinesOf(text) as unknown as Line[];
}
