/**
 * The reference journal passes the suite; what is its own is tested here.
 */
import { describe, expect, test } from 'vitest';
import { isTroupeError, TroupeError } from '../../actors/troupeError.ts';
import { journalConformance } from '../../storage/conformance.ts';
import type { Place } from '../../storage/conformance.ts';
import { noted } from '../../storage/conformance/drafts.ts';
import { Model } from '../../storage/conformance/model.ts';
import { newMemory, openMemoryJournal } from '../../storage/memory.ts';

const seed = process.env['SEED'] === undefined ? undefined : Number(process.env['SEED']);

function memoryPlace(): Place {
  const memory = newMemory();
  let isFull = false;
  const failure = (): TroupeError | undefined => {
    if (!isFull) return undefined;
    isFull = false;
    return new TroupeError('JOURNAL_FULL', 'No room.');
  };
  return {
    open: async () => Promise.resolve(openMemoryJournal(memory, { failure })),
    takeOver: async () => Promise.resolve(openMemoryJournal(memory)),
    join: async (journal) => Promise.resolve(journal),
    failNextWrite: () => {
      isFull = true;
    },
    damage: (random) => {
      const { record } = memory.log[random(memory.log.length)]!;
      const at = random(record.length);
      record[at] = record[at]! ^ (1 << random(8));
    },
  };
}

describe('the conformance suite, on memory', () => {
  const cases = journalConformance(memoryPlace, seed === undefined ? {} : { seed });

  test.for(cases)('$name', { timeout: 60_000 }, async ({ run }, context) => {
    const outcome = await run();
    if (outcome !== undefined) context.skip(outcome.skipped);
    expect(outcome).toBeUndefined();
  });
});

describe('a journal in memory', () => {
  test('it lives as long as its memory, not as long as a journal on it', async () => {
    const memory = newMemory();
    const model = new Model();
    const first = openMemoryJournal(memory);
    await model.append(await first.writer(0), [noted('run/a')]);
    await first.close();
    expect((await openMemoryJournal(memory).last('run/a'))?.seq).toBe(1);
    expect(await openMemoryJournal().last('run/a')).toBeUndefined();
  });

  test('its records are its own: what the caller does to his bytes later changes nothing', async () => {
    const model = new Model();
    const journal = openMemoryJournal();
    const [commit] = model.encoded([noted('run/a')]);
    await (await journal.writer(0)).append([commit!]);
    commit!.record.fill(0);
    expect((await journal.read('run/a')).commits[0]?.seq).toBe(1);
  });

  test('a backup is refused with UNSUPPORTED', async () => {
    const error = await openMemoryJournal()
      .backup('somewhere')
      .catch((reason: unknown) => reason);
    expect(isTroupeError(error, 'UNSUPPORTED')).toBe(true);
  });
});
