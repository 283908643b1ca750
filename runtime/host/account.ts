/**
 * What a definition tells of its actors beside their statecharts: why one has ended, what its row shows, whom
 * it reports to, what it used. Pure functions of a definition's author: what they throw never keeps a fact
 * from being recorded.
 */
import type { Fact } from '../../actors/fact.ts';
import { isFinal } from '../../actors/statechart.ts';
import type { Snapshot } from '../../actors/statechart.ts';
import type { UsageEntry } from '../../storage/commit.ts';
import type { PlainFailure, Report, RowFields } from '../definition.ts';
import type { HostedActor } from './hostedActor.ts';
import { standOf } from './stand.ts';
import { failureOf } from './words.ts';

/** Tells what a definition's own code threw. */
export type Failed = (what: string, error: unknown) => void;

const rowNames = ['title', 'parent', 'costMicroUsd', 'asks'] as const;

/** The cause that the seal of a machine that is done gives. */
export function causeOf({ kind }: HostedActor, snapshot: Snapshot, failed: Failed): string {
  const { definition } = kind;
  if (snapshot.status === 'error') return 'error';
  return tried('its cause', failed, () => definition.cause?.(standOf(snapshot))) ?? 'done';
}

/** How a sealed actor has ended, as whoever comes too late is told. */
export function endOf(actor: HostedActor): { readonly cause: string; readonly error?: PlainFailure } {
  const { snapshot } = actor;
  // A stopped one stands where it stood.
  if (snapshot === undefined || !isFinal(snapshot)) return { cause: 'stopped' };
  const cause = causeOf(actor, snapshot, () => undefined);
  if (snapshot.status !== 'error') return { cause };
  const { stack: _, ...error } = failureOf(snapshot.error);
  return { cause, error };
}

/** What changed of the row since the last commit that told; undefined: nothing. */
export function rowPatchOf(actor: HostedActor, failed: Failed): RowFields | undefined {
  const { kind, snapshot, digest, rowFields } = actor;
  const { definition } = kind;
  if (definition.row === undefined || snapshot === undefined) return undefined;
  const fields = tried('its row', failed, () => definition.row?.(standOf(snapshot), digest));
  if (fields === undefined) return undefined;
  const changed = rowNames.filter((name) => fields[name] !== undefined && fields[name] !== rowFields[name]);
  if (changed.length === 0) return undefined;
  const patch = Object.fromEntries(changed.map((name) => [name, fields[name]])) as RowFields;
  actor.rowFields = { ...rowFields, ...patch };
  return patch;
}

/** Whom an actor tells of its end. */
export function reportsOf(actor: HostedActor, cause: string, failed: Failed): readonly Report[] {
  const { kind, snapshot, digest } = actor;
  if (snapshot === undefined) return [];
  const { definition } = kind;
  return tried('its report', failed, () => definition.report?.(standOf(snapshot), digest, cause)) ?? [];
}

/** The counters of a fact, before it is folded into the digest. */
export function usageOf(actor: HostedActor, fact: Fact, failed: Failed): readonly UsageEntry[] {
  const { kind, digest, labels } = actor;
  const { definition } = kind;
  return tried('its usage', failed, () => definition.usage?.(digest, fact, labels)) ?? [];
}

function tried<T>(what: string, failed: Failed, ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    failed(what, error);
    return undefined;
  }
}
