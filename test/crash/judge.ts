/**
 * Compares what a journal answers after a kill with what its child has told: everything acknowledged is
 * there, what was in flight is there wholly or not at all, and nothing else.
 */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import type { EncodedCommit } from '../../storage/commit.ts';
import { assertAnswers } from '../../storage/conformance/answers.ts';
import type { Model } from '../../storage/conformance/model.ts';
import type { Random } from '../../storage/conformance/random.ts';
import type { Journal, StoredSnapshot } from '../../storage/journal.ts';
import { unpack } from '../../storage/values.ts';
import { verify } from '../../storage/verify.ts';
import type { Bounds, Line } from './story.ts';

/** What one pipe left open. */
type Pending = Appending | Erasing;

interface Appending {
  readonly commits: readonly EncodedCommit[];
  readonly snapshots: readonly StoredSnapshot[];
}

interface Erasing {
  readonly address: string;
  readonly which: 'bodies' | 'history';
}

/** Where an actor stands, by the journal or by a thread that has looked. */
export interface Seen {
  readonly seq: number;
  readonly bodiesTo: number;
  readonly historyTo: number;
}

/** A backup, and what it must hold and must not hold. */
export interface Backup {
  readonly path: string;
  readonly least: ReadonlyMap<string, number>;
  readonly erased: ReadonlyMap<string, number>;
}

export interface Verdict {
  readonly acknowledged: number;
  readonly inFlight: number;
  readonly survived: number;
  readonly backups: readonly Backup[];
}

interface Fate {
  readonly address: string;
  readonly fate: 'forgotten' | 'erased';
}

/** Brings the model up to where the child was killed. */
export class Judge {
  readonly #model: Model;
  readonly #journal: Journal;
  #acknowledged = 0;
  #inFlight = 0;
  #survived = 0;
  /** With the moment they were acknowledged: what each actor had reached, and lost. */
  readonly #reached: { readonly at: number; readonly address: string; readonly to: number }[] = [];
  readonly #lost: { readonly at: number; readonly address: string; readonly to: number }[] = [];

  constructor(model: Model, journal: Journal) {
    this.#model = model;
    this.#journal = journal;
    for (const { address, bodiesTo } of model.told.values()) {
      this.#reached.push({ at: -1, address, to: model.seqOf(address) });
      this.#lost.push({ at: -1, address, to: bodiesTo });
    }
  }

  /** `pipes`: the child's own first, then one a slot. */
  async judge(pipes: readonly (readonly Line[])[]): Promise<Verdict> {
    const [own = [], ...slots] = pipes;
    const failed = pipes.flat().find(({ what }) => what === 'failed');
    assert.equal(failed, undefined, `the child failed: ${JSON.stringify(failed)}`);
    await this.#expired(own);
    for (const lines of slots) await this.#slot(lines);
    return {
      acknowledged: this.#acknowledged,
      inFlight: this.#inFlight,
      survived: this.#survived,
      backups: this.#backups(own),
    };
  }

  async #slot(lines: readonly Line[]): Promise<void> {
    let pending: Pending | undefined;
    for (const line of lines) {
      if (line.what === 'try') pending = this.#tried(line);
      else if (line.what === 'erase') pending = line;
      else if (line.what === 'ack' && pending !== undefined) {
        this.#apply(pending, line.at);
        this.#acknowledged++;
        pending = undefined;
      } else if (line.what === 'start') {
        const seen = new Map(line.actors.map((actor) => [actor.address, actor]));
        await this.#settle(pending, async (address) => seen.get(address) ?? this.#now(address), line.at);
        pending = undefined;
      }
    }
    await this.#settle(pending, async (address) => this.#now(address), Infinity);
  }

  #tried({ parts, snapshots }: Line & { what: 'try' }): Pending {
    const snapped = snapshots.map(({ address, bytes }) => this.#model.snapshotOf(address, bytes));
    return { commits: this.#model.encoded(parts), snapshots: snapped };
  }

  async #now(address: string): Promise<Seen> {
    const standing = await this.#journal.last(address);
    const { bodiesTo = 0, historyTo = 0 } = standing?.erased ?? {};
    return { seq: standing?.seq ?? 0, bodiesTo, historyTo };
  }

  /** In flight: all of it, or none. */
  async #settle(
    pending: Pending | undefined,
    look: (address: string) => Promise<Seen>,
    at: number,
  ): Promise<void> {
    if (pending === undefined) return;
    this.#inFlight++;
    const isThere =
      'which' in pending
        ? this.#isErased(pending, await look(pending.address))
        : await isWhole(pending, look);
    if (isThere) {
      this.#survived++;
      this.#apply(pending, at);
    }
  }

  #isErased({ address, which }: Erasing, seen: Seen): boolean {
    return (which === 'bodies' ? seen.bodiesTo : seen.historyTo) >= this.#model.seqOf(address);
  }

  #apply(pending: Pending, at: number): void {
    if ('which' in pending) {
      this.#lost.push({ at, address: pending.address, to: this.#model.seqOf(pending.address) });
      this.#model.erased(pending.address, pending.which);
      return;
    }
    this.#model.took(pending.commits, pending.snapshots);
    for (const { draft, to } of pending.commits) this.#reached.push({ at, address: draft.address, to });
  }

  /** Retention takes only actors that had ended before this life: it does not touch what the threads do. */
  async #expired(own: readonly Line[]): Promise<void> {
    for (const [i, line] of own.entries()) {
      if (line.what !== 'expire') continue;
      const isDone = own.slice(i + 1).some(({ what }) => what === 'ack');
      for (const { address, fate } of this.#fates(line.bounds)) {
        const standing = await this.#journal.last(address);
        const historyTo = standing?.erased?.historyTo ?? 0;
        const isGone =
          fate === 'forgotten' ? standing === undefined : historyTo >= this.#model.seqOf(address);
        if (isDone) assert.ok(isGone || standing === undefined, `retention has taken ${address}`);
        if (standing === undefined) this.#model.forgot(address);
        else if (historyTo >= this.#model.seqOf(address)) this.#model.erased(address, 'history');
      }
    }
  }

  #fates({ historyBefore, rowBefore }: Bounds): readonly Fate[] {
    return [...this.#model.told.values()].flatMap((told): readonly Fate[] => {
      const standing = this.#model.standing(told);
      const ended = standing?.row.endedAt;
      if (standing === undefined || ended === undefined || standing.due !== null) return [];
      if (ended < rowBefore) return [{ address: told.address, fate: 'forgotten' }];
      return ended < historyBefore ? [{ address: told.address, fate: 'erased' }] : [];
    });
  }

  /** Those that were finished; what they hold follows from when they were begun. */
  #backups(own: readonly Line[]): Backup[] {
    return own.flatMap((line, i) => {
      if (line.what !== 'backup' || own[i + 1]?.what !== 'ack') return [];
      const before = ({ at }: { readonly at: number }): boolean => at < line.at;
      const least = furthest(this.#reached.filter(before));
      return [{ path: line.path, least, erased: furthest(this.#lost.filter(before)) }];
    });
  }
}

async function isWhole({ commits }: Appending, look: (address: string) => Promise<Seen>): Promise<boolean> {
  const found = [];
  for (const { draft, to } of commits) found.push((await look(draft.address)).seq >= to);
  const whole = found.every(Boolean);
  assert.ok(whole || !found.some(Boolean), `an append in flight is there in part: ${found.join()}`);
  return whole;
}

function furthest(
  steps: readonly { readonly address: string; readonly to: number }[],
): ReadonlyMap<string, number> {
  const map = new Map<string, number>();
  for (const { address, to } of steps) map.set(address, Math.max(to, map.get(address) ?? 0));
  return map;
}

/**
 * The journal answers everything as the model does, every chain holds, and the tail gives each commit once.
 */
export async function assertWhole(journal: Journal, model: Model, random: Random): Promise<void> {
  await assertAnswers(journal, model, random);
  for (const told of model.told.values()) {
    if (told.forgotten) continue;
    const verified = await verify(journal, told.address);
    assert.ok(verified.ok, `${told.address}: ${JSON.stringify(verified)}`);
  }
  await assertTailOnce(journal, model, random);
}

async function assertTailOnce(journal: Journal, model: Model, random: Random): Promise<void> {
  const given = new Map<string, number>();
  let commits = 0;
  for (let cursor: string | undefined, end = false; !end;) {
    const page = await journal.tail(cursor, random.between(1, 50));
    for (const { address, seq, to } of page.commits) {
      const last = given.get(address) ?? model.told.get(address)?.historyTo ?? 0;
      assert.equal(seq, last + 1, `the tail gives ${address} in order and once`);
      given.set(address, to);
      commits++;
    }
    ({ cursor, end } = page);
  }
  const left = [...model.told.values()].flatMap(({ commits: all, historyTo }) =>
    all.filter(({ to }) => to > historyTo),
  );
  assert.equal(commits, left.length, 'the tail gives every commit that is left');
}

/** A backup holds at least what was acknowledged when it began, and of each history a beginning. */
export async function assertBackup(journal: Journal, model: Model, { least }: Backup): Promise<void> {
  for (const { address, commits, forgotten } of model.told.values()) {
    if (forgotten) continue;
    const standing = await journal.last(address);
    const atLeast = least.get(address) ?? 0;
    assert.ok((standing?.seq ?? 0) >= atLeast, `the backup has ${address} up to ${atLeast}`);
    if (standing === undefined) continue;
    const wanted = commits.find(({ to }) => to === standing.seq);
    assert.ok(wanted !== undefined, `the backup ends ${address} with a commit`);
    const verified = await verify(journal, address);
    assert.ok(verified.ok, `${address} in a backup: ${JSON.stringify(verified)}`);
    const page = await journal.read(address, { reverse: true, limit: 1 });
    const tag = page.commits[0]?.tag ?? wanted.chain.subarray(0, 8);
    assert.deepEqual(Buffer.from(tag), wanted.chain.subarray(0, 8), `the backup's ${address} is the same`);
  }
}

/** No byte of what was erased stands in the file; secrets of what was not are the control. */
export function assertErased(file: string, model: Model, erased: ReadonlyMap<string, number>): number {
  const found = readFileSync(file, 'latin1').match(/%%[^%]+ [^%]+%%/g) ?? [];
  const ends = new Map<string, { readonly address: string; readonly to: number }>();
  for (const { address, commits } of model.told.values()) {
    for (const { draft, to } of commits) {
      const said = unpack(draft.facts[0]?.event ?? Buffer.from([0xc0])) as { text?: string };
      if (said.text !== undefined) ends.set(said.text, { address, to });
    }
  }
  for (const secret of new Set(found)) {
    const end = ends.get(secret);
    if (end === undefined) continue;
    const isErased = end.to <= (erased.get(end.address) ?? 0);
    assert.ok(!isErased, `${file} still holds "${secret}" of ${end.address}, erased`);
  }
  return found.length;
}
