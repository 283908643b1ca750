/**
 * The digest of a run: what one wants to know of it without reading its history. Plain JSON, integers only,
 * at most 64 KiB by construction (limits.ts).
 */
import { startBook } from '../book.ts';
import type { Book } from '../book.ts';
import { noUsage } from '../usage.ts';
import type { UsageCounts } from '../usage.ts';
import type { Cause, TurnStatus } from '../vocabulary.ts';
import type { Errors, Issues, Sample } from './findings.ts';
import type { Tally } from './tally.ts';

/** Raise it when the fold's meaning changes. */
export const digestSchema = 1;

export interface Identity {
  readonly title: string | null;
  readonly engine: string | null;
  readonly model: string | null;
  readonly parent: string | null;
  readonly continues: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly cause: Cause;
  /** `open`: the run ended in the middle of it; null: there was none. */
  readonly lastTurn: TurnStatus | 'open' | null;
  readonly reason: string | null;
}

/** The beginning of what the run came to; `seq` is the fact in which it ends. */
export interface RunResult {
  readonly text: string;
  readonly textBytes: number;
  readonly seq: number;
}

export interface Turns {
  readonly count: number;
  readonly byStatus: Readonly<Record<TurnStatus, number>>;
  /** Time with a turn open, and without: together the duration. */
  readonly activeMs: number;
  readonly idleMs: number;
  /** Closed turns by duration: up to each of `latencyBounds`, and above the last. */
  readonly latency: readonly number[];
}

export interface ToolCounts {
  readonly calls: number;
  readonly failed: number;
  /** Of calls that have a result. */
  readonly totalMs: number;
}

/** What a run came to, in a size that does not depend on its length. */
export interface RunDigest {
  readonly schema: number;
  /** Runs in it: 1, or what `mergeDigests` added up. */
  readonly runs: number;
  readonly identity: Identity;
  /** The last fact folded; of merged digests the number of facts. */
  readonly seq: number;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly durationMs: number;
  readonly state: string;
  readonly outcome: Outcome | null;
  readonly result: RunResult | null;
  readonly turns: Turns;
  readonly messages: {
    readonly byRole: Tally<number>;
    readonly textBytes: number;
    readonly reasoningBytes: number;
    /** From the start of a turn to its first delta. */
    readonly firstToken: { readonly count: number; readonly totalMs: number; readonly maxMs: number };
  };
  readonly tools: { readonly total: number; readonly failed: number; readonly byName: Tally<ToolCounts> };
  readonly usage: { readonly total: UsageCounts; readonly byModel: Tally<UsageCounts> };
  readonly errors: { readonly count: number; readonly byClass: Errors };
  readonly issues: { readonly count: number; readonly byClass: Issues };
  readonly permissions: {
    readonly asked: number;
    readonly allowed: number;
    readonly denied: number;
    readonly other: number;
    readonly cancelled: number;
    readonly waitedMs: number;
  };
  /** `waiting`: those that nobody had taken up at the end. */
  readonly prompts: { readonly sent: number; readonly removed: number; readonly waiting: readonly string[] };
  readonly processes: { readonly started: number; readonly lost: number; readonly byExit: Tally<number> };
  /** What the next fact needs; null once the run has ended. */
  readonly carry: Carry | null;
}

interface Place {
  readonly seq: number;
  readonly at: number;
}

export interface OpenCall extends Place {
  readonly mark: string;
  readonly name: string;
  readonly isGate: boolean;
}

export interface Carry {
  readonly book: Book;
  /** The start of the open turn. */
  readonly turn: (Place & { readonly hasToken: boolean }) | null;
  readonly calls: readonly OpenCall[];
  /** Calls past the bound: a result that fits none of `calls` may be of one of them. */
  readonly callsUntold: number;
  /** Results without a call, to be told when the turn ends. */
  readonly orphans: { readonly count: number; readonly first: Sample | null };
  /** Places of the open asks. */
  readonly asks: Readonly<Record<string, Place>>;
  /** Marks of open messages that are not the run's own words. */
  readonly others: readonly string[];
  /** The last words of the assistant. */
  readonly said: RunResult & { readonly mark: string };
}

/** Upper bounds in milliseconds; the last bucket is above all. */
export const latencyBounds = [
  100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000, 300_000,
] as const;

const startCarry: Carry = {
  book: startBook,
  turn: null,
  calls: [],
  callsUntold: 0,
  orphans: { count: 0, first: null },
  asks: {},
  others: [],
  said: { mark: '', text: '', textBytes: 0, seq: 0 },
};

/** Before the first fact; merging it with another digest changes nothing. */
export const startDigest: RunDigest = {
  schema: digestSchema,
  runs: 0,
  identity: { title: null, engine: null, model: null, parent: null, continues: null, labels: {} },
  seq: 0,
  firstAt: null,
  lastAt: null,
  durationMs: 0,
  state: 'created',
  outcome: null,
  result: null,
  turns: {
    count: 0,
    byStatus: { ok: 0, failed: 0, cancelled: 0, limit: 0, lost: 0 },
    activeMs: 0,
    idleMs: 0,
    latency: [...latencyBounds, Infinity].map(() => 0),
  },
  messages: { byRole: {}, textBytes: 0, reasoningBytes: 0, firstToken: { count: 0, totalMs: 0, maxMs: 0 } },
  tools: { total: 0, failed: 0, byName: {} },
  usage: { total: noUsage, byModel: {} },
  errors: { count: 0, byClass: {} },
  issues: { count: 0, byClass: {} },
  permissions: { asked: 0, allowed: 0, denied: 0, other: 0, cancelled: 0, waitedMs: 0 },
  prompts: { sent: 0, removed: 0, waiting: [] },
  processes: { started: 0, lost: 0, byExit: {} },
  carry: startCarry,
};
