/**
 * A run on values: its machine and its digest are told the same things, and after each the two books are
 * compared. A fact is an event, or what the host says: a timer that came due, the driver's end, a stop.
 */
import assert from 'node:assert/strict';
import type { AnyEvent, Fact } from '../../../actors/fact.ts';
import { agentRun } from '../../../actors/agentRun/agentRun.ts';
import type { RunDigest } from '../../../actors/agentRun/digest/digest.ts';
import type { RunContext } from '../../../actors/agentRun/runContext.ts';
import type { Price } from '../../../actors/agentRun/usage.ts';
import {
  failedEvent,
  guardAgainst,
  isFinal,
  stateOf,
  statechartOf,
  tagsOf,
  timerEvent,
} from '../../../actors/statechart.ts';
import type { Effect, Snapshot, Step, TimerSet } from '../../../actors/statechart.ts';

const self = { address: 'run/1' };

export interface Event extends AnyEvent {
  readonly [field: string]: unknown;
}

/** What happens: an event of somebody, or `fire` (a timer's id), `driverFails`. */
export type Happening =
  | Event
  | { readonly fire: string; readonly quietMs?: number }
  | { readonly driverFails: true };

export class Play {
  readonly facts: Fact[] = [];
  effects: readonly Effect[] = [];
  readonly timers = new Map<string, TimerSet>();
  readonly #run;
  readonly #chart;
  snapshot: Snapshot;
  digest: RunDigest;
  now = 1_000_000;

  constructor(price?: Price) {
    this.#run = agentRun(price === undefined ? {} : { price });
    this.#chart = statechartOf(this.#run.machine);
    this.digest = this.#run.digest.start();
    const first = this.#chart.start(undefined, self);
    if (first.failed) throw first.error;
    this.snapshot = first.snapshot;
    this.#record({ type: 'actor.born' });
  }

  get context(): RunContext {
    return this.snapshot.context as unknown as RunContext;
  }

  get tags(): readonly string[] {
    return tagsOf(this.snapshot);
  }

  /** Without the region's beginnings, which all have. */
  get state(): readonly string[] {
    return stateOf(this.snapshot).map((path) => path.replace(/^live\./, ''));
  }

  get isFinal(): boolean {
    return isFinal(this.snapshot);
  }

  /** Whether it is accepted; then it is recorded, `after` milliseconds later than the one before. */
  tell(happening: Happening, after = 0): boolean {
    const [event, word] = this.#wordsOf(happening);
    if (event === undefined || this.isFinal) return false;
    if (!this.#step(event).accepted && !isTimer(happening)) return false;
    this.now += after;
    const { context } = this;
    const ahead = this.#run.concludes[word.type]?.(word, { context }) ?? [];
    const effects = ahead.flatMap((one) => this.#apply(one, one));
    this.effects = [...effects, ...this.#apply(event, word)];
    return true;
  }

  #step(event: AnyEvent): Step {
    const step = this.#chart.step(this.snapshot, event, self);
    if (step.failed) throw step.error;
    return step;
  }

  #apply(event: AnyEvent, word: AnyEvent): readonly Effect[] {
    const { accepted, snapshot, effects } = this.#step(event);
    assert(accepted || word.type === 'timer.fired', `concluded and not accepted: ${event.type}`);
    this.snapshot = snapshot;
    for (const effect of effects) {
      if (effect.type === 'timer.set') this.timers.set(effect.id ?? '', effect);
      else if (effect.type === 'timer.cancel') this.timers.delete(effect.id);
    }
    this.#record(word);
    this.#compare();
    return effects;
  }

  /** All of these, each accepted. */
  all(...happenings: readonly Happening[]): this {
    for (const happening of happenings) this.later(0, happening);
    return this;
  }

  /** A wait, then one event. */
  later(ms: number, happening: Happening): this {
    const where = `in ${this.state.join()}`;
    assert(this.tell(happening, ms), `not accepted ${where}: ${JSON.stringify(happening)}`);
    return this;
  }

  /** The guard that stood in the way of an event that is refused. */
  refusal(event: Event): string | undefined {
    assert(!this.tell(event), `accepted: ${event.type}`);
    return guardAgainst(this.snapshot, event.type);
  }

  /** What the driver was told in the last step. */
  get told(): readonly AnyEvent[] {
    return this.effects.flatMap((one) => (one.type === 'send' && 'child' in one.to ? [one.event] : []));
  }

  get posted(): readonly { readonly to: unknown; readonly event: AnyEvent }[] {
    return this.effects.flatMap((one) =>
      one.type === 'send' && 'actor' in one.to ? [{ to: one.to.actor, event: one.event }] : [],
    );
  }

  #wordsOf(happening: Happening): readonly [AnyEvent | undefined, AnyEvent] {
    if (isTimer(happening)) {
      const timer = this.timers.get(happening.fire);
      const word = { type: 'timer.fired', timer: happening.fire };
      if (timer === undefined) return [undefined, word];
      this.timers.delete(happening.fire);
      const { quietMs } = happening;
      return [
        { ...timerEvent(happening.fire, timer.event), ...(quietMs === undefined ? {} : { quietMs }) },
        word,
      ];
    }
    if (isFailure(happening)) {
      const error = { name: 'Error', message: 'gone' };
      return [
        this.snapshot.children['process'] === undefined ? undefined : failedEvent('process', error),
        { type: 'effect.failed', effect: 'process@2', error } as AnyEvent,
      ];
    }
    return [happening, happening];
  }

  #record(event: AnyEvent): void {
    const seq = this.facts.length + 1;
    const fact = { seq, to: seq, at: this.now, event };
    this.facts.push(fact);
    this.digest = this.#run.digest.fold(this.digest, fact);
  }

  /** The machine and the fold know the same, of every ending too. */
  #compare(): void {
    const { book } = this.context;
    assert.equal(this.digest.carry === null, this.isFinal, 'the digest ends with the machine');
    if (this.digest.carry !== null) assert.deepEqual(this.digest.carry.book, book);
    else {
      assert.equal(this.digest.outcome?.cause, book.ending?.cause);
      assert.deepEqual(this.state, [this.digest.state]);
    }
  }
}

const isTimer = (one: Happening): one is Extract<Happening, { fire: string }> => 'fire' in one;
const isFailure = (one: Happening): one is Extract<Happening, { driverFails: true }> => 'driverFails' in one;

export const launch = { command: 'agent', stdio: 'pipe' } as const;

/** A run that was started, by default one whose events its orchestrator sends. */
export function started(more: Readonly<Record<string, unknown>> = {}, price?: Price): Play {
  return new Play(price).all({ type: 'run.start', ...more });
}

/** A run whose first process is there. */
export function attached(more: Readonly<Record<string, unknown>> = {}): Play {
  return started({ launch, ...more }).all({ type: 'process.start', processId: 'p1', pid: 1 });
}

export const turn = (turnId: string): Event => ({ type: 'turn.start', turnId });
export const turnEnd = (turnId: string, status = 'ok'): Event => ({ type: 'turn.end', turnId, status });
export const prompt = (promptId: string, mode = 'queue'): Event => {
  return { type: 'run.prompt', promptId, content: promptId, mode };
};
export const ask = (requestId: string, more: Readonly<Record<string, unknown>> = {}): Event => ({
  type: 'permission.ask',
  requestId,
  kind: 'tool',
  title: requestId,
  options: [
    { optionId: 'yes, always', label: 'Yes', effect: 'allow', scope: 'always' },
    { optionId: 'no', label: 'No', effect: 'deny', scope: 'once' },
  ],
  ...more,
});
export const answer = (requestId: string, optionId = 'no'): Event => {
  return { type: 'permission.answer', requestId, optionId };
};
export const exit = (code: number | null, signal: string | null = null, processId = 'p1'): Event => {
  return { type: 'process.exit', processId, code, signal };
};
export const delta = (messageId: string, text: string, part = 'text'): Event => {
  return { type: 'message.delta', messageId, part, text };
};
