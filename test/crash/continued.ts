/**
 * What a writer needs of an actor it did not write itself: where its history ends, and the chain there.
 */
import { chainAfter, chainStart } from '../../storage/chain.ts';
import type { EncodedCommit } from '../../storage/commit.ts';
import type { Journal, Range } from '../../storage/journal.ts';

export interface End {
  readonly seq: number;
  readonly chain: Uint8Array;
}

/** Stands in for the actor's last commit, of which a model looks at nothing else; undefined: none yet. */
export async function continued(
  journal: Journal,
  address: string,
  known: End = { seq: 0, chain: chainStart },
): Promise<EncodedCommit | undefined> {
  const sealed = (await journal.last(address))?.sealed === true;
  let { seq, chain } = known;
  for (let range: Range | undefined = { after: seq }; range !== undefined;) {
    const page = await journal.read(address, range);
    for (const commit of page.commits) {
      chain = chainAfter(chain, commit.header, commit.payloadHash());
      seq = commit.to;
    }
    range = page.next;
  }
  return seq === 0 ? undefined : standIn(address, { seq, chain }, sealed);
}

export function standIn(address: string, { seq, chain }: End, sealed: boolean): EncodedCommit {
  const draft = { address, seq, facts: [] };
  const commit = { draft, to: seq, chain: Buffer.from(chain), record: Buffer.alloc(0) };
  // Whoever asks whether an actor has ended looks only whether there is a seal.
  return sealed ? { ...commit, seal: {} as NonNullable<EncodedCommit['seal']> } : commit;
}
