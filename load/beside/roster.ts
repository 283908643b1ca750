/**
 * Who is measured beside Troupe (V4): one line per file of load/peers/, with what it needs, how much of it is
 * asked for, and what has to be known beside its figure.
 */
export interface Peer {
  readonly name: string;
  /** The file in load/peers/, without its ending, where it is not called by its name. */
  readonly file?: string;
  readonly title: string;
  /** Packages of load/peers/ without which it cannot be driven. */
  readonly needs: readonly string[];
  readonly needsPostgres?: true;
  /** Sends without an answer at any time: as many as it makes good use of. */
  readonly inFlight: number;
  /** Sends a round, so that a round takes a second or less. */
  readonly sends: number;
  /** Whether its figure is one of those that goal V4 names; the others say where it lies. */
  readonly isRival: boolean;
  /** How it is driven and what its acknowledgement means. */
  readonly driven: string;
}

/** Sends a round with one in flight. */
export const aloneSends = 200;
export const actors = 100;

const emmett = '@event-driven-io/emmett';

export const roster: readonly Peer[] = [
  {
    name: 'troupe',
    title: 'Troupe, one worker',
    needs: [],
    inFlight: 2000,
    sends: 20_000,
    isRival: false,
    driven: 'each event a transition of its actor, a receipt after the flush.',
  },
  {
    name: 'troupeFew',
    file: 'troupe',
    title: 'Troupe, one in flight an actor',
    needs: [],
    inFlight: 100,
    sends: 10_000,
    isRival: false,
    driven: 'the same, as the peers below are asked.',
  },
  {
    name: 'restate',
    title: 'Restate',
    needs: ['@restatedev/restate-server', '@restatedev/restate-sdk', '@restatedev/restate-sdk-clients'],
    inFlight: 100,
    sends: 1000,
    isRival: true,
    driven:
      'a virtual object an actor with its state in Restate, the npm server binary with its defaults ' +
      '(flushes its log), served and called by one process over HTTP; each call is a whole invocation ' +
      'in its journal.',
  },
  {
    name: 'dbos',
    title: 'DBOS, a workflow an event',
    needs: ['@dbos-inc/dbos-sdk'],
    needsPostgres: true,
    inFlight: 100,
    sends: 500,
    isRival: true,
    driven: 'a workflow an event with one step, awaited; its result, not only its arrival, is kept.',
  },
  {
    name: 'dbosStep',
    title: 'DBOS, a step an event',
    needs: ['@dbos-inc/dbos-sdk'],
    needsPostgres: true,
    inFlight: 100,
    sends: 2000,
    isRival: true,
    driven:
      'a long workflow an actor, a step an event, acknowledged when the step is recorded; the event comes ' +
      'through memory, so delivery is not paid for.',
  },
  {
    name: 'emmettPostgres',
    title: 'Emmett, PostgreSQL',
    needs: [emmett, '@event-driven-io/emmett-postgresql'],
    needsPostgres: true,
    inFlight: 100,
    sends: 2000,
    isRival: true,
    driven:
      'appendToStream of one event with its expected version, its own pool; nothing is read or computed, ' +
      'which its command handler would do.',
  },
  {
    name: 'emmettSqlite',
    title: 'Emmett, SQLite',
    needs: [emmett, '@event-driven-io/emmett-sqlite'],
    inFlight: 1,
    sends: 2000,
    isRival: true,
    driven:
      'the same on one connection, one append at a time: more of them there would share a transaction, and ' +
      'with a connection for each call, as it has by itself, they fail with SQLITE_BUSY.',
  },
  {
    name: 'xstateSqlite',
    title: 'XState and better-sqlite3',
    needs: ['better-sqlite3'],
    inFlight: 1,
    sends: 4000,
    isRival: false,
    driven: 'its snapshot put into its row as JSON after each event, a transaction a send, synchronous=FULL.',
  },
  {
    name: 'sqliteGroup',
    title: 'SQLite, group commit by hand',
    needs: ['better-sqlite3'],
    inFlight: 2000,
    sends: 40_000,
    isRival: false,
    driven:
      'no actors: rows (actor, seq, event as JSON), one transaction for all that came in one turn of the ' +
      'event loop, synchronous=FULL.',
  },
  {
    name: 'lmdbPlain',
    title: 'LMDB, put and flushed',
    needs: [],
    inFlight: 2000,
    sends: 60_000,
    isRival: false,
    driven: 'no actors: keys [actor, seq], lmdb’s own batching and encoding, waiting for `flushed`.',
  },
  {
    name: 'floor',
    title: 'LMDB, one value a group (floor)',
    needs: [],
    inFlight: 2000,
    sends: 60_000,
    isRival: false,
    driven: 'no actors: the bytes of all that came in one turn of the event loop as one value in key order.',
  },
];
