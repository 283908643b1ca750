/** Emmett with its PostgreSQL store, with the pool that it makes for itself. */
import { seated } from '../beside/seat.ts';
import { emmettSeat } from './emmett.ts';
import type { EventStore } from './emmett.ts';
import { installed } from './installed.ts';

interface Library {
  getPostgreSQLEventStore(connection: string): EventStore & {
    readonly schema: { migrate(): Promise<unknown> };
    close(): Promise<void>;
  };
}

await seated(async () => {
  const library = await installed<Library>('@event-driven-io/emmett-postgresql');
  const store = library.getPostgreSQLEventStore(process.env['BENCH_POSTGRES'] ?? '');
  await store.schema.migrate();
  return emmettSeat(store, async () => store.close());
});
