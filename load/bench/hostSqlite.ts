/**
 * How does it compare with what people write today (V3): an XState actor whose snapshot is put into SQLite as
 * JSON after each event, one transaction a send, flushed? The driver is node:sqlite, built into Node:
 * better-sqlite3 has to be compiled against headers that the machine does not have; both call the same C
 * library in the caller's thread, and what costs here is the flush.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createActor } from 'xstate';
import { counting } from '../chart.ts';
import { Crowd, note, openHost } from '../crowd.ts';
import { PlainFile, scratch } from '../disk.ts';
import { inTurns, median, medianRatio, rate } from '../measure.ts';
import { bench, goal, short, spreadOf, times } from '../report.ts';
import type { Report } from '../report.ts';

const actors = 1000;
const inFlight = 2000;
const sends = 20_000;
const kept = 1000;
const flushes = 100;
const rounds = 5;
const wanted = 25;

/** Actors in memory, each with its row. */
class KeptActors {
  readonly #cast = Array.from({ length: actors }, () => createActor(counting).start());
  readonly #database: DatabaseSync;
  readonly #upsert: ReturnType<DatabaseSync['prepare']>;
  #sent = 0;

  constructor(directory: string) {
    this.#database = new DatabaseSync(join(directory, 'actors.sqlite'));
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE actors (id TEXT PRIMARY KEY, snapshot TEXT NOT NULL) WITHOUT ROWID;
    `);
    assert.equal(this.#database.prepare('PRAGMA synchronous').get()?.['synchronous'], 2);
    this.#upsert = this.#database.prepare(
      'INSERT INTO actors VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET snapshot = excluded.snapshot',
    );
  }

  send(count: number): number {
    for (let i = 0; i < count; i++) {
      const index = this.#sent % actors;
      const actor = this.#cast[index];
      assert(actor !== undefined);
      actor.send(note(this.#sent++));
      this.#upsert.run(`run/${index}`, JSON.stringify(actor.getPersistedSnapshot()));
    }
    return count;
  }

  assertKept(count: number): void {
    assert.equal(this.#sent, count);
    const { total } = this.#database
      .prepare("SELECT sum(snapshot ->> '$.context.count') AS total FROM actors")
      .get() as { total: number };
    assert.equal(total, count);
    this.#database.close();
  }
}

await bench(measure);

async function measure(): Promise<Report> {
  const troupe = await openHost(scratch('host'), { workers: 1 });
  const crowd = new Crowd(troupe, actors);
  const diy = new KeptActors(scratch('sqlite'));
  const file = new PlainFile(scratch('page'));
  const samples = await inTurns(rounds, () => ({
    page: async () => rate(() => pages(file)),
    sqlite: async () => rate(() => diy.send(kept)),
    troupe: async () => rate(async () => crowd.send(sends, inFlight)),
  }));
  assert.equal(crowd.sends, sends * (rounds + 1));
  await crowd.assertDone();
  await troupe.close();
  diy.assertKept(kept * (rounds + 1));
  file.close();
  return reportOf(samples);
}

/** What one flush costs just now: what the upserts wait for. */
function pages(file: PlainFile): number {
  for (let i = 0; i < flushes; i++) file.appendPage();
  return flushes;
}

function reportOf(samples: Readonly<Record<'page' | 'sqlite' | 'troupe', readonly number[]>>): Report {
  const ratio = medianRatio(samples.troupe, samples.sqlite);
  const ratios = samples.troupe.map((figure, i) => figure / (samples.sqlite[i] ?? 0));
  const spread = `${Math.min(...ratios).toFixed(1)} – ${Math.max(...ratios).toFixed(1)} ×`;
  const { version } = process;
  return {
    name: 'hostSqlite',
    question: 'How does it compare with XState and SQLite by hand?',
    settings: [
      `${actors} actors; ${rounds} rounds of ${short(sends)} sends with ${inFlight} in flight, and of ` +
        `${short(kept)} upserts, taking turns.`,
      `By hand: actors stay in memory, each send upserts the actor’s snapshot as JSON in a ` +
        `transaction of its ` +
        `own, WAL with synchronous=FULL, by node:sqlite of Node ${version}. It keeps no history.`,
    ],
    tables: [
      {
        columns: ['', 'of SQLite by hand', 'spread', 'sends/s'],
        rows: [
          ['XState and SQLite, a transaction a send', times(1), '', short(median(samples.sqlite))],
          ['write and fdatasync of 4 KiB, one by one', '', '', short(median(samples.page))],
          ['Troupe, one worker', times(ratio), spread, short(median(samples.troupe))],
        ],
      },
    ],
    goals: [
      goal(
        `V3: ≥ ${wanted} × XState and SQLite by hand`,
        times(ratio, wanted),
        ratio >= wanted,
        spreadOf(ratios),
      ),
    ],
  };
}
