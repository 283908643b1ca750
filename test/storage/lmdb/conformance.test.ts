/**
 * The LMDB journal passes the suite that every journal passes.
 */
import { mkdtempSync, openSync, closeSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { TroupeError } from '../../../actors/troupeError.ts';
import { journalConformance } from '../../../storage/conformance.ts';
import type { AnyJournal, Place } from '../../../storage/conformance.ts';
import { Environment } from '../../../storage/lmdb/environment.ts';
import { joinLmdbJournal, openLmdbJournal } from '../../../storage/lmdb/journal.ts';
import type { LmdbJournal } from '../../../storage/lmdb/journal.ts';

const seed = process.env['SEED'] === undefined ? undefined : Number(process.env['SEED']);

function lmdbPlace(): Place {
  const root = mkdtempSync(join(tmpdir(), 'troupe-conformance-'));
  const directory = join(root, 'journal');
  let backups = 0;
  return {
    open: async () => openLmdbJournal({ directory }),
    takeOver: async () => openLmdbJournal({ directory, force: true }),
    join: async (journal: AnyJournal) => Promise.resolve(joinLmdbJournal((journal as LmdbJournal).share())),
    failNextWrite: failOnce,
    damage: (random) => flip(join(directory, 'data.mdb'), random),
    backups: {
      path: () => join(root, `backup-${++backups}`),
      open: async (path) => openLmdbJournal({ directory: path }),
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The next transaction of this thread fails as on a full disk. */
function failOnce(): void {
  vi.spyOn(Environment.prototype, 'durably').mockImplementationOnce(() => {
    throw new TroupeError('JOURNAL_FULL', 'No room.');
  });
}

/** One bit of one byte, not in the hole at the end. */
function flip(path: string, random: (below: number) => number): void {
  const written = readFileSync(path).findLastIndex((byte) => byte !== 0) + 1;
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  const at = random(written);
  readSync(file, byte, 0, 1, at);
  byte[0] = byte[0]! ^ (1 << random(8));
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
}

describe('the conformance suite, on LMDB', () => {
  const cases = journalConformance(lmdbPlace, seed === undefined ? {} : { seed });

  test.for(cases)('$name', { timeout: 60_000 }, async ({ run }, context) => {
    const outcome = await run();
    if (outcome !== undefined) context.skip(outcome.skipped);
    expect(outcome).toBeUndefined();
  });
});
