/** SQLite by hand at its best: an event a row, and one flushed transaction for all of one turn. */
import { actors } from '../beside/roster.ts';
import { seated } from '../beside/seat.ts';
import { together } from '../beside/together.ts';
import { countOf, openSqlite } from './betterSqlite.ts';

type Row = readonly [actor: number, seq: number, event: string];

await seated(async (directory) => {
  const database = await openSqlite(directory);
  database.exec(
    'CREATE TABLE events (actor INTEGER, seq INTEGER, event TEXT NOT NULL, PRIMARY KEY (actor, seq)) ' +
      'WITHOUT ROWID',
  );
  const insert = database.prepare('INSERT INTO events VALUES (?, ?, ?)');
  const insertAll = database.transaction((rows: readonly Row[]) => {
    for (const row of rows) insert.run(...row);
  });
  const append = together<Row>((rows) => insertAll(rows));
  const seqs = new Uint32Array(actors);
  return {
    send: async (actor, event) => {
      const seq = (seqs[actor] ?? 0) + 1;
      seqs[actor] = seq;
      return append([actor, seq, JSON.stringify(event)]);
    },
    stored: () => countOf(database, 'SELECT count(*) AS n FROM events'),
    close: () => void database.close(),
  };
});
