/** What people write today: an XState actor in memory, its snapshot upserted as JSON after each event. */
import { createActor } from 'xstate';
import { actors } from '../beside/roster.ts';
import { seated } from '../beside/seat.ts';
import { counting } from '../chart.ts';
import { countOf, openSqlite } from './betterSqlite.ts';

await seated(async (directory) => {
  const database = await openSqlite(directory);
  database.exec('CREATE TABLE actors (id TEXT PRIMARY KEY, snapshot TEXT NOT NULL) WITHOUT ROWID');
  const upsert = database.prepare(
    'INSERT INTO actors VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET snapshot = excluded.snapshot',
  );
  const cast = Array.from({ length: actors }, () => createActor(counting).start());
  return {
    send: (index, event) => {
      const actor = cast[index];
      if (actor === undefined) throw new Error(`no actor ${index}`);
      actor.send(event);
      upsert.run(`run/${index}`, JSON.stringify(actor.getPersistedSnapshot()));
    },
    stored: () => countOf(database, "SELECT sum(snapshot ->> '$.context.count') AS n FROM actors"),
    close: () => void database.close(),
  };
});
