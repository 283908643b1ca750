/**
 * Journals that break one rule each: negative controls of the conformance suite.
 */
import type { Place } from '../../../storage/conformance.ts';
import type { Writer } from '../../../storage/journal.ts';
import type { Memory, MemoryJournal } from '../../../storage/memory.ts';
import { entryOf } from '../../../storage/memory/medium.ts';

export type Broken = (journal: MemoryJournal, memory: Memory) => Partial<MemoryJournal>;

export interface Sabotage {
  readonly does: string;
  /** The case that finds it begins with this. */
  readonly found: string;
  readonly broken: Broken;
  readonly place?: (memory: Memory) => Partial<Place>;
}

/** The journal with other writers: each of its own, changed in something. */
const withWriter =
  (change: (writer: Writer) => Partial<Writer>): Broken =>
  (journal) => ({
    writer: async (slot) => {
      const writer = await journal.writer(slot);
      return {
        slot,
        append: async (...all) => writer.append(...all),
        resume: async () => writer.resume(),
        close: async () => writer.close(),
        ...change(writer),
      };
    },
  });

export const sabotages: readonly Sabotage[] = [
  {
    does: 'appends only the first of several commits',
    found: 'J2: the commits of one append',
    broken: withWriter((writer) => ({ append: async (commits) => writer.append(commits.slice(0, 1)) })),
  },
  {
    does: 'forgets a history when it is closed',
    found: 'J2: what an append wrote',
    broken: (journal, memory) => ({
      close: async () => {
        memory.actors.clear();
        return journal.close();
      },
    }),
  },
  {
    does: 'takes no notice of a conflict',
    found: 'J3: ',
    broken: withWriter((writer) => ({
      append: async (...all) => writer.append(...all).catch(() => undefined),
    })),
  },
  {
    does: 'is ready at once after a failed write',
    found: 'J5: ',
    broken: withWriter((writer) => ({
      append: async (...all) =>
        writer.append(...all).catch(async (error: unknown) =>
          writer.resume().then(() => {
            throw error;
          }),
        ),
    })),
  },
  {
    does: 'gives the same writer of a slot twice',
    found: 'J6: a newer writer',
    broken: (journal) => {
      const writers = new Map<number, Promise<Writer>>();
      return {
        writer: async (slot) => {
          const writer = writers.get(slot) ?? journal.writer(slot);
          writers.set(slot, writer);
          return writer;
        },
      };
    },
  },
  {
    does: 'shows rows one append late',
    found: 'J7: every read agrees',
    broken: (journal) => {
      let late = journal.rows();
      return {
        rows: async () => {
          const page = await late;
          late = journal.rows();
          return page;
        },
      };
    },
  },
  {
    does: 'leads nowhere after the first page',
    found: 'J8: a long history',
    broken: (journal) => ({
      read: async (...all) => ({ ...(await journal.read(...all)), next: undefined }),
    }),
  },
  {
    does: 'takes `after` for inclusive',
    found: 'J8: every range',
    broken: (journal) => ({
      read: async (address, range = {}) => journal.read(address, { ...range, after: (range.after ?? 0) - 1 }),
    }),
  },
  {
    does: 'does not look at labels',
    found: 'J7: rows are filtered',
    broken: (journal) => ({
      rows: async (query = {}) => journal.rows({ ...query, labels: {} }),
    }),
  },
  {
    does: 'gives due work in no order',
    found: 'J7: due work',
    broken: (journal) => ({ due: async (query) => (await journal.due(query)).toReversed() }),
  },
  {
    does: 'counts no usage of a second writer',
    found: 'J7: usage',
    broken: (journal) => ({
      usage: async (...all) => (await journal.usage(...all)).map((entry) => ({ ...entry, counts: [1, 2] })),
    }),
  },
  {
    does: 'gives the newest snapshot, whatever is asked for',
    found: 'J11: the newest snapshot',
    broken: (journal) => ({ snapshot: async (address) => journal.snapshot(address) }),
  },
  {
    does: 'skips a commit in the tail',
    found: 'J9: the tail goes on',
    broken: (journal) => ({
      tail: async (...all) => {
        const page = await journal.tail(...all);
        return { ...page, commits: page.commits.filter(({ seq }) => seq !== 3) };
      },
    }),
  },
  {
    does: 'gives a moved actor in the order of slots',
    found: 'J9: an actor that moves',
    broken: (journal) => ({
      tail: async (cursor) => {
        const page = await journal.tail(cursor, 1000);
        return { ...page, commits: page.commits.toReversed() };
      },
    }),
  },
  {
    does: 'erases nothing',
    found: 'J10: erased payloads',
    broken: () => ({ erase: async () => Promise.resolve() }),
  },
  {
    does: 'erases the seal with the history',
    found: 'J10: an erased history',
    broken: (journal, memory) => ({
      erase: async (address, what) => {
        await journal.erase(address, what);
        memory.actors.get(address)!.seal = undefined;
      },
    }),
  },
  {
    does: 'lets a forgotten address be born again',
    found: 'J4: a forgotten address',
    broken: (journal, memory) => ({
      expire: async (bounds) => {
        const expired = await journal.expire(bounds);
        memory.forgotten.clear();
        return expired;
      },
    }),
  },
  {
    does: 'passes over what retention took',
    found: 'J9: a cursor older',
    broken: (journal, memory) => ({
      expire: async (bounds) => {
        const expired = await journal.expire(bounds);
        memory.expiredTo = 0;
        return expired;
      },
    }),
  },
  {
    does: 'loses a commit in compaction',
    found: 'J7: every answer is the same',
    broken: (journal, memory) => ({
      compact: async () => {
        for (const { entries } of memory.actors.values()) entries.splice(1, 1);
        return journal.compact();
      },
    }),
  },
  {
    does: 'reads damaged bytes as if they were whole',
    found: 'J12: ',
    broken: () => ({}),
    place: (memory) => ({
      damage: () => {
        const entry = memory.log[7]!;
        entry.record[entry.record.length - 1]! ^= 1;
        Object.assign(entry, entryOf(entry.address, entry.seq, entry.to, entry.record));
      },
    }),
  },
];
