/** Every history of a directory, read from the journal, its chain checked and its words decoded. */
import { strict as assert } from 'node:assert';
import type { Intent } from '../../../runtime/host/ledger.ts';
import type { Reached } from '../../../storage/commit.ts';
import type { Journal, Range } from '../../../storage/journal.ts';
import { unpack } from '../../../storage/values.ts';
import { verify } from '../../../storage/verify.ts';

/** An event as it was recorded. */
export type Word = { readonly type: string } & Readonly<Record<string, unknown>>;

export interface Fact {
  readonly seq: number;
  readonly at: number;
  readonly event: Word;
  readonly id: string | undefined;
  readonly by: string | undefined;
}

export interface Recorded {
  readonly at: number;
  readonly facts: readonly Fact[];
  readonly intents: readonly Intent[];
  readonly reached: Reached | undefined;
}

export interface History {
  readonly address: string;
  readonly sealed: boolean;
  readonly commits: readonly Recorded[];
}

export type Histories = ReadonlyMap<string, History>;

export async function historiesIn(journal: Journal): Promise<Histories> {
  const histories = new Map<string, History>();
  let after: string | undefined;
  do {
    const page = await journal.rows(after === undefined ? {} : { after });
    for (const { address } of page.rows) histories.set(address, await historyOf(journal, address));
    after = page.next;
  } while (after !== undefined);
  return histories;
}

async function historyOf(journal: Journal, address: string): Promise<History> {
  const verified = await verify(journal, address);
  assert(verified.ok, `${address}: ${JSON.stringify(verified)}`);
  const standing = await journal.last(address);
  const commits: Recorded[] = [];
  let seq = 0;
  for (let range: Range | undefined = { after: 0 }; range !== undefined;) {
    const page = await journal.read(address, range);
    for (const commit of page.commits) {
      const facts = commit.facts.map(({ seq: own, at, event, id, by }) => {
        assert.equal(own, ++seq, `${address}: its facts are numbered without gaps`);
        return { seq: own, at, event: unpack(event!) as Word, id, by };
      });
      // The log's intents are the host's own, as ledger.ts has them.
      const intents = commit.intents as readonly Intent[];
      commits.push({ at: commit.at, facts, intents, reached: commit.reached });
    }
    range = page.next;
  }
  assert.equal(standing?.seq, seq, `${address}: its row ends where its history ends`);
  return { address, sealed: standing.sealed, commits };
}
