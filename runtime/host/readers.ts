/**
 * Those who read an actor, or wait for it. Nobody sees what a crash could take back (P1): a read is answered
 * once everything before it is durable, and then by the actor as it is in memory.
 */
import { outcomeOf } from '../../actors/troupeError.ts';
import type { Journal } from '../../storage/journal.ts';
import type { ReadRequest, SnapshotsRequest, WatchRequest } from '../protocol.ts';
import type { Answers } from './answers.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Kinds } from './kinds.ts';
import type { Waiter } from './mailbox.ts';
import type { Projections } from './projections.ts';
import { digestBySeal, digestOf, snapshotOf, snapshotsOf } from './reads.ts';
import { notFound, sealed } from './refusals.ts';
import type { Residents } from './residents.ts';
import type { Rounds } from './rounds.ts';
import { isMet } from './waiters.ts';

export interface ReaderPorts {
  readonly journal: Journal;
  readonly kinds: Kinds;
  readonly answers: Answers;
  readonly rounds: Rounds;
  readonly residents: Residents;
}

export class Readers {
  readonly #ports: ReaderPorts;

  constructor(ports: ReaderPorts) {
    this.#ports = ports;
  }

  /** One that has ended is not brought back for its digest: its seal has it. */
  read(request: ReadRequest | SnapshotsRequest): void {
    const { journal, kinds, answers, residents } = this.#ports;
    // Of the past: nothing that is under way changes it.
    if (request.op === 'snapshots') return answers.from(request.n, snapshotsOf(journal, kinds, request));
    const { n, op, address, seq } = request;
    const isCold = op === 'digest' && seq === undefined && residents.get(address) === undefined;
    if (!isCold) return this.#asItStands(request);
    kinds.of(address);
    digestBySeal(journal, address).then(
      (told) => (told === undefined ? this.#asItStands(request) : answers.ok(n, told)),
      (error: unknown) => answers.refuse(n, outcomeOf(error)),
    );
  }

  #asItStands({ n, op, address, seq }: ReadRequest): void {
    const { journal, kinds, answers } = this.#ports;
    const read = op === 'snapshot' ? snapshotOf : digestOf;
    this.#durably(address, (actor) => answers.from(n, read(journal, kinds, actor, seq)));
  }

  /** Calls `use` when all that came before is durable. If it failed, the actor is another one then. */
  #durably(address: string, use: (actor: HostedActor) => void): void {
    const { residents, rounds } = this.#ports;
    residents.with(address, () => rounds.after(() => residents.with(address, use)));
  }

  /**
   * At once, if nothing of the actor is on its way to the disk: what was received behind this request comes
   * as facts, also when it is of the same batch.
   */
  watch(request: WatchRequest, projections: Projections): void {
    const { address, channel, settled = false } = request;
    projections.want(channel);
    this.#ports.residents.with(address, (actor) => {
      if (settled || actor.committing) this.#durably(address, (fresh) => projections.watch(request, fresh));
      else projections.watch(request, actor);
    });
  }

  until(address: string, waiter: Waiter): void {
    this.#ports.residents.with(address, (actor) => this.wait(actor, waiter));
  }

  /** Until the actor is there, unless nobody waits any more: it took its time to load. */
  wait(actor: HostedActor, waiter: Waiter): void {
    const { residents, answers, rounds } = this.#ports;
    const { n, state, after } = waiter;
    if (residents.isForgotten(n)) return;
    if (actor.quarantine !== undefined) return answers.refuse(n, actor.quarantine);
    if (!isMet(actor, state, after) && !actor.sealed) return void (actor.waiters ??= []).push(waiter);
    const answer = isMet(actor, state, after) ? actor.seq : undefined;
    rounds.after(() => {
      // Dropped: what it had reached was not written.
      if (actor.isDropped) this.until(actor.address, waiter);
      else if (answer === undefined) answers.refuse(n, outcomeOf(sealed(actor)));
      else answers.ok(n, answer);
    });
  }

  /** A snapshot now: what comes before it may be erased. */
  saveNow(n: number, address: string): void {
    const { answers, rounds } = this.#ports;
    this.#durably(address, (actor) => {
      if (actor.quarantine !== undefined) return answers.refuse(n, actor.quarantine);
      if (actor.left !== undefined) return answers.ok(n);
      if (actor.snapshot === undefined) return answers.refuse(n, outcomeOf(notFound(address)));
      try {
        const snapshot = rounds.saving.made(actor);
        answers.from(n, rounds.saving.save(snapshot === undefined ? [] : [snapshot]));
      } catch (error) {
        // A sealed actor stands on its seal; any other would be lost with what is erased.
        if (actor.sealed) answers.ok(n);
        else answers.refuse(n, outcomeOf(error));
      }
    });
  }
}
