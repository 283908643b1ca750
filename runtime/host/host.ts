/**
 * The host: one thread's shards. It takes in requests and gives each exactly one answer; the work itself is
 * done by rounds (turns and commits), residents (who is in memory) and deeds (what follows a commit).
 */
import { outcomeOf } from '../../actors/troupeError.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import type { Journal, Writer } from '../../storage/journal.ts';
import type { AnyDefinition } from '../definition.ts';
import type { Limits } from '../limits.ts';
import type { Answer, Labels, Request } from '../protocol.ts';
import { Answers } from './answers.ts';
import { Breadcrumb } from './breadcrumb.ts';
import { realWait } from './clock.ts';
import type { Wait } from './clock.ts';
import { Deeds } from './deeds.ts';
import { Deliveries } from './deliveries.ts';
import type { HostedActor } from './hostedActor.ts';
import { Kinds } from './kinds.ts';
import { turnAway } from './mailbox.ts';
import type { Entry } from './mailbox.ts';
import { Mailroom } from './mailroom.ts';
import { Projections } from './projections.ts';
import { Readers } from './readers.ts';
import { wakeDue } from './recovery.ts';
import { closing, stuck } from './refusals.ts';
import { Replies } from './replies.ts';
import { Residents } from './residents.ts';
import { Rounds } from './rounds.ts';
import { Tally } from './tally.ts';
import type { BatchTaken, TurnResult } from './turnResult.ts';

export interface HostOptions {
  readonly journal: Journal;
  readonly writer: Writer;
  readonly definitions: readonly AnyDefinition[];
  /** The slices of all addresses that this host owns. */
  readonly shards: readonly number[];
  /** One call a round of the loop. */
  readonly post: (answers: readonly Answer[]) => void;
  readonly now: () => number;
  /** Absent: real time. */
  readonly wait?: Wait;
  readonly limits: Limits;
  readonly indexLabels: readonly string[];
  readonly quarantined: readonly string[];
  readonly breadcrumb?: SharedArrayBuffer;
}

const heartbeatMs = 250;

export class Host {
  readonly #options: HostOptions;
  readonly #kinds: Kinds;
  readonly #breadcrumb: Breadcrumb;
  readonly #answers: Answers;
  readonly #mailroom: Mailroom;
  readonly #residents: Residents;
  readonly #rounds: Rounds;
  readonly #deeds: Deeds;
  readonly #deliveries: Deliveries;
  readonly #readers: Readers;
  readonly #replies: Replies;
  readonly #projections: Projections;
  readonly #wait: Wait;
  readonly #tally = new Tally();
  #closed: Promise<void> | undefined;
  #answeredBelow = 0;
  #stopHeart: (() => void) | undefined;

  constructor(options: HostOptions) {
    const { limits, indexLabels, now, journal, wait = realWait } = options;
    this.#options = options;
    this.#wait = wait;
    this.#kinds = new Kinds(options.definitions);
    const breadcrumb = (this.#breadcrumb = new Breadcrumb(options.breadcrumb));
    const wake = () => this.#rounds.schedule();
    this.#answers = new Answers(wake);
    this.#mailroom = new Mailroom(limits, { now, wait }, wake);
    const [kinds, answers] = [this.#kinds, this.#answers];
    const sources = { journal, kinds };
    const put = (address: string, entry: Entry): void => this.#put(address, entry);
    this.#deliveries = new Deliveries({ shards: options.shards, answers, put });
    const common = { limits, indexLabels, now, wait, answers, tally: this.#tally, breadcrumb };
    this.#replies = new Replies({ sources, answers, put });
    this.#deeds = new Deeds({
      ...common,
      residents: () => this.#residents,
      put,
      deliver: (to, message, settle) => this.#deliveries.deliver(to, message, settle),
    });
    this.#rounds = new Rounds({
      ...common,
      answered: () => this.#answeredBelow,
      writer: options.writer,
      kinds,
      mailroom: this.#mailroom,
      post: options.post,
      begin: () => this.#deeds.runTimers(),
      finish: (actor, result) => this.#finish(actor, result),
      dropped: (actor, result, batch) => this.#dropped(actor, result, batch),
      reload: (actor, again, singly) => this.#reload(actor, again, singly),
      setAside: (actor, cause) => this.#setAside(actor, cause),
      lost: () => this.#deeds.close(),
      isQuiet: () => this.#deeds.isQuiet && this.#residents.loading === 0,
    });
    this.#residents = new Residents({
      ...common,
      sources,
      quarantined: options.quarantined,
      enter: (address) => this.#breadcrumb.enter(address),
      leave: () => this.#breadcrumb.leave(),
      loaded: (actor) => {
        this.#deeds.resume(actor);
        wake();
      },
      save: async (snapshots) => this.#rounds.saving.save(snapshots),
      saved: (actor) => this.#rounds.saving.snapshotOf(actor),
      drop: (actor) => this.#mailroom.drop(actor),
      isReady: (actor) => this.#mailroom.ready.has(actor),
      setAside: (address, reason) => answers.push({ op: 'quarantine', address, reason }),
    });
    const [residents, rounds] = [this.#residents, this.#rounds];
    this.#projections = new Projections({ now, wait }, answers);
    this.#readers = new Readers({ journal, kinds, answers, rounds, residents });
  }

  async start(): Promise<void> {
    this.#stopHeart = this.#wait(heartbeatMs, () => this.#beat());
    await wakeDue({ ...this.#options, kinds: this.#kinds, deeds: this.#deeds, answers: this.#answers });
    this.#rounds.schedule();
  }

  #beat(): void {
    this.#stopHeart = this.#wait(heartbeatMs, () => this.#beat());
    this.#breadcrumb.beat();
    this.#tally.beat(heartbeatMs);
    this.#residents.tidy();
    if (this.#residents.marked.size > 0 && this.#rounds.lost === undefined)
      this.#rounds.after(() => void this.#residents.saveMarks());
  }

  // Requests ------------------------------------------------------------------------------------------------

  /** Never throws: every request gets its answer. */
  receive(requests: readonly Request[]): void {
    for (const request of requests) {
      try {
        if (this.#rounds.lost !== undefined) this.#answers.refuse(request.n, this.#rounds.lost);
        else this.#receive(request);
      } catch (error) {
        this.#answers.refuse(request.n, outcomeOf(error));
      }
    }
  }

  #receive(request: Request): void {
    const { n } = request;
    switch (request.op) {
      case 'send':
        if (this.#closed !== undefined) return this.#answers.refuse(n, outcomeOf(closing()));
        return this.#put(request.address, { type: 'send', request });
      case 'batch':
        if (this.#closed !== undefined) return this.#answers.refuse(n, outcomeOf(closing()));
        return this.#put(request.address, { type: 'batch', request });
      case 'deliver':
        return this.#deliveries.here(request.address, request.message, (refusal) =>
          this.#answers.settle(n, refusal),
        );
      case 'delivered':
        return this.#deliveries.settled(n, request.refusal);
      case 'snapshot':
      case 'snapshots':
      case 'digest':
        return this.#readers.read(request);
      case 'until':
        return this.#readers.until(request.address, { n, state: request.state, after: request.after ?? 0 });
      case 'watch':
        return this.#readers.watch(request, this.#projections);
      case 'unwatch':
        return this.#projections.unwatch(request.channel);
      case 'changes':
        this.#projections.changes.watch(request.windowMs);
        return this.#answers.ok(n);
      case 'label':
        return this.#label(n, request.address, request.labels ?? {});
      case 'effect.end':
        return this.#residents.with(request.address, (actor) => {
          this.#deeds.remoteEnd(actor, request.end);
          this.#answers.ok(n);
        });
      case 'erased':
        return this.#readers.saveNow(n, request.address);
      case 'release':
        return this.#release(n, request.address);
      case 'forget':
        this.#residents.forgetWaiter(request.of);
        return this.#answers.ok(n);
      case 'answered':
        return void (this.#answeredBelow = request.below);
      case 'stats':
        return this.#answers.ok(n, this.#stats());
      case 'waiting':
        return this.#answers.ok(n, this.#residents.waiting(request.addresses));
      case 'idle':
        return this.#rounds.whenQuiet(() => this.#answers.ok(n));
      case 'close':
        this.#answers.from(n, this.close());
    }
  }

  /** Into the actor's mailbox; an actor that is not in memory is loaded first. */
  #put(address: string, entry: Entry): void {
    this.#residents.with(address, (actor) => {
      const refusal = this.#mailroom.put(actor, entry);
      if (refusal === undefined) return;
      if (entry.type === 'driver') this.#deeds.overrun(actor, refusal);
      else turnAway([entry], refusal, this.#answers);
    });
  }

  #label(n: number, address: string, labels: Labels): void {
    const event = { type: 'actor.labelled' as const, labels };
    this.#put(address, { type: 'host', event, settle: (refusal) => this.#answers.settle(n, refusal) });
  }

  /** Judged anew, at once: it may have something due. */
  #release(n: number, address: string): void {
    for (const entry of this.#residents.release(address)) this.#put(address, entry);
    this.#residents.with(address, () => this.#answers.ok(n));
  }

  // After a commit ------------------------------------------------------------------------------------------

  #finish(actor: HostedActor, result: TurnResult): void {
    this.#tally.turn(result);
    if (result.draft !== undefined) this.#projections.publish(result.draft);
    this.#replies.tell(actor, result);
    this.#deeds.after(actor, result.deeds);
  }

  #dropped(actor: HostedActor, result: TurnResult, batch: BatchTaken): void {
    this.#tally.turn(result);
    this.#replies.dropped(actor, result, batch);
  }

  /** Loaded again: what it was told and what it owes is found in its history. */
  #reload(actor: HostedActor, again: readonly Entry[], singly: number): void {
    const waiting = [...again, ...this.#residents.drop(actor)];
    if (this.#rounds.lost !== undefined) return turnAway(waiting, this.#rounds.lost, this.#answers);
    this.#residents.with(actor.address, (fresh) => {
      fresh.singly = singly;
      for (const waiter of actor.waiters ?? []) this.#readers.wait(fresh, waiter);
    });
    for (const entry of waiting) this.#put(actor.address, entry);
  }

  /** H3 of rounds.ts. */
  #setAside(actor: HostedActor, cause: Refusal): void {
    const { address } = actor;
    const reason = stuck(address, cause);
    turnAway(this.#residents.setAside(actor, reason), reason, this.#answers);
    this.#deeds.setAside(address);
    for (const { n } of actor.waiters ?? []) this.#answers.refuse(n, reason);
  }

  #stats(): Readonly<Record<string, unknown>> {
    return {
      ...this.#tally.numbers(),
      ...this.#deeds.counts(),
      actors: this.#residents.size,
      projections: this.#projections.size,
      mailbox: this.#mailroom.waiting,
      passivations: this.#residents.passivations,
      journal: this.#options.journal.stats(),
    };
  }

  /** Takes nothing new, finishes what is in flight (bounded), saves, and gives the slot back. */
  async close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#mailroom.releaseAll();
    await new Promise<void>((resolve) => {
      const timeout = setTimeout(resolve, this.#options.limits.closeMs);
      this.#rounds.whenQuiet(() => {
        clearTimeout(timeout);
        resolve();
      });
    });
    this.#stopHeart?.();
    this.#deeds.close();
    this.#projections.close();
    // What is not saved costs the next activation some folding, and a message its second delivery.
    if (this.#rounds.lost === undefined) await this.#residents.saveAll().catch(() => undefined);
    await this.#options.writer.close();
  }
}
