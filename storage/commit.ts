/**
 * A commit: the atomic, durable unit. One or more consecutive facts of one actor, the state they led to and
 * what they set in motion. This file says what a commit is; commitCodec.ts says how it is stored.
 */
import type { Address } from '../actors/address.ts';
import type { Body } from './values.ts';

/** A fact on its way to the journal: its event is packed once, where it was sent. */
export interface FactDraft {
  readonly event: Uint8Array;
  readonly at: number;
  readonly id?: string | undefined;
  readonly by?: string | undefined;
  readonly trace?: string | undefined;
}

/** Where the statechart stands after a commit; tags are the stable vocabulary, paths are not. */
export interface Reached {
  readonly paths: readonly string[];
  readonly tags: readonly string[];
}

/** What a directory row says beside the state; a patch changes what it names, null takes a label away. */
export interface RowPatch {
  readonly title?: string;
  readonly parent?: string;
  readonly labels?: Readonly<Record<string, string | null>>;
  readonly costMicroUsd?: number;
  readonly asks?: readonly unknown[];
  /** What failed last, in short. */
  readonly error?: string;
}

/**
 * Counters that are kept by UTC hour and survive the history: `key` names the bucket, counts add up. What
 * fits, usageEntry.ts says.
 */
export interface UsageEntry {
  readonly hour: number;
  readonly key: readonly string[];
  readonly counts: readonly number[];
}

/** What the host gives to be sealed; the chain joins it when the commit is encoded. */
export interface SealDraft {
  readonly cause: string;
  readonly digest: unknown;
  readonly schema: number;
  readonly version: number;
  readonly sealedAt: number;
}

/** The digest made final. `chain` is the actor's chain after its last commit. */
export interface Seal extends SealDraft {
  readonly chain: string;
  readonly digestHash: string;
}

/** What is to become one commit of one actor. */
export interface CommitDraft {
  readonly address: Address;
  /** Of the first fact; the others follow without gaps. */
  readonly seq: number;
  readonly facts: readonly FactDraft[];
  /** Absent: as after the commit before. */
  readonly reached?: Reached | undefined;
  /** The host's own words: what this commit started, stopped and sent. Absent: nothing. */
  readonly intents?: readonly unknown[] | undefined;
  readonly row?: RowPatch | undefined;
  /** When the actor must be looked at again at the latest; null: it owes nothing. Absent: as before. */
  readonly due?: number | null | undefined;
  readonly usage?: readonly UsageEntry[] | undefined;
  readonly bodies?: readonly Body[] | undefined;
  /** Present exactly on the commit that ends the actor. */
  readonly seal?: SealDraft | undefined;
}

/** A fact with the bytes of its event. */
export interface StoredFact {
  readonly seq: number;
  readonly at: number;
  /** Undefined when the payload was erased. */
  readonly event: Uint8Array | undefined;
  readonly id?: string;
  readonly by?: string;
  readonly trace?: string;
}

/** A commit as read back. */
export interface Commit {
  readonly address: Address;
  readonly seq: number;
  /** The seq of the last fact. */
  readonly to: number;
  readonly at: number;
  readonly facts: readonly StoredFact[];
  readonly reached?: Reached;
  readonly intents: readonly unknown[];
  readonly row?: RowPatch;
  readonly due?: number | null;
  readonly usage?: readonly UsageEntry[];
  /** Hashes of the bodies its events refer to. */
  readonly bodies: readonly string[];
  readonly erased: boolean;
  /** The first bytes of the chain after this commit; `verify` recomputes all of it. */
  readonly tag: Uint8Array;
  /** The hashed parts, as stored. */
  readonly header: Uint8Array;
  readonly payloadHash: () => Uint8Array;
  /** The seal's bytes, as hashed. */
  readonly seal?: Uint8Array;
}

/** The encoded form: what every journal stores, opaque but for `address`, `seq` and `to`. */
export interface EncodedCommit {
  readonly draft: CommitDraft;
  readonly to: number;
  /** record = prefix ‖ header ‖ payload ‖ seal (commitCodec.ts). */
  readonly record: Buffer;
  /** The chain after this commit: the next one's `previous`. */
  readonly chain: Buffer;
  readonly seal?: Seal;
  readonly sealHash?: string;
}
