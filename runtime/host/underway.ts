/**
 * What one turn sets in motion: the machine's effects as intents for the commit, applied to the ledger at
 * once, and the list of what is to be done after the flush.
 */
import type { AnyEvent } from '../../actors/fact.ts';
import { invariant } from '../../actors/invariant.ts';
import { outcomeOf } from '../../actors/troupeError.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import { isFinal } from '../../actors/statechart.ts';
import type { Custom, Destination, Send, Start, TimerSet } from '../../actors/statechart.ts';
import { packWhole, unpack } from '../../storage/values.ts';
import type { HostEvent, PlainFailure } from '../definition.ts';
import { endOf, reportsOf } from './account.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Intent, TimerTarget } from './ledger.ts';
import type { Mail } from './outgoing.ts';
import type { Prepared } from './prepared.ts';
import { effectIdOf, effectNameOf, failureOf } from './words.ts';

/** What the host does after the flush. */
export type Deed =
  | { readonly type: 'start'; readonly id: string }
  | { readonly type: 'stop'; readonly effectId: string }
  | { readonly type: 'driver'; readonly effectId: string; readonly event: AnyEvent; readonly seq: number }
  | { readonly type: 'timer'; readonly id: string; readonly due: number }
  | { readonly type: 'untimer'; readonly id: string }
  | { readonly type: 'mail'; readonly to: string }
  | {
      readonly type: 'action';
      readonly name: string;
      readonly run: () => unknown;
      readonly isMissing: boolean;
    }
  /** It is nobody's answer: what a driver said, what a definition's own code threw. */
  | { readonly type: 'failed'; readonly what: string; readonly refusal: Refusal }
  /** The actor itself failed, and is sealed. */
  | { readonly type: 'ended'; readonly seq: number; readonly error: PlainFailure }
  | { readonly type: 'log'; readonly label: string | undefined; readonly value: unknown };

export class Underway {
  readonly intents: Intent[] = [];
  readonly deeds: Deed[] = [];
  readonly #actor: HostedActor;
  /** Timers set in this turn: none of them can have fired yet. */
  #timersSet: Set<string> | undefined;
  #nameless = 0;
  /** The step ends the actor. */
  #isLast = false;

  constructor(actor: HostedActor) {
    this.#actor = actor;
  }

  readonly failed = (what: string, error: unknown): void => {
    this.deeds.push({ type: 'failed', what, refusal: outcomeOf(error) });
  };

  /** Recorded with the commit, and true from now on. */
  intend(intent: Intent): void {
    this.intents.push(intent);
    this.#actor.ledger.apply(intent);
  }

  /** Recorded only: the ledger knows it already. */
  note(intent: Intent): void {
    this.intents.push(intent);
  }

  noteDelivered(): void {
    for (const [to, ordinal] of this.#actor.ledger.outgoing?.takeNotes() ?? [])
      this.note(['sent', to, ordinal]);
  }

  /** The effects of the step that recorded the fact `seq`. */
  take({ snapshot, effects }: Prepared, seq: number, at: number): void {
    this.#isLast = isFinal(snapshot);
    for (const { effect, bytes, address } of effects) {
      switch (effect.type) {
        case 'timer.set':
          this.#setTimer(effect, bytes, seq, at);
          break;
        case 'timer.cancel':
          this.#endTimer(effect.id);
          break;
        case 'task.start':
        case 'driver.start':
          this.#startEffect(effect, given(bytes), seq);
          break;
        case 'child.start':
          this.#startChild(effect, given(bytes), given(address));
          break;
        case 'invoke.stop':
          this.#stop(effect.id);
          break;
        case 'send':
          this.#send(effect, given(bytes));
          break;
        case 'log':
          this.deeds.push({ type: 'log', label: effect.label, value: effect.value });
          break;
        case 'action':
          this.#act(effect);
      }
    }
  }

  #act({ name, run, isMissing }: Custom): void {
    this.deeds.push({ type: 'action', name, run, isMissing: isMissing === true });
  }

  #setTimer({ id, delayMs, to }: TimerSet, bytes: Uint8Array | undefined, seq: number, at: number): void {
    const name = id ?? `~${seq}.${this.#nameless++}`;
    const due = Math.ceil(at + Math.max(0, delayMs));
    this.intend(['timer', name, due, bytes ?? null, to === undefined ? null : this.#target(to)]);
    (this.#timersSet ??= new Set()).add(name);
    this.deeds.push({ type: 'timer', id: name, due });
  }

  #endTimer(id: string): void {
    if (this.#actor.ledger.timers?.has(id) !== true) return;
    this.intend(['untimer', id]);
    this.deeds.push({ type: 'untimer', id });
  }

  #target(to: Destination): TimerTarget {
    if ('child' in to) return { child: to.child };
    return { address: 'parent' in to ? to.parent : to.actor };
  }

  #startEffect({ type, id, src }: Start, input: Uint8Array, seq: number): void {
    this.intend(['effect', id, type === 'task.start' ? 'task' : 'driver', src, input, seq]);
    this.deeds.push({ type: 'start', id });
  }

  #startChild({ id, src }: Start, birth: Uint8Array, address: string): void {
    this.intend(['child', id, address, src]);
    // A child inherits its parent's labels.
    this.#mail(address, 'birth', birth, this.#actor.labels);
  }

  #stop(id: string): void {
    const { effects, children } = this.#actor.ledger;
    const effect = effects?.get(id);
    if (effect !== undefined) {
      this.deeds.push({ type: 'stop', effectId: effectIdOf(id, effect.seq) });
      this.intend(['uneffect', id]);
    }
    const child = children?.get(id);
    if (child !== undefined) {
      this.intend(['unchild', id]);
      this.#mail(child.address, 'stop', packWhole(null));
    }
  }

  #send({ to, event }: Send, bytes: Uint8Array): void {
    if ('child' in to) return this.#sendToChild(to.child, event, bytes);
    if ('parent' in to) return this.#mail(to.parent, this.#isLast ? 'last' : 'event', bytes);
    this.#mail(to.actor, 'event', bytes);
  }

  #sendToChild(id: string, event: AnyEvent, bytes: Uint8Array): void {
    const { effects, children } = this.#actor.ledger;
    const child = children?.get(id);
    if (child !== undefined) return this.#mail(child.address, 'event', bytes);
    const effect = effects?.get(id);
    if (effect === undefined) return;
    const { seq } = this.#actor;
    this.deeds.push({ type: 'driver', effectId: effectIdOf(id, effect.seq), event, seq });
  }

  /** What a delayed send to somebody else sends when its time has come. */
  sendLater(to: TimerTarget, bytes: Uint8Array | null): void {
    if (bytes === null) return;
    if ('child' in to) this.#sendToChild(to.child, unpack(bytes) as AnyEvent, bytes);
    else this.#mail(to.address, 'event', bytes);
  }

  #mail(to: string, kind: Mail['kind'], bytes: Uint8Array, labels?: Readonly<Record<string, string>>): void {
    this.intend(['send', to, this.#actor.ledger.nextOrdinal(to), kind, bytes, labels ?? null]);
    this.deeds.push({ type: 'mail', to });
  }

  isUnsent({ to, ordinal }: { readonly to: string; readonly ordinal: number }): boolean {
    return this.#actor.ledger.outgoing?.first(to)?.ordinal === ordinal;
  }

  /** Refused for good, and its sender told: the next one follows. */
  endMail({ to, ordinal }: { readonly to: string; readonly ordinal: number }): void {
    this.intend(['sent', to, ordinal]);
    this.deeds.push({ type: 'mail', to });
  }

  // Ends ----------------------------------------------------------------------------------------------------

  isLive(effectId: string): boolean {
    const effect = this.#actor.ledger.effects?.get(effectNameOf(effectId));
    return effect !== undefined && effectIdOf(effect.id, effect.seq) === effectId;
  }

  /**
   * Whether somebody still waits for this end: a late one of an earlier run is dropped, and so is a timer
   * that
   * was set anew after it had come due (`due`: what it fired for).
   */
  isExpected(event: HostEvent, due: number | undefined): boolean {
    if ('effect' in event) return this.isLive(event.effect);
    if (event.type !== 'timer.fired') return true;
    return (
      this.#timersSet?.has(event.timer) !== true && this.#actor.ledger.timers?.get(event.timer)?.due === due
    );
  }

  /** The end was recorded: it is under way no more. */
  close(event: HostEvent): void {
    switch (event.type) {
      case 'effect.done':
      case 'effect.failed':
        this.intend(['uneffect', effectNameOf(event.effect)]);
        this.deeds.push({ type: 'stop', effectId: event.effect });
        return;
      case 'effect.retried':
        this.intend(['tried', effectNameOf(event.effect), event.attempt]);
        return;
      case 'child.done':
      case 'child.failed':
        this.intend(['unchild', event.child]);
        return;
      case 'timer.fired':
        this.intend(['untimer', event.timer]);
        return;
      default:
      // Nothing was under way for the other words.
    }
  }

  /** The actor is final: whatever it had under way ends with it, and its parent is told. */
  end(cause: string, isStopped: boolean): void {
    const { ledger, snapshot } = this.#actor;
    const { error } = endOf(this.#actor);
    if (error !== undefined) this.deeds.push({ type: 'ended', seq: this.#actor.seq, error });
    for (const id of Array.from(ledger.timers?.keys() ?? [])) this.#endTimer(id);
    for (const id of [...(ledger.effects?.keys() ?? []), ...(ledger.children?.keys() ?? [])]) this.#stop(id);
    for (const { to, bytes } of reportsOf(this.#actor, cause, this.failed)) this.#mail(to, 'report', bytes);
    const { parent } = ledger;
    // A child that was stopped was stopped by its parent, which waits for nothing.
    if (parent === undefined || isStopped) return;
    // Not the cause: that is its definition's own word for it.
    const ok = snapshot?.status === 'done';
    // The output was packed once when the step was prepared.
    const value = ok ? snapshot.output : failureOf(snapshot?.error);
    this.#mail(parent.address, 'end', packWhole({ child: parent.child, ok, value }));
  }
}

function given<T>(part: T | undefined): T {
  invariant(part !== undefined, 'a prepared effect has the parts of its type');
  return part;
}
