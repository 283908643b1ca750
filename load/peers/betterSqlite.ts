/**
 * The part of better-sqlite3 that is driven here, and a database of it whose commits are flushed: it comes
 * with synchronous=FULL, but a build may say otherwise, so it is set and asked.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { installed } from './installed.ts';

interface Statement {
  run(...values: readonly (string | number)[]): unknown;
  get(...values: readonly (string | number)[]): unknown;
}

export interface Sqlite {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  pragma(sql: string, options?: { readonly simple: boolean }): unknown;
  transaction<Items extends readonly unknown[]>(work: (...items: Items) => void): (...items: Items) => void;
  close(): unknown;
}

export async function openSqlite(directory: string): Promise<Sqlite> {
  const library = await installed<{ default: new (path: string) => Sqlite }>('better-sqlite3');
  const database = new library.default(join(directory, 'events.sqlite'));
  assert.equal(database.pragma('journal_mode = WAL', { simple: true }), 'wal');
  database.pragma('synchronous = FULL');
  assert.equal(database.pragma('synchronous', { simple: true }), 2);
  return database;
}

/** The number that a query gives as `n`. */
export function countOf(database: Sqlite, sql: string): number {
  const { n } = database.prepare(sql).get() as { readonly n: number };
  return n;
}
