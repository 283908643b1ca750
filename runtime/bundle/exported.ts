/**
 * An actor's bundle, line by line: nothing but a page of its history is held.
 */
import { TroupeError } from '../../actors/troupeError.ts';
import { chainAfter, chainStart } from '../../storage/chain.ts';
import type { Commit, Seal } from '../../storage/commit.ts';
import type { Journal, Range } from '../../storage/journal.ts';
import { factOf, notFound } from '../history.ts';
import { plain } from '../http/plain.ts';
import { bundleVersion, recordOf } from './bundle.ts';
import type { BundleCommit, BundleHead } from './bundle.ts';

/** What only a runtime knows of it. */
export type Known = Pick<BundleHead, 'definition' | 'digest'>;

export async function* exported(
  journal: Journal,
  address: string,
  known: Known,
): AsyncGenerator<BundleHead | BundleCommit, void, undefined> {
  const standing = await journal.last(address);
  if (standing === undefined) throw notFound(address);
  if ((standing.erased?.historyTo ?? 0) > 0) {
    const text = `The history of ${address} was erased: there is nothing left that a bundle could hold.`;
    throw new TroupeError('CURSOR_GONE', text, { address });
  }
  const { seq, sealed, due } = standing;
  let chain: Uint8Array = chainStart;
  for await (const { header, payloadHash } of commitsOf(journal, address, seq))
    chain = chainAfter(chain, header, payloadHash());
  const seal = sealed ? await journal.seal(address) : undefined;
  yield {
    troupe: 'bundle',
    version: bundleVersion,
    address,
    seq,
    status: sealed ? 'sealed' : 'live',
    owes: due !== null,
    chain: Buffer.from(chain).toString('hex'),
    ...(seal !== undefined && { seal: JSON.parse(Buffer.from(seal).toString()) as Seal }),
    ...known,
  };
  for await (const commit of commitsOf(journal, address, seq)) yield lineOf(journal, commit);
}

async function lineOf(journal: Journal, commit: Commit): Promise<BundleCommit> {
  const { address, seq, to, facts, bodies } = commit;
  const bodyOf = bodies.length === 0 ? undefined : await journal.bodies(address, bodies);
  const record = recordOf(commit, bodyOf);
  const read = facts.flatMap((fact) =>
    fact.event === undefined ? [] : [plain(factOf(fact, fact.event, bodyOf))],
  );
  return { seq, to, facts: read, ...(record !== undefined && { record }) };
}

/** Up to where it stood when the bundle was begun. */
async function* commitsOf(
  journal: Journal,
  address: string,
  last: number,
): AsyncGenerator<Commit, void, undefined> {
  let range: Range | undefined = { before: last + 1 };
  while (range !== undefined) {
    const { commits, next } = await journal.read(address, range);
    yield* commits;
    range = next;
  }
}
