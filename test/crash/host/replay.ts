/**
 * Replays: each history's facts through the pure statechart, where every commit must have reached the same
 * state and asked for the same timers, effects, children and messages; and through a fresh host.
 */
import { strict as assert } from 'node:assert';
import type { EventObject } from 'xstate';
import { childAddressOf, kindOf } from '../../../actors/address.ts';
import {
  doneEvent,
  failedEvent,
  stateOf,
  statechartOf,
  tagsOf,
  timerEvent,
} from '../../../actors/statechart.ts';
import type { Effect, Failure, Send, Snapshot, Statechart, Step } from '../../../actors/statechart.ts';
import { openTroupe } from '../../../runtime/index.ts';
import type { AnyDefinition } from '../../../runtime/index.ts';
import type { Intent } from '../../../runtime/host/ledger.ts';
import type { Fact, Histories, History, Word } from './histories.ts';

export function assertReplays(definitions: readonly AnyDefinition[], histories: Histories): void {
  const charts = new Map(definitions.map(({ kind, machine }) => [kind, statechartOf(machine)]));
  for (const history of histories.values()) {
    const chart = charts.get(kindOf(history.address));
    assert(chart !== undefined, `${history.address} is of no kind`);
    new Replay(history, chart).run();
  }
}

interface Timer {
  readonly event: EventObject | undefined;
  readonly to: Send['to'] | undefined;
}

class Replay {
  readonly #history: History;
  readonly #chart: Statechart;
  readonly #timers = new Map<string, Timer>();
  readonly #children = new Map<string, string>();
  #snapshot: Snapshot | undefined;
  #parent: string | undefined;
  #asked: string[] = [];
  #nameless = 0;

  constructor(history: History, chart: Statechart) {
    this.#history = history;
    this.#chart = chart;
  }

  run(): void {
    const { address, commits } = this.#history;
    let reached: string | undefined;
    for (const commit of commits) {
      this.#asked = [];
      this.#nameless = 0;
      for (const fact of commit.facts) this.#fact(fact);
      const where = `${address}@${commit.facts.at(-1)?.seq}`;
      const paths = this.#snapshot && stateOf(this.#snapshot);
      const tags = this.#snapshot && tagsOf(this.#snapshot);
      if (commit.reached !== undefined) reached = JSON.stringify(commit.reached);
      assert.equal(reached, JSON.stringify({ paths, tags }), `${where}: the state it reached`);
      const intended = commit.intents.flatMap(asText);
      assert.deepEqual(intended, this.#asked, `${where}: what it set in motion`);
    }
  }

  get #self() {
    return { address: this.#history.address, parent: this.#parent };
  }

  #fact({ seq, at, event }: Fact): void {
    if (event.type === 'actor.born') {
      this.#parent = event['parent'] as string | undefined;
      return this.#take(this.#chart.start(event['input'], this.#self), seq, at);
    }
    const snapshot = this.#snapshot;
    assert(snapshot !== undefined, `${this.#history.address}@${seq}: a fact before its birth`);
    const machineEvent = this.#eventOf(event);
    if (machineEvent !== undefined) this.#take(this.#chart.step(snapshot, machineEvent, this.#self), seq, at);
  }

  #eventOf(event: Word): EventObject | undefined {
    const name = (key: string): string => String(event[key]).replace(/@\d+$/, '');
    switch (event.type) {
      case 'effect.done':
        return doneEvent(name('effect'), event['output']);
      case 'effect.failed':
        return failedEvent(name('effect'), event['error']);
      case 'child.done':
      case 'child.failed':
        this.#children.delete(String(event['child']));
        if (event.type === 'child.done') return doneEvent(String(event['child']), event['output']);
        return failedEvent(String(event['child']), event['error']);
      case 'timer.fired': {
        const id = String(event['timer']);
        const timer = this.#timers.get(id);
        if (timer?.to !== undefined) this.#asked.push(...this.#sent(timer.to));
        return timer?.to === undefined ? timerEvent(id, timer?.event) : undefined;
      }
      case 'actor.stopped':
      case 'actor.labelled':
        return undefined;
      default:
        return event;
    }
  }

  #take(step: Step | Failure, seq: number, at: number): void {
    this.#snapshot = step.snapshot;
    if (!step.failed) for (const effect of step.effects) this.#asked.push(...this.#effect(effect, seq, at));
  }

  #effect(effect: Effect, seq: number, at: number): string[] {
    switch (effect.type) {
      case 'timer.set': {
        const id = effect.id ?? `~${seq}.${this.#nameless++}`;
        this.#timers.set(id, { event: effect.event, to: effect.to });
        return [`timer ${id} ${Math.ceil(at + Math.max(0, effect.delayMs))}`];
      }
      case 'task.start':
      case 'driver.start':
        return [`effect ${effect.id}@${seq}`];
      case 'child.start': {
        const address = childAddressOf('kid', this.#history.address, effect.id, seq);
        this.#children.set(effect.id, address);
        return [`child ${effect.id} ${address}`];
      }
      case 'invoke.stop':
        this.#children.delete(effect.id);
        return [];
      case 'send':
        return this.#sent(effect.to);
      default:
        return [];
    }
  }

  #sent(to: Send['to']): string[] {
    const address = 'child' in to ? this.#children.get(to.child) : 'parent' in to ? to.parent : to.actor;
    return address === undefined ? [] : [`send ${address}`];
  }
}

/** As the statechart asked for it; ends follow from the facts, births from the children. */
function asText(intent: Intent): string[] {
  switch (intent[0]) {
    case 'timer':
      return [`timer ${intent[1]} ${intent[2]}`];
    case 'effect':
      return [`effect ${intent[1]}@${intent[5]}`];
    case 'child':
      return [`child ${intent[1]} ${intent[2]}`];
    case 'send':
      return intent[3] === 'event' ? [`send ${intent[1]}`] : [];
    default:
      return [];
  }
}

/** A host that has never seen these actors finds them as they are, from a snapshot and from the beginning. */
export async function assertReopens(directory: string, definitions: readonly AnyDefinition[]): Promise<void> {
  const troupe = await openTroupe({ directory, actors: definitions });
  try {
    for await (const { address, kind, id, seq, state } of troupe.list()) {
      const ref = troupe.actor(kind, id);
      const [now, then] = [await ref.snapshot(), await ref.at(seq)];
      assert.deepEqual(now.state, state, `${address}: its row says where it stands`);
      assert.deepEqual([then.value, then.context], [now.value, now.context], `${address}@${seq}`);
    }
    assert.deepEqual(await troupe.quarantined(), [], 'a fresh host hosts everybody');
  } finally {
    await troupe.close();
  }
}
