/**
 * Small rows about the journal itself: its format, per slot how far rows and compaction have come, and who
 * owns the directory.
 */
import { packPlain, unpack } from '../values.ts';
import type { Environment } from './environment.ts';

/**
 * checkpoint: rows hold the log up to here · compacted: pages hold it up to here, the log no more ·
 * compacting: where the piece ends that is being moved · expired: retention took commits up to here, cursors
 * before it are gone.
 */
export type MetaName = 'checkpoint' | 'compacted' | 'compacting' | 'expired';

export function metaNumber(environment: Environment, name: MetaName, slot: number): number {
  return (readMeta(environment, `${name}:${slot}`) as number | undefined) ?? 0;
}

/** Inside `durably`. */
export function putMetaNumber(environment: Environment, name: MetaName, slot: number, value: number): void {
  putMeta(environment, `${name}:${slot}`, value);
}

export function readMeta(environment: Environment, name: string): unknown {
  const bytes = environment.tables.meta.view(Buffer.from(name));
  return bytes === undefined ? undefined : unpack(bytes);
}

/** Inside `durably`. */
export function putMeta(environment: Environment, name: string, value: unknown): void {
  environment.tables.meta.put(Buffer.from(name), packPlain(value));
}

/** Inside `durably`. */
export function removeMeta(environment: Environment, name: string): void {
  environment.tables.meta.remove(Buffer.from(name));
}
