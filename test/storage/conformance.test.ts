/**
 * The suite can fail: each of these journals breaks one rule, and the case of that rule finds it.
 */
import { describe, expect, test, vi } from 'vitest';
import { TroupeError } from '../../actors/troupeError.ts';
import { journalConformance } from '../../storage/conformance.ts';
import type { AnyJournal, Place } from '../../storage/conformance.ts';
import { newMemory, openMemoryJournal } from '../../storage/memory.ts';
import type { MemoryJournal } from '../../storage/memory.ts';
import { sabotages } from './conformance/sabotages.ts';
import type { Sabotage } from './conformance/sabotages.ts';

// The random case takes seconds to find some of them, and more where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

/** The journal as an object of its own methods, so that some can be exchanged or left out. */
function methodsOf(journal: MemoryJournal): MemoryJournal {
  return {
    medium: journal.medium,
    writer: async (slot) => journal.writer(slot),
    read: async (...all) => journal.read(...all),
    last: async (address) => journal.last(address),
    snapshot: async (...all) => journal.snapshot(...all),
    seal: async (address) => journal.seal(address),
    bodies: async (...all) => journal.bodies(...all),
    rows: async (query) => journal.rows(query),
    due: async (query) => journal.due(query),
    usage: async (...all) => journal.usage(...all),
    tail: async (...all) => journal.tail(...all),
    stats: () => journal.stats(),
    close: async () => journal.close(),
    erase: async (...all) => journal.erase(...all),
    expire: async (bounds) => journal.expire(bounds),
    backup: async (path) => journal.backup(path),
    compact: async () => journal.compact(),
  };
}

async function played({ found, broken, place }: Sabotage, isBroken: boolean): Promise<unknown> {
  const newPlace = (): Place => {
    const memory = newMemory();
    let isFull = false;
    const failure = (): TroupeError | undefined => {
      const error = isFull ? new TroupeError('JOURNAL_FULL', 'No room.') : undefined;
      isFull = false;
      return error;
    };
    const open = async (): Promise<AnyJournal> => {
      const journal = openMemoryJournal(memory, { failure });
      return Promise.resolve({ ...methodsOf(journal), ...(isBroken ? broken(journal, memory) : {}) });
    };
    const failNextWrite = (): void => {
      isFull = true;
    };
    return { open, failNextWrite, ...(isBroken ? place?.(memory) : {}) };
  };
  const one = journalConformance(newPlace, { seed: 1 }).find(({ name }) => name.startsWith(found));
  return one?.run().then(
    () => 'passed',
    () => 'failed',
  );
}

describe.each(sabotages)('a journal that $does', (sabotage) => {
  test('fails the case of that rule', async () => expect(await played(sabotage, true)).toBe('failed'));
  test('passes it without that', async () => expect(await played(sabotage, false)).toBe('passed'));
});

describe('the suite', () => {
  const place = (): Place => ({ open: async () => Promise.resolve(openMemoryJournal(newMemory())) });

  test('has a case for each rule, named by its number', () => {
    const names = journalConformance(place).map(({ name }) => name);
    const rules = new Set(names.flatMap((name) => (name.split(':')[0] ?? '').match(/J\d+/g) ?? []));
    expect([...rules].toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)))).toEqual(
      Array.from({ length: 12 }, (_, i) => `J${i + 1}`),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  test('gives a reason for each case that it skips', async () => {
    const bare = (): Place => ({
      open: async () => {
        const journal: AnyJournal = methodsOf(openMemoryJournal());
        for (const ability of ['erase', 'expire', 'backup', 'compact'] as const) delete journal[ability];
        return Promise.resolve(journal);
      },
    });
    const [failing, compacting] = ['J5: ', 'J9: a cursor from before a compaction'].map((start) =>
      journalConformance(bare).find(({ name }) => name.startsWith(start)),
    );
    expect(await failing?.run()).toEqual({ skipped: 'this place cannot make a write fail' });
    expect(await compacting?.run()).toEqual({ skipped: 'this journal does not compact' });
  });

  test('names the seed of its random case, and repeats a life by it', async () => {
    const random = journalConformance(place, { seed: 42, rounds: 1 }).at(-1);
    expect(random?.name).toContain('seed 42');
    expect(await random?.run()).toBeUndefined();
    const broken = (): Place => ({
      open: async () => {
        const journal = openMemoryJournal(newMemory());
        return Promise.resolve({
          ...methodsOf(journal),
          seal: async () => Promise.resolve(Buffer.from('{}')),
        });
      },
    });
    const failure = async (): Promise<string> =>
      (await journalConformance(broken, { seed: 42 }).at(-1)?.run().catch(String)) as string;
    const first = await failure();
    expect(first).toMatch(/^Error: seed 42: /);
    expect(await failure()).toBe(first);
  });
});
