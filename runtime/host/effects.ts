/**
 * Effects at work: tasks and drivers of the actors in memory. They start after the commit that asked for
 * them, and their ends come back as entries of the actor's mailbox.
 *   - A task runs where it is implemented: here, or in the callers' thread; so does a driver.
 *   - It is run again after a crash until its end is recorded, under its `effectId`; attempts count on:
 *     one that goes on after a crash may have run before, and is told so by an attempt above 1.
 *   - Leaving the state aborts its signal; whatever it still says is nobody's.
 */
import type { AnyEvent } from '../../actors/fact.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import { packWhole, unpack } from '../../storage/values.ts';
import type { HostEvent, TaskPolicy } from '../definition.ts';
import type { Limits } from '../limits.ts';
import type { EffectEnd } from '../protocol.ts';
import { traced } from '../tracing.ts';
import type { Wait } from './clock.ts';
import { begun } from './driverSource.ts';
import type { DriverSource } from './driverSource.ts';
import type { HostedActor } from './hostedActor.ts';
import { failuresOf } from './ledger.ts';
import type { Effect } from './ledger.ts';
import { refuseEmit, refuseSend } from './refusals.ts';
import { remoteStart, remoteStop, remoteTell } from './remote.ts';
import type { RemoteAnswer } from './remote.ts';
import { effectIdOf, failureOf } from './words.ts';

export interface EffectPorts {
  /** The end of an effect, or of an attempt, for its actor's mailbox. */
  readonly ended: (address: string, event: HostEvent) => void;
  /** An event from a driver. */
  readonly said: (address: string, effectId: string, event: AnyEvent) => void;
  /** To the callers' thread. */
  readonly remote: (answer: RemoteAnswer) => void;
  /** User code of this actor runs from here on; of nobody. */
  readonly enter: (address: string) => void;
  readonly leave: () => void;
  readonly wait: Wait;
  readonly failed: (address: string, what: string, error: unknown) => void;
}

interface Running {
  readonly abort: AbortController;
  readonly remote: boolean;
  readonly attempt: number;
  /** Before this run: what its policy counts. A run that was lost is no failure. */
  readonly failures: number;
  /** Paused: until the next attempt. Ended: until its end is recorded, so that nothing starts it again. */
  stage: 'running' | 'paused' | 'ended';
  /** A driver's ears for events from its actor. */
  readonly listeners: Set<(event: AnyEvent) => void>;
  cleanUp?: () => void;
  /** Calls off what waits: the time limit of this attempt, or the pause before the next. */
  stopWaiting?: () => void;
}

const backoffMsMax = 60_000;

export class Effects {
  readonly #running = new Map<string, Running>();
  readonly #ports: EffectPorts;
  readonly #limits: Limits;

  constructor(ports: EffectPorts, limits: Limits) {
    this.#ports = ports;
    this.#limits = limits;
  }

  get size(): number {
    let size = 0;
    for (const { stage } of this.#running.values()) if (stage !== 'ended') size++;
    return size;
  }

  /** Whether it runs here, or has ended and is about to be recorded. */
  has(address: string, effectId: string): boolean {
    return this.#running.has(keyOf(address, effectId));
  }

  /** `resumed`: it was under way before its actor came into memory, so that a run of it may have begun. */
  start(actor: HostedActor, effect: Effect, resumed = false): void {
    const attempt = (effect.attempt ?? 1) + (resumed ? 1 : 0);
    this.#start(actor, effect, { attempt, failures: failuresOf(effect) }, resumed);
  }

  #start(
    actor: HostedActor,
    effect: Effect,
    { attempt, failures }: Pick<Running, 'attempt' | 'failures'>,
    resumed = false,
  ): void {
    const effectId = effectIdOf(effect.id, effect.seq);
    const key = keyOf(actor.address, effectId);
    const before = this.#running.get(key);
    if (before !== undefined && before.stage !== 'paused') return;
    const source = actor.kind.statechart.source(effect.src);
    const remote = source.kind === 'unimplemented';
    const abort = new AbortController();
    const running: Running = { abort, remote, attempt, failures, stage: 'running', listeners: new Set() };
    this.#running.set(key, running);
    const policy = actor.kind.definition.tasks?.[effect.src];
    if (policy?.timeoutMs !== undefined) this.#watch(actor, effect, running, policy.timeoutMs);
    if (source.kind === 'unimplemented') {
      this.#ports.remote(remoteStart(actor, effect, attempt, resumed));
    } else if (source.kind === 'task') {
      void this.#task(actor, effect, running, source.run);
    } else if (source.kind === 'driver') {
      this.#driver(actor, effect, running, source);
    }
  }

  async #task(
    actor: HostedActor,
    effect: Effect,
    running: Running,
    run: (args: Readonly<Record<string, unknown>>) => unknown,
  ): Promise<void> {
    const args = { ...this.#args(actor, effect, running), emit: refuseEmit };
    const { attempt } = running;
    let output: unknown;
    try {
      const work = async () => this.#entered(actor.address, () => run(args));
      output = await traced('effect', work, () => ({ address: actor.address, src: effect.src, attempt }));
    } catch (error) {
      return this.#fail(actor, effect, running, error);
    }
    try {
      this.#done(actor, effect, running, packWhole(output));
    } catch (error) {
      // It would give the same again.
      this.#fail(actor, effect, running, error, false);
    }
  }

  #entered<T>(address: string, run: () => T): T {
    this.#ports.enter(address);
    try {
      return run();
    } finally {
      this.#ports.leave();
    }
  }

  #args(actor: HostedActor, effect: Effect, { abort, attempt }: Running): Record<string, unknown> {
    const { address } = actor;
    const self = { id: address, sessionId: address, send: refuseSend };
    return {
      input: unpack(effect.input),
      signal: abort.signal,
      attempt,
      effectId: `${address}#${effectIdOf(effect.id, effect.seq)}`,
      address,
      self,
      system: { get: () => undefined, _logger: () => undefined },
    };
  }

  #done(actor: HostedActor, effect: Effect, running: Running, output: Uint8Array): void {
    const effectId = effectIdOf(effect.id, effect.seq);
    if (!this.#isCurrent(actor.address, effectId, running)) return;
    const max = this.#limits.resultBytes;
    if (output.length > max) {
      const text = `The result of "${effect.src}" has ${output.length} bytes, at most ${max}.`;
      return this.#fail(actor, effect, running, new TroupeError('TOO_LARGE', text, {}), false);
    }
    this.#end(actor.address, running, { type: 'effect.done', effect: effectId, output: unpack(output) });
  }

  #end(address: string, running: Running, event: HostEvent): void {
    running.stopWaiting?.();
    running.stage = 'ended';
    this.#ports.ended(address, event);
  }

  /** Once more after a pause, as the policy allows; else the failure is the end. */
  #fail(actor: HostedActor, effect: Effect, running: Running, error: unknown, mayRetry = true): void {
    const effectId = effectIdOf(effect.id, effect.seq);
    const policy: TaskPolicy = actor.kind.definition.tasks?.[effect.src] ?? {};
    if (!this.#isCurrent(actor.address, effectId, running)) return;
    const failures = running.failures + 1;
    if (mayRetry && failures < (policy.attempts ?? 1)) {
      const attempt = running.attempt + 1;
      const pause = Math.min(backoffMsMax, (policy.backoffMs ?? 100) * 2 ** (failures - 1));
      running.stopWaiting?.();
      // Whatever this attempt still says is too late.
      running.stage = 'paused';
      running.stopWaiting = this.#ports.wait(pause, () => this.#start(actor, effect, { attempt, failures }));
      return this.#ports.ended(actor.address, retriedEvent(effectId, attempt, error));
    }
    this.#end(actor.address, running, { type: 'effect.failed', effect: effectId, error: failureOf(error) });
  }

  #watch(actor: HostedActor, effect: Effect, running: Running, ms: number): void {
    running.stopWaiting = this.#ports.wait(ms, () => {
      const late = new TroupeError('TIMEOUT', `"${effect.src}" took longer than ${ms} ms.`, {});
      this.#fail(actor, effect, running, late);
      running.abort.abort(late);
      if (running.remote) this.#ports.remote(remoteStop(actor.address, effectIdOf(effect.id, effect.seq)));
    });
  }

  /** The end of a task that ran in the callers' thread. */
  remoteEnd(actor: HostedActor, end: EffectEnd): void {
    const running = this.#running.get(keyOf(actor.address, end.effectId));
    const effect = [...(actor.ledger.effects?.values() ?? [])].find(
      (e) => effectIdOf(e.id, e.seq) === end.effectId,
    );
    if (running?.stage !== 'running' || effect === undefined) return;
    if (end.output !== undefined) return this.#done(actor, effect, running, end.output);
    const failure = unpack(end.failure ?? packWhole(undefined));
    this.#fail(actor, effect, running, failure);
  }

  #driver(actor: HostedActor, effect: Effect, running: Running, source: DriverSource): void {
    const effectId = effectIdOf(effect.id, effect.seq);
    const { address } = actor;
    const say = (event: AnyEvent) => {
      if (this.#isCurrent(address, effectId, running)) this.#ports.said(address, effectId, event);
    };
    const end = (event: HostEvent) => {
      if (this.#isCurrent(address, effectId, running)) this.#end(address, running, event);
    };
    const fail = (error: unknown) =>
      end({ type: 'effect.failed', effect: effectId, error: failureOf(error) });
    try {
      // A driver waits on the host's time, so that a test's clock moves it too.
      const resume = { lastSeq: actor.seq, digest: actor.digest, wait: this.#ports.wait };
      const args = { ...this.#args(actor, effect, running), ...resume, emit: refuseEmit };
      const complete = () => end({ type: 'effect.done', effect: effectId, output: undefined });
      const receive = (listener: (event: AnyEvent) => void) => void running.listeners.add(listener);
      const cleanUp = this.#entered(address, () => begun(source, args, { say, complete, fail, receive }));
      if (cleanUp !== undefined) running.cleanUp = cleanUp;
    } catch (error) {
      fail(error);
    }
  }

  /** An event from the actor to its driver. */
  tell(address: string, effectId: string, event: AnyEvent, seq: number): void {
    const running = this.#running.get(keyOf(address, effectId));
    if (running?.remote === true) return this.#ports.remote(remoteTell(address, effectId, event, seq));
    for (const listener of running?.listeners ?? []) {
      try {
        this.#entered(address, () => listener(event));
      } catch (error) {
        this.#ports.failed(address, `its driver "${effectId}" on "${event.type}"`, error);
      }
    }
  }

  /** Its state was left, or its end is recorded. */
  stop(address: string, effectId: string): void {
    const key = keyOf(address, effectId);
    const running = this.#running.get(key);
    this.#running.delete(key);
    if (running === undefined || running.stage === 'ended') return;
    running.stopWaiting?.();
    if (running.remote) this.#ports.remote(remoteStop(address, effectId));
    running.abort.abort(new TroupeError('CLOSED', 'The state that asked for this effect was left.', {}));
    this.#cleanUp(address, effectId, running);
  }

  /** Its actor was set aside. */
  stopAll(address: string): void {
    const prefix = keyOf(address, '');
    for (const key of Array.from(this.#running.keys())) {
      if (key.startsWith(prefix)) this.stop(address, key.slice(prefix.length));
    }
  }

  #cleanUp(address: string, effectId: string, running: Running): void {
    try {
      running.cleanUp?.();
    } catch (error) {
      this.#ports.failed(address, `cleaning up after "${effectId}"`, error);
    }
  }

  /** The host ends: what runs is let go, and run again by whoever hosts the actor next. */
  close(): void {
    for (const [key, running] of this.#running) {
      running.stopWaiting?.();
      if (running.stage === 'ended') continue;
      running.abort.abort(new TroupeError('CLOSED', 'The runtime is closing.', {}));
      this.#cleanUp(key, key, running);
    }
    this.#running.clear();
  }

  #isCurrent(address: string, effectId: string, running: Running): boolean {
    return running.stage === 'running' && this.#running.get(keyOf(address, effectId)) === running;
  }
}

function keyOf(address: string, effectId: string): string {
  return `${address}#${effectId}`;
}

function retriedEvent(effect: string, attempt: number, error: unknown): HostEvent {
  return { type: 'effect.retried', effect, attempt, error: failureOf(error) };
}
