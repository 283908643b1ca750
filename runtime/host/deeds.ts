/**
 * What the host does for its actors after the flush: starts and stops effects, sets timers, hands out
 * messages, runs actions; and what comes of it, back into their mailboxes.
 */
import { inspect } from 'node:util';
import { acceptsOf } from '../../actors/statechart.ts';
import type { AnyEvent } from '../../actors/fact.ts';
import { outcomeOf } from '../../actors/troupeError.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import type { Limits } from '../limits.ts';
import { isHeard, traces } from '../tracing.ts';
import { unpack } from '../../storage/values.ts';
import type { HostEvent, PlainFailure } from '../definition.ts';
import type { EffectEnd, Message } from '../protocol.ts';
import type { Answers } from './answers.ts';
import type { Breadcrumb } from './breadcrumb.ts';
import type { Wait } from './clock.ts';
import { Courier } from './courier.ts';
import type { Fate, Undelivered } from './courier.ts';
import { Effects } from './effects.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Effect } from './ledger.ts';
import type { Entry, Settle } from './mailbox.ts';
import type { Mail } from './outgoing.ts';
import type { Residents } from './residents.ts';
import type { Tally } from './tally.ts';
import { Timers } from './timers.ts';
import type { Deed } from './underway.ts';
import { effectIdOf } from './words.ts';

export interface DeedPorts {
  readonly limits: Limits;
  readonly answers: Answers;
  readonly tally: Tally;
  readonly breadcrumb: Breadcrumb;
  readonly residents: () => Residents;
  readonly now: () => number;
  readonly wait: Wait;
  readonly put: (address: string, entry: Entry) => void;
  readonly deliver: (to: string, message: Message, settle: Settle) => void;
}

const plainTypes: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'undefined']);

export class Deeds {
  readonly #ports: DeedPorts;
  readonly #timers: Timers;
  readonly #effects: Effects;
  readonly #courier: Courier;
  /** Actions without an implementation, each told once. */
  readonly #told = new Set<string>();

  constructor(ports: DeedPorts) {
    this.#ports = ports;
    const { put, answers, breadcrumb, wait } = ports;
    this.#timers = new Timers(ports, (address, id, due) => this.#fire(address, id, due));
    this.#effects = new Effects(
      {
        ended: (address, event) => put(address, { type: 'host', event }),
        said: (address, effectId, event) => put(address, { type: 'driver', effectId, event }),
        remote: (answer) => answers.push(answer),
        enter: (address) => breadcrumb.enter(address),
        leave: () => breadcrumb.leave(),
        wait,
        failed: (address, what, error) => this.failed(address, what, outcomeOf(error)),
      },
      ports.limits,
    );
    this.#courier = new Courier({
      deliver: (to, message, settle) => ports.deliver(to, message, settle),
      settled: (actor) => ports.residents().marked.add(actor),
      undeliverable: (actor, undelivered, tries) => this.#undeliverable(actor, undelivered, tries),
      resident: (address) => ports.residents().get(address),
      wait,
    });
  }

  get isQuiet(): boolean {
    return this.#courier.busy === 0;
  }

  counts(): { timers: number; effects: number } {
    return { timers: this.#timers.size, effects: this.#effects.size };
  }

  /** All that follows a commit. */
  after(actor: HostedActor, deeds: readonly Deed[]): void {
    for (const deed of deeds) this.#do(actor, deed);
    if (actor.heldMail !== undefined) this.#courier.release(actor);
  }

  #do(actor: HostedActor, deed: Deed): void {
    const { address } = actor;
    switch (deed.type) {
      case 'start':
        return this.#start(actor, deed.id);
      case 'stop':
        return this.#effects.stop(address, deed.effectId);
      case 'driver':
        return this.#effects.tell(address, deed.effectId, deed.event, deed.seq);
      case 'timer':
        return this.#timers.set(address, deed.id, deed.due);
      case 'untimer':
        return this.#timers.cancel(address, deed.id);
      case 'mail':
        if (actor.marks) this.#ports.residents().marked.add(actor);
        return this.#courier.kick(actor, deed.to);
      case 'failed':
        return this.failed(address, deed.what, deed.refusal);
      case 'ended':
        return this.#ended(address, deed);
      case 'log':
        return this.#ports.answers.log('info', String(shown(deed.label ?? 'log')), {
          address,
          value: shown(deed.value),
        });
      case 'action':
        if (deed.isMissing) return this.#missing(actor, deed.name);
        return this.#act(address, deed.name, deed.run);
    }
  }

  #start(actor: HostedActor, id: string): void {
    const effect = actor.ledger.effects?.get(id);
    if (effect !== undefined) this.#effects.start(actor, effect);
  }

  /** XState passes such an action over in silence; a misspelt name should not take long to find. */
  #missing({ address, kind }: HostedActor, name: string): void {
    const key = `${kind.name} ${name}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const text = `"${kind.name}" names the action "${name}", which nothing implements: it does nothing.`;
    this.#ports.answers.log('warn', text, { address, kind: kind.name, action: name });
  }

  /** A user's action: once, after the commit. Its failure is logged and counted; the fact stands. */
  #act(address: string, name: string, run: () => unknown): void {
    this.#ports.breadcrumb.enter(address);
    try {
      const result = run();
      if (result instanceof Promise) {
        result.catch((error: unknown) => this.failed(address, `action "${name}"`, outcomeOf(error)));
      }
    } catch (error) {
      this.failed(address, `action "${name}"`, outcomeOf(error));
    }
    this.#ports.breadcrumb.leave();
  }

  /** It is nobody's answer: logged and counted. */
  failed(address: string, what: string, refusal: Refusal): void {
    this.#ports.tally.failures++;
    this.#ports.answers.log('error', `${address}: ${what} failed: ${refusal.message}`, {
      address,
      error: errorIn(refusal),
    });
  }

  #ended(address: string, { seq, error }: Extract<Deed, { readonly type: 'ended' }>): void {
    this.#ports.tally.failures++;
    const text = `${address} ended as error at seq ${seq}: ${error.message}`;
    this.#ports.answers.log('error', text, { address, seq, error });
  }

  /** What a driver said found no room. */
  overrun(actor: HostedActor, refusal: Refusal): void {
    if (!actor.isOverrun) this.failed(actor.address, 'hearing its drivers', refusal);
    actor.isOverrun = true;
  }

  /** An actor came into memory: what it has under way goes on. */
  resume(actor: HostedActor): void {
    this.#ports.tally.activations++;
    if (actor.quarantine !== undefined) return this.setAside(actor.address);
    for (const { id, due } of actor.ledger.timers?.values() ?? []) this.#timers.set(actor.address, id, due);
    for (const effect of actor.ledger.effects?.values() ?? []) this.#resumeEffect(actor, effect);
    this.#courier.kickAll(actor);
    this.#timers.run();
  }

  /** What runs for it is let go, also ends that nobody takes now: its release starts all of it again. */
  setAside(address: string): void {
    this.#effects.stopAll(address);
  }

  #resumeEffect(actor: HostedActor, effect: Effect): void {
    const effectId = effectIdOf(effect.id, effect.seq);
    // The actor was lost, not what runs for it.
    if (this.#effects.has(actor.address, effectId)) return;
    const onLost = actor.kind.definition.drivers?.[effect.src]?.onLost ?? 'restart';
    if (onLost !== 'error') return this.#effects.start(actor, effect, true);
    const message = `The thread or process that ran "${effect.src}" was lost.`;
    const error = { name: 'Lost', message, code: 'WORKER_LOST' };
    const event = { type: 'effect.failed' as const, effect: effectId, error };
    this.#ports.put(actor.address, { type: 'host', event });
  }

  remoteEnd(actor: HostedActor, end: EffectEnd): void {
    this.#effects.remoteEnd(actor, end);
  }

  /** Wakes the actor when it is due, though it is not in memory. */
  wakeAt(address: string, due: number): void {
    this.#timers.set(address, undefined, due);
  }

  runTimers(): void {
    this.#timers.run();
  }

  #fire(address: string, id: string | undefined, due: number): void {
    const fire = (actor: HostedActor): void => {
      // Cancelled, or set anew since: that one has its own wake-up.
      if (id === undefined || actor.ledger.timers?.get(id)?.due !== due) return;
      if (isHeard('timer')) traces.timer.start.publish({ address, id, due });
      this.#ports.put(address, { type: 'host', event: { type: 'timer.fired', timer: id }, due });
    };
    this.#ports.residents().with(address, fire, 'later');
  }

  /** Told to the sender if it can take it; else a dead letter: logged and counted. */
  #undeliverable(actor: HostedActor, { to, mail, refusal }: Undelivered, tries: number): Fate {
    const { address, sealed } = actor;
    const word = sealed ? undefined : wordOf(actor, to, mail, refusal);
    if (word !== undefined) {
      const { ordinal } = mail;
      this.#ports.put(address, { type: 'host', event: word, mail: { to, ordinal } });
      return 'told';
    }
    const details = { address, to, kind: mail.kind, error: errorIn(refusal) };
    const { answers, tally } = this.#ports;
    if (refusal.code === 'UNKNOWN_KIND') {
      if (tries === 0) answers.log('warn', `a message waits for its kind: ${refusal.message}`, details);
      return 'kept';
    }
    tally.deadLetters++;
    answers.log('warn', `dead letter: ${refusal.message}`, details);
    return 'dead';
  }

  close(): void {
    this.#timers.close();
    this.#effects.close();
    this.#courier.close();
  }
}

/** How an actor is told that its message was refused for good; undefined when it would not hear it. */
function wordOf(actor: HostedActor, to: string, mail: Mail, refusal: Refusal): HostEvent | undefined {
  const { snapshot, ledger } = actor;
  const { code, message } = refusal;
  if (mail.kind === 'birth') {
    const child = [...(ledger.children?.values() ?? [])].find(({ address }) => address === to);
    return child && { type: 'child.failed', child: child.id, error: { name: 'TroupeError', message, code } };
  }
  // A report's sender is sealed: it hears nothing.
  if (mail.kind !== 'event' || snapshot === undefined) return undefined;
  if (!acceptsOf(snapshot).includes('send.refused')) return undefined;
  return { type: 'send.refused', to, event: unpack(mail.bytes) as AnyEvent, code };
}

/** A refusal as logs name errors. */
function errorIn({ code, message }: Refusal): PlainFailure {
  return { name: 'TroupeError', message, code };
}

/** Whatever a machine logs, in a form that crosses threads. */
function shown(value: unknown): unknown {
  if (value === null || plainTypes.has(typeof value)) return value;
  try {
    return inspect(value, { depth: 4, breakLength: 1e4 });
  } catch (error) {
    return `a value that cannot be shown: ${outcomeOf(error).message}`;
  }
}
