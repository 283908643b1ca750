/**
 * What a definition tells of its actors beside their statecharts: why one has ended, what its row shows, whom
 * it reports to, what it used. Pure functions of a definition's author: what they throw never keeps a fact
 * from being recorded.
 */
import type { AnyEvent, Fact } from '../../actors/fact.ts';
import { isFinal } from '../../actors/statechart.ts';
import type { Snapshot } from '../../actors/statechart.ts';
import type { UsageEntry } from '../../storage/commit.ts';
import { usageFlaw } from '../../storage/usageEntry.ts';
import { packWhole } from '../../storage/values.ts';
import type { PlainFailure, Report, RowFields } from '../definition.ts';
import type { HostedActor } from './hostedActor.ts';
import { standOf } from './stand.ts';
import { assertForeign, failureOf } from './words.ts';

/** Tells what a definition's own code threw. */
export type Failed = (what: string, error: unknown) => void;

const rowNames = ['title', 'parent', 'costMicroUsd', 'asks'] as const;
type RowName = (typeof rowNames)[number];

const isText = (value: unknown): boolean => typeof value === 'string';

const isRowValue: Readonly<Record<RowName, (value: unknown) => boolean>> = {
  title: isText,
  parent: isText,
  costMicroUsd: Number.isFinite,
  // What cannot be stored throws.
  asks: (value) => Array.isArray(value) && packWhole(value).length > 0,
};

/** The cause that the seal of a machine that is done gives. */
export function causeOf({ kind }: HostedActor, snapshot: Snapshot, failed: Failed): string {
  const { definition } = kind;
  if (snapshot.status === 'error') return 'error';
  const cause = tried('its cause', failed, () => {
    const told: unknown = definition.cause?.(standOf(snapshot));
    if (told === undefined || typeof told === 'string') return told;
    throw new TypeError('a cause is a text');
  });
  return cause ?? 'done';
}

/** How a sealed actor has ended, as whoever comes too late is told. */
export function endOf(actor: HostedActor): { readonly cause: string; readonly error?: PlainFailure } {
  const { snapshot, left } = actor;
  if (left !== undefined) return { cause: left.cause };
  // A stopped one stands where it stood.
  if (snapshot === undefined || !isFinal(snapshot)) return { cause: 'stopped' };
  const cause = causeOf(actor, snapshot, () => undefined);
  if (snapshot.status !== 'error') return { cause };
  const { stack: _, ...error } = failureOf(snapshot.error);
  return { cause, error };
}

/** What changed of the row since the last commit that told; undefined: nothing. */
export function rowPatchOf(actor: HostedActor, failed: Failed): RowFields | undefined {
  if (actor.kind.definition.row === undefined) return undefined;
  const patch = tried('its row', failed, () => changesOf(actor));
  if (patch !== undefined) actor.rowFields = { ...actor.rowFields, ...patch };
  return patch;
}

function changesOf({ kind, snapshot, digest, rowFields }: HostedActor): RowFields | undefined {
  if (snapshot === undefined) return undefined;
  // Nobody but its author says that it gives what its type promises.
  const fields = (kind.definition.row?.(standOf(snapshot), digest) ?? {}) as Record<RowName, unknown>;
  const changed = rowNames.filter((name) => isNew(fields[name], rowFields[name]));
  if (changed.length === 0) return undefined;
  for (const name of changed) if (!isRowValue[name](fields[name])) throw new TypeError(`its ${name} is none`);
  return Object.fromEntries(changed.map((name) => [name, fields[name]]));
}

/** Asks are a list, made anew each time; an empty one is worth telling only after another. */
function isNew(field: unknown, before: unknown): boolean {
  if (field === undefined || field === before) return false;
  if (!Array.isArray(field)) return true;
  return JSON.stringify(field) !== JSON.stringify(before ?? []);
}

/** The digest with its last word. */
export function sealedDigestOf({ kind, snapshot, digest }: HostedActor, failed: Failed): unknown {
  if (snapshot === undefined || kind.digest.sealed === undefined) return digest;
  return tried('its digest', failed, () => kind.digest.sealed?.(digest, standOf(snapshot))) ?? digest;
}

/** A report as it goes out. */
export interface PackedReport {
  readonly to: string;
  readonly bytes: Uint8Array;
}

/** Whom an actor tells of its end. One that cannot be stored keeps no other back. */
export function reportsOf(actor: HostedActor, cause: string, failed: Failed): readonly PackedReport[] {
  const { kind, snapshot, digest } = actor;
  if (snapshot === undefined || kind.definition.report === undefined) return [];
  const told = tried('its report', failed, () =>
    Array.from(kind.definition.report?.(standOf(snapshot), digest, cause) ?? []),
  );
  return (told ?? []).flatMap((report) => tried('its report', failed, () => packed(report)) ?? []);
}

function packed({ to, event }: Report): PackedReport {
  if (typeof to !== 'string') throw new TypeError('a report goes to an address, which is a text');
  assertForeign(event);
  return { to, bytes: packWhole(event) };
}

/** The counters of a fact, before it is folded into the digest. An entry that does not fit is left out. */
export function usageOf(actor: HostedActor, fact: Fact, failed: Failed): readonly UsageEntry[] {
  const { kind, digest, labels } = actor;
  const { definition } = kind;
  const counted = (entry: unknown): UsageEntry[] =>
    tried('its usage', failed, () => [countedOf(entry)]) ?? [];
  return (
    tried('its usage', failed, () => {
      const entries: unknown = definition.usage?.(digest, fact, labels) ?? [];
      if (!Array.isArray(entries)) throw new TypeError('it gives no list.');
      return entries.flatMap(counted);
    }) ?? []
  );
}

/** Ids that a fact stands for beside its own. */
export function idsOf({ kind: { definition } }: HostedActor, event: AnyEvent, failed: Failed): string[] {
  if (definition.ids === undefined) return [];
  return (
    tried('its ids', failed, () => {
      const ids: unknown = definition.ids?.(event);
      if (Array.isArray(ids) && ids.every(isText)) return ids as string[];
      throw new TypeError('it gives no list of texts.');
    }) ?? []
  );
}

/** A plain copy: the definition's own may change, or hold what no journal packs. */
function countedOf(entry: unknown): UsageEntry {
  const flaw = usageFlaw(entry);
  if (flaw !== undefined) throw new TypeError(`${flaw}.`);
  const { hour, key, counts } = entry as UsageEntry; // As usageFlaw has it.
  return { hour, key: [...key], counts: [...counts] };
}

/** What the definition's own code gives; undefined, and told, when it throws. */
export function tried<T>(what: string, failed: Failed, ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    failed(what, error);
    return undefined;
  }
}
