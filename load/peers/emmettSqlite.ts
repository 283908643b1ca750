/** Emmett with its SQLite store on one connection, which SQLite's defaults make flush each commit. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { seated } from '../beside/seat.ts';
import { emmettSeat } from './emmett.ts';
import type { EventStore } from './emmett.ts';
import { installed } from './installed.ts';

interface Connection {
  querySingle(sql: string): Promise<Readonly<Record<string, unknown>> | null>;
  close(): void;
}

interface Library {
  sqliteConnection(options: { readonly fileName: string }): Connection;
  getSQLiteEventStore(options: object): EventStore & { readonly schema: { migrate(): Promise<void> } };
}

await seated(async (directory) => {
  const library = await installed<Library>('@event-driven-io/emmett-sqlite');
  const fileName = join(directory, 'events.sqlite');
  const connection = library.sqliteConnection({ fileName });
  // Its own pragma may not have been run yet: this one has, when it is answered.
  const told = [
    await connection.querySingle('PRAGMA journal_mode = WAL'),
    await connection.querySingle('PRAGMA synchronous'),
  ];
  assert.deepEqual(told, [{ journal_mode: 'wal' }, { synchronous: 2 }]);
  // By itself the store opens a connection for each call, whose first statements get in each other's way.
  const store = library.getSQLiteEventStore({ fileName, connectionOptions: { singleton: true, connection } });
  await store.schema.migrate();
  return emmettSeat(store, () => connection.close());
});
