/** What the API tells, as much of it as the page shows; docs/reference/api-http.md has all. */

export interface Row {
  readonly address: string;
  readonly kind: string;
  readonly id: string;
  readonly seq: number;
  /** The last two are of guests. */
  readonly status: 'live' | 'sealed' | 'quarantined' | 'ended' | 'left';
  readonly state: readonly string[];
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly startedAt: number;
  readonly lastAt: number;
  readonly endedAt?: number;
  readonly parent?: string;
  readonly title?: string;
  readonly costMicroUsd?: number;
  readonly asks?: readonly unknown[];
  readonly error?: string;
}

export interface RowChanges {
  readonly changed: readonly Row[];
  readonly removed: readonly string[];
}

export type Event = Readonly<Record<string, unknown>> & { readonly type: string };

export interface Fact {
  readonly seq: number;
  readonly to: number;
  readonly at: number;
  readonly event: Event;
  readonly id?: string;
  readonly by?: string;
  readonly trace?: string;
}

/** One fact, or the facts of one commit. */
export interface LeadEnd {
  readonly address: string;
  readonly seq: number;
  readonly to: number;
  readonly at: number;
}

/** What led from one fact to another. */
export interface Lead {
  readonly kind: string;
  readonly name: string;
  readonly from?: LeadEnd;
  readonly to?: LeadEnd;
  readonly peer?: string;
}

export interface Page {
  readonly items: readonly Fact[];
  readonly head: number;
}

export interface Notification {
  readonly from: number;
  readonly to: number;
  readonly facts: readonly Fact[];
  readonly sealed: boolean;
  readonly reset?: unknown;
}

export interface Snapshot {
  readonly seq: number;
  readonly at: number;
  readonly status: Row['status'];
  readonly state: readonly string[];
  readonly tags: readonly string[];
  readonly accepts: readonly string[];
  readonly context: unknown;
  readonly output?: unknown;
  readonly error?: unknown;
}

export interface Seal {
  readonly hash?: string;
  readonly cause?: string;
}

export interface Digest {
  readonly seq: number;
  readonly sealed: boolean;
  readonly digest: unknown;
  readonly seal?: Seal & Readonly<Record<string, unknown>>;
}

export interface Verified {
  readonly ok: boolean;
  readonly seq?: number;
  readonly erased?: readonly (readonly [number, number])[];
  readonly isRefolded?: boolean;
  readonly firstBadSeq?: number;
  readonly field?: string;
}

export interface ChartTransition {
  readonly number: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly trigger: { readonly kind: string; readonly event?: string };
}

export interface ChartState {
  readonly path: string;
  readonly transitions: readonly ChartTransition[];
  readonly states: readonly ChartState[];
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ChartLayout {
  readonly width: number;
  readonly height: number;
  readonly states: readonly (Rect & { readonly path: string })[];
}

export interface ChartOfKind {
  readonly version: number;
  readonly layout: ChartLayout;
  readonly chart: { readonly hash: string; readonly root: ChartState };
}
