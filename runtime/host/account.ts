/**
 * What a definition tells of its actors beside their statecharts: why one has ended, what its row shows, whom
 * it reports to, what it used. Pure functions of a definition's author: what they throw never keeps a fact
 * from being recorded.
 */
import type { Fact } from '../../actors/fact.ts';
import type { Snapshot } from '../../actors/statechart.ts';
import type { UsageEntry } from '../../storage/commit.ts';
import { usageFlaw } from '../../storage/usageEntry.ts';
import type { Report, RowFields } from '../definition.ts';
import type { HostedActor } from './hostedActor.ts';
import { standOf } from './stand.ts';

/** Tells what a definition's own code threw. */
export type Failed = (what: string, error: unknown) => void;

const rowNames = ['title', 'parent', 'costMicroUsd', 'asks'] as const;

/** The cause that the seal of a machine that is done gives. */
export function causeOf({ kind }: HostedActor, snapshot: Snapshot, failed: Failed): string {
  const { definition } = kind;
  if (snapshot.status === 'error') return 'error';
  return tried('its cause', failed, () => definition.cause?.(standOf(snapshot))) ?? 'done';
}

/** What changed of the row since the last commit that told; undefined: nothing. */
export function rowPatchOf(actor: HostedActor, failed: Failed): RowFields | undefined {
  const { kind, snapshot, digest, rowFields } = actor;
  const { definition } = kind;
  if (definition.row === undefined || snapshot === undefined) return undefined;
  const fields = tried('its row', failed, () => definition.row?.(standOf(snapshot), digest));
  if (fields === undefined) return undefined;
  const changed = rowNames.filter((name) => isNew(fields[name], rowFields[name]));
  if (changed.length === 0) return undefined;
  const patch = Object.fromEntries(changed.map((name) => [name, fields[name]])) as RowFields;
  actor.rowFields = { ...rowFields, ...patch };
  return patch;
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

/** Whom an actor tells of its end. */
export function reportsOf(actor: HostedActor, cause: string, failed: Failed): readonly Report[] {
  const { kind, snapshot, digest } = actor;
  if (snapshot === undefined) return [];
  const { definition } = kind;
  return tried('its report', failed, () => definition.report?.(standOf(snapshot), digest, cause)) ?? [];
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

/** A plain copy: the definition's own may change, or hold what no journal packs. */
function countedOf(entry: unknown): UsageEntry {
  const flaw = usageFlaw(entry);
  if (flaw !== undefined) throw new TypeError(`${flaw}.`);
  const { hour, key, counts } = entry as UsageEntry; // As usageFlaw has it.
  return { hour, key: [...key], counts: [...counts] };
}

function tried<T>(what: string, failed: Failed, ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    failed(what, error);
    return undefined;
  }
}
