/**
 * Rounds: every actor whose turn it is takes it (mailroom.ts says whose), all turns of one round of the loop
 * become one durable append, and only then is anything answered or done (P1, P3).
 *   H1. One append is under way at a time; what comes meanwhile is the next round.
 *   H2. When an append fails, every actor it touched is dropped from memory and loaded again: what was
 *       computed on top of it never happened. Everybody who waits for it is told its code; what the host
 *       itself had to tell comes again. Failures in a row are tried again ever later.
 *   H3. A turn that cannot be written (too large) fails alone. Of several entries, it is taken again, each a
 *       turn of its own. One that nobody sent, of which nobody can be told, sets its actor aside.
 *   H4. So does a turn that a snapshot is due with, when the actor cannot be stored any more: no more facts
 *       come than an activation may fold, until one leads to a state that can be. An ending is never kept
 *       back by that.
 */
import { outcomeOf } from '../../actors/troupeError.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import type { EncodedCommit } from '../../storage/commit.ts';
import { encodeCommit } from '../../storage/commitCodec.ts';
import type { StoredSnapshot, Writer } from '../../storage/journal.ts';
import type { Answer } from '../protocol.ts';
import { traced } from '../tracing.ts';
import type { Answers } from './answers.ts';
import { voidBatch } from './batches.ts';
import type { Breadcrumb } from './breadcrumb.ts';
import type { Wait } from './clock.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Entry } from './mailbox.ts';
import type { Mailroom } from './mailroom.ts';
import { Saving } from './saving.ts';
import type { Tally } from './tally.ts';
import { Turn } from './turn.ts';
import type { TurnEnvironment } from './turn.ts';
import { waitingFor } from './turnResult.ts';
import type { BatchTaken, TurnResult } from './turnResult.ts';

export interface RoundPorts extends TurnEnvironment {
  readonly writer: Writer;
  readonly answers: Answers;
  readonly tally: Tally;
  readonly breadcrumb: Breadcrumb;
  readonly mailroom: Mailroom;
  readonly wait: Wait;
  readonly post: (answers: readonly Answer[]) => void;
  /** At the beginning of each round. */
  readonly begin: () => void;
  /** The turn's commit is durable. */
  readonly finish: (actor: HostedActor, result: TurnResult) => void;
  /** The turn never happened: its batch is not applied. */
  readonly dropped: (actor: HostedActor, result: TurnResult, batch: BatchTaken) => void;
  /** The turn never happened: the actor must be loaded again, and told `again`, the first so many singly. */
  readonly reload: (actor: HostedActor, again: readonly Entry[], singly: number) => void;
  readonly setAside: (actor: HostedActor, cause: Refusal) => void;
  /** The slot or the disk is lost: what runs must end. */
  readonly lost: () => void;
  /** Nothing is under way outside the mailboxes. */
  readonly isQuiet: () => boolean;
}

/** One actor's turn on its way to the disk. */
interface Taken {
  readonly actor: HostedActor;
  readonly entries: readonly Entry[];
  readonly result: TurnResult;
  commit?: EncodedCommit;
  snapshot?: StoredSnapshot | undefined;
}

const retryMsMin = 10;
const retryMsMax = 1_000;

export class Rounds {
  readonly saving: Saving;
  readonly #ports: RoundPorts;
  #after: (() => void)[] = [];
  readonly #quiet: (() => void)[] = [];
  #scheduled = false;
  #running = false;
  /** Appends that failed in a row. */
  #failures = 0;
  /** Set for good when the slot or the disk is lost. */
  lost: Refusal | undefined;

  constructor(ports: RoundPorts) {
    this.#ports = ports;
    this.saving = new Saving(ports, () => this.schedule());
  }

  /** H1, H2. */
  schedule(): void {
    if (this.#scheduled || this.#running) return;
    this.#scheduled = true;
    const start = (): void => {
      this.#scheduled = false;
      void this.#round();
    };
    if (this.#failures < 2 || this.lost !== undefined) setImmediate(start);
    else this.#ports.wait(Math.min(retryMsMax, retryMsMin * 2 ** (this.#failures - 2)), start);
  }

  /** Done when everything before is durable. */
  after(work: () => void): void {
    this.#after.push(work);
    this.schedule();
  }

  /** Done when nothing is left to do. */
  whenQuiet(work: () => void): void {
    this.#quiet.push(work);
    this.schedule();
  }

  async #round(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      await this.#turns();
    } finally {
      // What throws here is a defect of the host, and kills its thread; whoever survives that must not wait.
      this.#running = false;
      this.#post();
    }
    const { mailroom } = this.#ports;
    if (mailroom.hasNext || this.#after.length > 0 || this.saving.isWaiting) this.schedule();
    else if (this.#quiet.length > 0 && mailroom.waiting === 0 && this.#ports.isQuiet()) this.#rest();
  }

  async #turns(): Promise<void> {
    const { mailroom, breadcrumb, tally, begin } = this.#ports;
    tally.rounds++;
    breadcrumb.beat();
    await this.#save();
    begin();
    const taken: Taken[] = [];
    for (const actor of mailroom.next()) taken.push(this.#turn(actor));
    breadcrumb.leave();
    if (taken.length > 0) await this.#commit(taken);
    const after = this.#after;
    this.#after = [];
    for (const work of after) work();
  }

  /** Before the turns: what a snapshot says is due must not come after what a commit says. */
  async #save(): Promise<void> {
    if (!this.saving.isWaiting) return;
    if (this.lost !== undefined) this.saving.refuse(this.lost);
    else if (!(await this.saving.write())) await this.#resume();
  }

  #rest(): void {
    for (const work of this.#quiet.splice(0)) work();
    this.#post();
  }

  #post(): void {
    const answers = this.#ports.answers.take();
    if (answers.length > 0) this.#ports.post(answers);
  }

  #turn(actor: HostedActor): Taken {
    const { mailroom, breadcrumb } = this.#ports;
    actor.usedAt = this.#ports.now();
    actor.committing = true;
    breadcrumb.enter(actor.address);
    const turn = new Turn(actor, this.#ports);
    const entries = mailroom.take(actor);
    for (const entry of entries) turn.take(entry);
    return { actor, entries, result: turn.finish() };
  }

  async #commit(taken: readonly Taken[]): Promise<void> {
    const recorded: Taken[] = [];
    for (const one of taken) {
      const batch = voidBatch(one.result);
      if (batch !== undefined) this.#drop(one, batch);
      else if (one.result.draft === undefined) this.#finish(one);
      else if (this.#encode(one, one.result.draft)) recorded.push(one);
    }
    if (recorded.length === 0) return;
    if (this.lost !== undefined) return this.#fail(recorded, this.lost);
    try {
      await this.#append(recorded);
    } catch (error) {
      return this.#failed(recorded, outcomeOf(error));
    }
    for (const one of recorded) this.#finish(one);
  }

  #finish({ actor, result }: Taken): void {
    actor.committing = false;
    this.#ports.finish(actor, result);
  }

  /** B1 of batches.ts: it never happened. */
  #drop(one: Taken, batch: BatchTaken): void {
    this.#undo(one);
    if (one.result.draft !== undefined) this.#ports.reload(one.actor, [], 0);
    this.#ports.dropped(one.actor, one.result, batch);
  }

  /** H3. */
  #encode(one: Taken, draft: NonNullable<TurnResult['draft']>): boolean {
    const { actor, entries } = one;
    try {
      one.commit = encodeCommit(draft, actor.chain);
      actor.chain = one.commit.chain;
      if (actor.sealed) one.snapshot = this.saving.snapshotOf(actor);
      // H4
      else if (actor.unsaved >= this.#ports.limits.snapshotFacts) one.snapshot = this.saving.made(actor);
    } catch (error) {
      const [entry] = entries;
      if (entries.length === 1 && entry !== undefined) this.#unwritable(one, entry, outcomeOf(error));
      else {
        this.#undo(one);
        this.#ports.reload(actor, entries, entries.length);
      }
      return false;
    }
    actor.sealHash = one.commit.sealHash;
    return true;
  }

  #unwritable(one: Taken, entry: Entry, cause: Refusal): void {
    const { actor } = one;
    this.#refuse(one, cause);
    if (entry.type === 'host' && entry.settle === undefined) return this.#ports.setAside(actor, cause);
    if (entry.type === 'driver') {
      const { address } = actor;
      const text = `${address}: what its driver "${entry.effectId}" said is dropped: ${cause.message}`;
      this.#ports.answers.log('error', text, { address, refusal: cause });
      this.#ports.tally.failures++;
    }
    this.#ports.reload(actor, [], 0);
  }

  async #append(recorded: readonly Taken[]): Promise<void> {
    const commits = recorded.flatMap(({ commit }) => commit ?? []);
    const snapshots = recorded.flatMap(({ snapshot }) => snapshot ?? []);
    const started = performance.now();
    const work = async () => this.#ports.writer.append(commits, snapshots);
    await traced('commit', work, () => ({ commits: commits.length, snapshots: snapshots.length }));
    this.#failures = 0;
    this.#ports.tally.flushed(performance.now() - started, commits);
  }

  /** H2. */
  async #failed(recorded: readonly Taken[], refusal: Refusal): Promise<void> {
    const isRefusal = refusal.code === 'CONFLICT' || refusal.code === 'SEALED';
    // The journal refused one of them and changed nothing (J3, J4): the others are no part of that.
    if (isRefusal && recorded.length > 1) {
      for (const one of recorded) {
        try {
          await this.#append([one]);
          this.#finish(one);
        } catch (error) {
          await this.#failed([one], outcomeOf(error));
        }
      }
      return;
    }
    this.#failures++;
    await this.#resume();
    this.#fail(recorded, refusal);
  }

  async #resume(): Promise<void> {
    try {
      await this.#ports.writer.resume();
    } catch (error) {
      if (this.lost !== undefined) return;
      this.lost = outcomeOf(error);
      this.#ports.answers.push({ op: 'lost', refusal: this.lost });
      this.#ports.lost();
    }
  }

  #fail(recorded: readonly Taken[], refusal: Refusal): void {
    for (const one of recorded) {
      this.#refuse(one, refusal);
      const again = one.entries.filter(
        (entry) => entry.type === 'driver' || (entry.type === 'host' && entry.settle === undefined),
      );
      this.#ports.reload(one.actor, again, 0);
    }
  }

  /** Everybody who waits for this turn; what it would have told them was built on what is void. */
  #refuse(one: Taken, refusal: Refusal): void {
    const { result } = one;
    this.#undo(one);
    for (const n of waitingFor(result)) this.#ports.answers.refuse(n, refusal);
    for (const [settle] of result.settled) settle(refusal);
  }

  /** Whoever waited for a state that was not reached after all waits on. */
  #undo({ actor, result }: Taken): void {
    actor.committing = false;
    const woken = result.woken.map(({ waiter }) => waiter);
    if (woken.length > 0) actor.waiters = [...woken, ...(actor.waiters ?? [])];
  }
}
