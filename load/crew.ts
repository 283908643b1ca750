/**
 * Work for a journal: actors that take turns, and their commits of one event of 230 bytes, as a stream of
 * text deltas would be. Each event says whose it is and which, so that what is read back can be checked.
 */
import assert from 'node:assert/strict';
import { chainStart, encodeCommit, pack, unpack } from '../storage/index.ts';
import type { Commit, CommitDraft, EncodedCommit, Journal } from '../storage/index.ts';

export const eventBytes = 230;
const start = 1_750_000_000_000;
const filling = 'The quick brown fox jumps over the lazy dog, and then it does so again. '.repeat(4);

interface Member {
  readonly address: string;
  seq: number;
  chain: Uint8Array;
}

export class Crew {
  readonly #members: readonly Member[];
  #next = 0;

  constructor(size: number, kind = 'run') {
    this.#members = Array.from({ length: size }, (_, i) => ({
      address: `${kind}/${String(i).padStart(6, '0')}`,
      seq: 0,
      chain: chainStart,
    }));
  }

  get size(): number {
    return this.#members.length;
  }

  /** The next commits of the next actors, one each; they are to be encoded in this order. */
  turn(commits: number): CommitDraft[] {
    assert(commits <= this.size, 'an actor has one commit a turn');
    return Array.from({ length: commits }, () => {
      const member = this.#member(this.#next++ % this.size);
      return draftOf(member.address, ++member.seq);
    });
  }

  /** A commit more of one actor. */
  draft(index: number): CommitDraft {
    const member = this.#member(index);
    return draftOf(member.address, ++member.seq);
  }

  /** Drafts of this crew as bytes, each chained onto its actor's commit before. */
  encoded(drafts: readonly CommitDraft[]): EncodedCommit[] {
    return drafts.map((draft) => {
      const member = this.#member(Number(draft.address.slice(-6)));
      const commit = encodeCommit(draft, member.chain);
      member.chain = commit.chain;
      member.seq = commit.to;
      return commit;
    });
  }

  address(index: number): string {
    return this.#member(index).address;
  }

  seq(index: number): number {
    return this.#member(index).seq;
  }

  get commits(): number {
    return this.#members.reduce((sum, { seq }) => sum + seq, 0);
  }

  /** A few actors end where the crew says, with the content it gave them. */
  async assertStored(journal: Journal): Promise<void> {
    for (const index of new Set([0, this.size >> 1, this.size - 1])) {
      const { address, seq } = this.#member(index);
      assert.equal((await journal.last(address))?.seq ?? 0, seq, `${address} ends at ${seq}`);
      if (seq === 0) continue;
      const { commits } = await journal.read(address, { reverse: true, limit: 1 });
      assertContent(commits[0], address, seq);
    }
  }

  #member(index: number): Member {
    const member = this.#members[index];
    assert(member !== undefined, `actor ${index} of ${this.size}`);
    return member;
  }
}

function draftOf(address: string, seq: number): CommitDraft {
  const event = { type: 'message.delta', address, seq, text: filling.slice(0, 200) };
  const surplus = pack(event).bytes.length - eventBytes;
  const { bytes } = pack({ ...event, text: event.text.slice(0, 200 - surplus) });
  return { address, seq, facts: [{ event: bytes, at: start + seq }] };
}

/** The commit is this one of this actor, with this content. */
export function assertContent(commit: Commit | undefined, address: string, seq: number): void {
  const event = commit?.facts[0]?.event;
  assert(event !== undefined, `${address} has a commit at ${seq}`);
  assert.equal(event.length, eventBytes);
  const { text, ...rest } = unpack(event) as { text: string };
  assert.deepEqual(rest, { type: 'message.delta', address, seq });
  assert(filling.startsWith(text));
}
