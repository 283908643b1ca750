/**
 * What a child of the host's campaign tells its parent, line by line on one pipe. A line is in the kernel's
 * hands before the next step begins, so it survives kill −9.
 */
import { writeSync } from 'node:fs';
import type { Said } from './machines.ts';

export interface Sent {
  readonly id: string;
  readonly address: string;
  readonly event: Said;
}

export type Line =
  | { readonly what: 'ready' | 'settled' | 'closed' }
  | { readonly what: 'try'; readonly sent: Sent }
  | { readonly what: 'ack'; readonly id: string; readonly seq: number; readonly duplicate: boolean }
  | { readonly what: 'refused'; readonly id: string; readonly code: string }
  /** A crash on purpose follows. */
  | { readonly what: 'crash'; readonly how: string }
  | { readonly what: 'log'; readonly text: string }
  | { readonly what: 'quarantined'; readonly addresses: readonly string[] }
  | { readonly what: 'failed'; readonly message: string };

/** What a life is told by its parent. */
export interface LifeData {
  readonly directory: string;
  readonly side: string;
  /** Of the machines. */
  readonly castSeed: number;
  /** Of what is done to them. */
  readonly seed: number;
  readonly life: number;
  readonly workers: number;
  /** The last one: nothing new, and everything comes to rest. */
  readonly isLast: boolean;
  /** Sent before, with no answer known. */
  readonly unanswered: readonly Sent[];
}

const descriptor = 3;

export function tell(line: Line): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(descriptor, bytes, offset);
    } catch (error) {
      // The parent is slow to read: its turn.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

/** Whole lines only; what a kill has cut was never told. */
export function linesOf(text: string): Line[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Line);
}
