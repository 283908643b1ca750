/**
 * A turn: what one actor received, applied in order, as one commit (DESIGN §4.1–§4.3).
 *   T1. A refused event leaves no trace. What the host itself tells (ends, timers) is always recorded.
 *   T2. After the final state nothing is applied: the pure step would run on.
 *   T3. Answers, effects and messages are handed out with the commit and run after its flush.
 * The actor in memory moves on while the turn is taken; if the commit fails, the host drops it.
 */
import type { AnyEvent } from '../../actors/fact.ts';
import { isFinal, Unsupported } from '../../actors/statechart.ts';
import { outcomeOf } from '../../actors/troupeError.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import { pack, unpack } from '../../storage/values.ts';
import type { HostEvent } from '../definition.ts';
import type { Limits } from '../limits.ts';
import type { Answer, Message } from '../protocol.ts';
import { accepted, bornOf, checked, told as toldStep } from './accepting.ts';
import type { Accepted, Birth, Born } from './accepting.ts';
import { causeOf, sealedDigestOf } from './account.ts';
import { concluded } from './concluding.ts';
import { childAt, endOfChild, isAboutFamily } from './family.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Kinds } from './kinds.ts';
import { refusedBatch, wholeBatch } from './batches.ts';
import type { BatchEntry, Entry, HostEntry, SendEntry, Settle } from './mailbox.ts';
import { packedSend, unmerged } from './merging.ts';
import type { Prepared } from './prepared.ts';
import { rebuildOf } from './receipts.ts';
import type { Rebuild } from './receipts.ts';
import { Recording } from './recording.ts';
import type { RecordingEnvironment } from './recording.ts';
import { assertLabels, assertSendable, notFound, notRunning, sealed } from './refusals.ts';
import { receiptOf, replyOf } from './stand.ts';
import type { BatchTaken, TurnResult } from './turnResult.ts';
import { Underway } from './underway.ts';
import { wake } from './waiters.ts';
import type { Woken } from './waiters.ts';
import { assertForeign, decodedOf, machineEventOf } from './words.ts';

export interface TurnEnvironment extends RecordingEnvironment {
  readonly kinds: Kinds;
  readonly limits: Limits;
}

export class Turn {
  readonly #actor: HostedActor;
  readonly #environment: TurnEnvironment;
  readonly #answers: Answer[] = [];
  readonly #woken: Woken[] = [];
  readonly #settled: [Settle, Refusal | undefined][] = [];
  readonly #rebuilds: Rebuild[] = [];
  readonly #underway: Underway;
  readonly #recording: Recording;
  #cause = '';
  #batch: BatchTaken | undefined;

  constructor(actor: HostedActor, environment: TurnEnvironment) {
    this.#actor = actor;
    this.#environment = environment;
    this.#underway = new Underway(actor);
    this.#recording = new Recording(actor, this.#underway, environment);
  }

  take(entry: Entry): void {
    try {
      this.#take(entry);
    } catch (error) {
      this.#refuse(entry, outcomeOf(error, error instanceof Unsupported ? 'UNSUPPORTED' : 'MACHINE_FAILED'));
    }
  }

  #take(entry: Entry): void {
    const { quarantine } = this.#actor;
    if (quarantine !== undefined) return this.#refuse(entry, quarantine);
    switch (entry.type) {
      case 'send':
        return this.#send(entry);
      case 'batch':
        return this.#sends(entry);
      case 'message':
        return this.#message(entry.message, entry.settle);
      case 'host':
        return this.#host(entry);
      case 'driver':
        return this.#fromDriver(entry.effectId, entry.event);
    }
  }

  #refuse(entry: Entry, refusal: Refusal): void {
    if (entry.type === 'send') {
      this.#answers.push({ op: 'refused', n: entry.request.n, refusal });
      for (const { n } of entry.merged ?? []) this.#answers.push({ op: 'refused', n, refusal });
    } else if (entry.type === 'batch') {
      this.#batch = refusedBatch(entry, refusal, this.#batch?.index);
    } else if (entry.type === 'driver') {
      this.#underway.failed(`what its driver "${entry.effectId}" said`, refusal);
    } else if (entry.settle !== undefined) {
      this.#settled.push([entry.settle, refusal]);
    }
  }

  #send(entry: SendEntry): void {
    const { request, event: decoded, merged } = entry;
    const actor = this.#actor;
    const { ledger, kind } = actor;
    const known = ledger.applied(request);
    // P4: applied before, in this turn or in any life of the actor.
    if (known !== undefined) return void this.#rebuilds.push(rebuildOf(actor, request, known));
    assertSendable(actor, request, this.#environment.limits);
    const { input, labels, driver } = request;
    if (driver !== undefined && !this.#underway.isLive(driver)) throw notRunning(actor, driver);
    const event = decoded ?? checked(actor, decodedOf(request), driver);
    const packed = packedSend(entry, (error) => this.#underway.failed('its coalesce', error));
    if (packed === undefined) return unmerged(entry).forEach((one) => this.take(one));
    const taken = this.#accepted(event, { input, labels });
    const reply = replyOf(kind, actor.address, event, taken.before, taken.step.snapshot);
    this.#ahead(taken);
    this.#recording.fact(event, packed.bytes, request, packed.bodies);
    this.#recording.stamp(request, merged);
    if (taken.born === undefined && labels !== undefined) this.#recording.label(labels);
    this.#apply(taken.step);
    const receipt = receiptOf(actor, reply, false);
    this.#answers.push({ op: 'receipt', n: request.n, receipt });
    for (const { n } of merged ?? []) this.#answers.push({ op: 'receipt', n, receipt });
  }

  /** B1: the first that is refused ends them all. */
  #sends(entry: BatchEntry): void {
    for (const [index, request] of wholeBatch(this.#actor, entry.request).entries()) {
      this.#batch = { entry, index };
      this.#send({ type: 'send', request });
    }
  }

  #accepted(event: AnyEvent, birth: Birth | undefined): Accepted {
    return accepted(this.#actor, this.#environment.kinds, event, birth, this.#underway.failed);
  }

  /** What comes before the fact itself: a birth, or what follows from it and is a fact of its own. */
  #ahead({ born, conclusions }: Pick<Accepted, 'born' | 'conclusions'>): void {
    if (born !== undefined) this.#born(born);
    for (const { event, packed, step } of conclusions) {
      this.#recording.fact(event, packed.bytes, undefined, packed.bodies);
      this.#apply(step);
    }
  }

  #born(born: Born): void {
    const { input, labels, parent } = born.birth;
    this.#recording.word({
      type: 'actor.born',
      version: this.#actor.kind.definition.version,
      ...(input === undefined ? {} : { input: born.input }),
      ...(parent === undefined ? {} : { parent: parent.address }),
    });
    if (parent !== undefined) this.#recording.parent(parent.address, parent.child);
    if (labels !== undefined) this.#recording.label(labels);
    this.#apply(born.first);
  }

  // Messages, drivers and the host's own words --------------------------------------------------------------

  #message(message: Message, settle: Settle): void {
    const actor = this.#actor;
    const { from, ordinal, kind } = message;
    const taken = actor.ledger.incoming?.get(from)?.seq ?? 0;
    // What comes to a sealed actor about its family is too late to matter.
    if (ordinal > taken && !(actor.sealed && isAboutFamily(message))) {
      const child = kind === 'last' ? childAt(actor.ledger, from) : undefined;
      if (kind === 'birth') this.#childBirth(message);
      else if (kind === 'stop') this.#stopped();
      else if (kind === 'end') this.#childEnd(message);
      else this.#messageEvent(message);
      if (child !== undefined && childAt(actor.ledger, from) === undefined)
        this.#underway.intend(['left', child, from]);
      if (!this.#recording.isEmpty) this.#underway.intend(['got', from, ordinal, actor.at]);
    }
    this.#settled.push([settle, undefined]);
  }

  #messageEvent({ bytes, bodies, from, labels }: Message): void {
    const actor = this.#actor;
    if (actor.sealed) throw sealed(actor);
    const event = checked(actor, decodedOf({ event: bytes, ...(bodies === undefined ? {} : { bodies }) }));
    const taken = this.#accepted(event, { input: undefined, labels });
    this.#record(taken, event, bytes, { by: from }, bodies);
  }

  #record(taken: Accepted, ...fact: Parameters<Recording['fact']>): void {
    this.#ahead(taken);
    this.#recording.fact(...fact);
    this.#apply(taken.step);
  }

  #childBirth({ bytes, from, labels }: Message): void {
    if (this.#actor.snapshot !== undefined) return;
    const [child, input] = unpack(bytes) as [string, Uint8Array];
    const birth = { input, labels, parent: { address: from, child } };
    this.#born(bornOf(this.#actor, this.#environment.kinds, birth));
  }

  #stopped(): void {
    if (this.#actor.snapshot === undefined) return;
    this.#recording.word({ type: 'actor.stopped' });
    this.#end('stopped', true);
  }

  #childEnd(message: Message): void {
    const end = endOfChild(this.#actor.ledger, message);
    if (end !== undefined) this.#tell(end);
  }

  #fromDriver(effectId: string, event: AnyEvent): void {
    if (this.#actor.sealed || !this.#underway.isLive(effectId)) return;
    assertForeign(event);
    const taken = this.#accepted(event, undefined);
    const { bytes, bodies } = pack(event);
    this.#record(taken, event, bytes, { by: `${this.#actor.address}#${effectId}` }, bodies);
  }

  #host({ event, due, mail, settle }: HostEntry): void {
    const actor = this.#actor;
    if (settle !== undefined && actor.snapshot === undefined) throw notFound(actor.address);
    if (settle !== undefined && actor.sealed) throw sealed(actor);
    if (event.type === 'actor.labelled') assertLabels(actor, event.labels);
    if (mail === undefined) this.#tell(event, due);
    else this.#tellRefused(event, mail);
    if (settle !== undefined) this.#settled.push([settle, undefined]);
  }

  /** The message ends with the word of its refusal: a crash keeps both or neither. */
  #tellRefused(event: HostEvent, mail: NonNullable<HostEntry['mail']>): void {
    // Told twice: it was on its way again when the first word came, and kept the next one back.
    // Whoever has ended hears no word any more: the message goes out again, and becomes a dead letter.
    if (!this.#underway.isUnsent(mail) || this.#actor.sealed)
      return void this.#underway.deeds.push({ type: 'mail', to: mail.to });
    this.#tell(event);
    this.#underway.endMail(mail);
  }

  /** Recorded whatever the machine makes of it; a throw ends the actor as `error`. */
  #tell(told: HostEvent, due?: number): void {
    const actor = this.#actor;
    const { ledger, kind, snapshot } = actor;
    if (actor.sealed || snapshot === undefined || !this.#underway.isExpected(told, due)) return;
    const event = told.type === 'timer.fired' ? { ...told, quietMs: this.#recording.quietMs } : told;
    const timer = event.type === 'timer.fired' ? ledger.timers?.get(event.timer) : undefined;
    // A delayed send to somebody else passes the machine by.
    const machineEvent = timer?.to ? undefined : machineEventOf(event, ledger);
    const { kinds } = this.#environment;
    const conclusions = machineEvent ? concluded(actor, kinds, event, this.#underway.failed) : [];
    const before = conclusions.at(-1)?.step.snapshot ?? snapshot;
    const seq = actor.seq + conclusions.length + 1;
    const step = machineEvent && kind.statechart.step(before, machineEvent, actor.selfAt(seq));
    const next = step && toldStep(actor, kinds, step, seq);
    this.#ahead({ born: undefined, conclusions });
    this.#recording.word(event);
    this.#underway.close(event);
    if (event.type === 'actor.labelled') this.#recording.label(event.labels);
    if (timer?.to) this.#underway.sendLater(timer.to, timer.event);
    if (next === undefined) wake(actor, this.#woken);
    else this.#apply(next);
  }

  #apply(step: Prepared): void {
    const actor = this.#actor;
    const { snapshot } = step;
    actor.snapshot = snapshot;
    this.#underway.take(step, actor.seq, actor.at);
    if (isFinal(snapshot)) this.#end(causeOf(actor, snapshot, this.#underway.failed));
    wake(actor, this.#woken);
  }

  #end(cause: string, isStopped = false): void {
    if (this.#actor.sealed) return;
    this.#cause = cause;
    this.#actor.sealed = true;
    this.#actor.digest = sealedDigestOf(this.#actor, this.#underway.failed);
    this.#underway.end(cause, isStopped);
    wake(this.#actor, this.#woken);
  }

  finish(): TurnResult {
    const draft = this.#recording.draft(this.#cause);
    // A message ended without a fact (its word was expected no more): a snapshot must carry the mark.
    if (draft === undefined && this.#underway.intents.length > 0) this.#actor.marks = true;
    return {
      draft,
      deeds: this.#underway.deeds,
      answers: this.#answers,
      woken: this.#woken,
      settled: this.#settled,
      rebuilds: this.#rebuilds,
      batch: this.#batch,
    };
  }
}
