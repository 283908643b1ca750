/**
 * Tasks that run in the callers' thread: an `invoke` whose source the machine does not implement, by the name
 * under which openTroupe was given it. The host decides when one starts, and stops, and is retried.
 *   F1. One run of a task at a time: asked for again while it runs (its host was replaced), it goes on.
 *   F2. Its end is told until a host has recorded it; an aborted one has no end.
 */
import { TroupeError } from '../actors/troupeError.ts';
import { packWhole, unpack } from '../storage/values.ts';
import { failureOf } from './host/words.ts';
import { preparedEvent } from './beforeSend.ts';
import type { BeforeSend } from './beforeSend.ts';
import type { Limits } from './limits.ts';
import type { Logger } from './logger.ts';
import type { EffectCall, EffectEnd } from './protocol.ts';

/** What an effect is run with. */
export interface EffectRun<Input = unknown> {
  readonly input: Input;
  readonly signal: AbortSignal;
  /**
   * 1: it has not been run before. More: it has, or may have. Of a run that was under way when its thread or
   * process ended nobody knows how far it came: ask whoever you called, by `effectId`, before you call again.
   */
  readonly attempt: number;
  /** The same for every attempt: what makes a call to somebody else repeatable. */
  readonly effectId: string;
  readonly address: string;
}

interface Run {
  readonly controller: AbortController;
  readonly attempt: number;
}

interface Methods {
  // A method's parameter may be narrowed: users write down what their machine gives as input.
  effect(run: EffectRun): unknown;
}

/** What runs for each source, in this thread. */
export type Effects = Readonly<Record<string, Methods['effect']>>;

export interface EffectOptions {
  readonly effects: Effects;
  readonly beforeSend: BeforeSend;
  readonly limits: Limits;
  readonly logger: Logger;
  /** Resolves when the end is recorded. */
  readonly ended: (address: string, end: EffectEnd) => PromiseLike<unknown>;
}

export class EffectRuns {
  #effects: Effects;
  readonly #beforeSend: BeforeSend;
  readonly #limits: Limits;
  readonly #ended: EffectOptions['ended'];
  readonly #running = new Map<string, Run>();

  readonly #logger: Logger;
  /** Sources that nothing implements, each told once. */
  readonly #told = new Set<string>();

  constructor({ effects, beforeSend, limits, logger, ended }: EffectOptions) {
    this.#logger = logger;
    this.#effects = effects;
    this.#beforeSend = beforeSend;
    this.#limits = limits;
    this.#ended = ended;
  }

  /** The newer functions under the same names: a module that was evaluated again. */
  replace(effects: Effects): void {
    this.#effects = effects;
  }

  get names(): readonly string[] {
    return Object.keys(this.#effects).toSorted();
  }

  get running(): number {
    return this.#running.size;
  }

  start(call: EffectCall): void {
    const key = keyOf(call.address, call.effectId);
    // F1. A later attempt is asked for once the one before has ended, though nobody may have told so yet. A
    // host that takes over counts the run that it did not see end as one before.
    const under = call.resumed ? call.attempt - 1 : call.attempt;
    if ((this.#running.get(key)?.attempt ?? 0) >= under) return;
    const run: Run = { controller: new AbortController(), attempt: call.attempt };
    this.#running.set(key, run);
    void this.#run(call, run.controller).finally(() => {
      if (this.#running.get(key) === run) this.#running.delete(key);
    });
  }

  stop(address: string, effectId: string): void {
    const key = keyOf(address, effectId);
    this.#running.get(key)?.controller.abort();
    this.#running.delete(key);
  }

  /** Aborts what runs; its ends are not told, so that it runs again with the next open. */
  close(): void {
    for (const { controller } of this.#running.values()) controller.abort();
    this.#running.clear();
  }

  async #run(call: EffectCall, controller: AbortController): Promise<void> {
    const end = await this.#end(call, controller.signal);
    if (controller.signal.aborted) return; // F2
    try {
      await this.#ended(call.address, end);
    } catch {
      // The host refuses ends of what it no longer waits for, and says so itself where that matters.
    }
  }

  async #end({ src, ...call }: EffectCall, signal: AbortSignal): Promise<EffectEnd> {
    const { address, effectId, attempt } = call;
    try {
      const effect = Object.hasOwn(this.#effects, src) ? this.#effects[src] : undefined;
      if (effect === undefined) throw this.#missing(src, address);
      const input = unpack(call.input);
      // To its user the id must be unique among all actors: it goes out to others.
      const run = { input, signal, attempt, effectId: `${address}#${effectId}`, address };
      return { effectId, output: this.#packed(this.#redacted(src, address, await effect(run))) };
    } catch (error) {
      return { effectId, failure: packWhole(failureOf(error)) };
    }
  }

  #missing(src: string, address: string): TroupeError {
    const error = missing(src, address);
    if (!this.#told.has(src)) this.#logger.warn({ address, src }, error.message);
    this.#told.add(src);
    return error;
  }

  #redacted(src: string, address: string, output: unknown): unknown {
    const { redact } = this.#beforeSend;
    if (redact === undefined) return output;
    const done = { type: 'effect.done', effect: src, output } as const;
    return (preparedEvent({ redact }, done, address) as Partial<typeof done>).output;
  }

  #packed(output: unknown): Uint8Array {
    const bytes = packWhole(output);
    const { resultBytes } = this.#limits;
    if (bytes.byteLength <= resultBytes) return bytes;
    const text = `The result has ${bytes.byteLength} bytes, at most ${resultBytes} are kept. Return less.`;
    throw new TroupeError('TOO_LARGE', text, { bytes: bytes.byteLength, resultBytes });
  }
}

function keyOf(address: string, effectId: string): string {
  return `${address} ${effectId}`;
}

function missing(src: string, address: string): TroupeError {
  const text =
    `${address} invokes "${src}", which neither its machine implements nor openTroupe was given. ` +
    `Give it: openTroupe({ effects: { ${JSON.stringify(src)}: async ({ input, signal }) => … } }).`;
  return new TroupeError('UNSUPPORTED', text, { src });
}
