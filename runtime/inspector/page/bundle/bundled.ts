/**
 * What a bundle holds of actors: as much as answers every question that the page asks of a server. How an
 * actor stood is written once, after its last fact, and from there backwards as what was different.
 */
import type { ChartOfKind, Digest, Fact, Lead, Row, Snapshot } from '../told.ts';

/**
 * What makes an older value of a newer one: it was another; a text or list was so long; an object (a list of
 * at most so many) had these fields otherwise, and those with null not at all.
 */
export type Delta =
  | readonly ['was', unknown]
  | readonly ['cut', number]
  | readonly ['in', Readonly<Record<string, Delta | null>>, number?];

/** Cells of one look: a sign each, or one sign that is as wide as said. */
export type Stretch = readonly [look: number, text: string, width?: number];

export interface BundledScreen {
  readonly seq: number;
  readonly cols: number;
  readonly rows: number;
  readonly title: string;
  readonly cursor: unknown;
  /** Which of the lines, from the top. */
  readonly lines: readonly number[];
}

/** What a session's terminal showed, whenever it was not what it had been. */
export interface BundledScreens {
  readonly looks: readonly object[];
  readonly lines: readonly (readonly Stretch[])[];
  readonly shown: readonly BundledScreen[];
}

export interface BundledActor {
  readonly row: Row;
  readonly head: number;
  /** The last ones, without a gap but for what was erased. */
  readonly facts: readonly Fact[];
  /** After the last of the facts. */
  readonly last: Snapshot;
  /** For each fact but the last, from the end: how it stood after it; null: nobody can tell. */
  readonly before: readonly (Delta | null)[];
  /** The last fact of each commit, and when it was. */
  readonly commits: readonly (readonly [to: number, at: number])[];
  readonly leads: readonly Lead[];
  readonly digest: Digest;
  /** Of a run: its messages, oldest first, and what it asks. */
  readonly messages?: { readonly messages: readonly unknown[]; readonly asks: readonly unknown[] };
  /** Of an outbox. */
  readonly deadLetters?: readonly unknown[];
  /** Of a session. */
  readonly screens?: BundledScreens;
}

export interface BundledChart {
  readonly chart: ChartOfKind;
  readonly svg: string;
  readonly mermaid: string;
}

export interface Bundled {
  readonly address: string;
  readonly takenAt: number;
  readonly actors: readonly BundledActor[];
  /** By kind. */
  readonly charts: Readonly<Record<string, BundledChart>>;
  /** What was left out, a sentence each. */
  readonly left: readonly string[];
}
