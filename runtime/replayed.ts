/**
 * A history through its statechart again, for tests: the events as they were recorded, the host's own words
 * among them, one after the other. It runs nothing, and needs no clock: what a timer or a task led to is a
 * fact of the history.
 */
import type { ContextFrom } from 'xstate';
import type { AnyEvent } from '../actors/fact.ts';
import { ignores, stateOf } from '../actors/statechart.ts';
import type { Effect, Snapshot } from '../actors/statechart.ts';
import { TroupeError } from '../actors/troupeError.ts';
import { packWhole } from '../storage/values.ts';
import type { AnyDefinition, MachineOf } from './definition.ts';
import { Kinds } from './host/kinds.ts';
import { Ledger } from './host/ledger.ts';
import { failureOf, machineEventOf } from './host/words.ts';

/** Where the statechart stood after an event. */
export interface Replayed<D> {
  readonly state: readonly string[];
  readonly context: ContextFrom<MachineOf<D>>;
  readonly status: 'active' | 'done' | 'error' | 'stopped';
}

/**
 * One for each event, the first of which is `actor.born`. What the machine throws on an event of somebody
 * else is thrown, as `MACHINE_FAILED` with its place.
 */
export function replayed<D extends AnyDefinition>(
  definition: D,
  events: readonly (AnyEvent | (AnyEvent & Readonly<Record<string, unknown>>))[],
): readonly Replayed<D>[] {
  const address = `${definition.kind}/replayed`;
  const kind = new Kinds([definition]).of(address);
  const ledger = new Ledger();
  let snapshot: Snapshot | undefined;
  return events.map((event, i): Replayed<D> => {
    const seq = i + 1;
    const self = { address, parent: undefined, seq };
    const told = snapshot === undefined ? undefined : machineEventOf(event, ledger);
    if (snapshot === undefined) {
      if (event.type !== 'actor.born') throw unborn(event.type);
      const first = kind.statechart.start((event as { readonly input?: unknown }).input, self);
      if (first.failed) throw failed(event.type, seq, first.error);
      snapshot = first.snapshot;
      noteTimers(ledger, first.effects, seq);
    } else if (told !== undefined && !(kind.passive.has(event.type) && ignores(snapshot, event.type))) {
      const step = kind.statechart.step(snapshot, told, self);
      if (step.failed && told === event) throw failed(event.type, seq, step.error);
      snapshot = step.snapshot;
      if (!step.failed) noteTimers(ledger, step.effects, seq);
    }
    // The machine is the definition's own.
    return { state: stateOf(snapshot), context: snapshot.context as never, status: snapshot.status };
  });
}

/** What a delayed `raise` says stands where it was set. */
function noteTimers(ledger: Ledger, effects: readonly Effect[], seq: number): void {
  let nameless = 0;
  for (const effect of effects) {
    if (effect.type !== 'timer.set') continue;
    const id = effect.id ?? `~${seq}.${nameless++}`;
    ledger.apply(['timer', id, 0, effect.event === undefined ? null : packWhole(effect.event), null]);
  }
}

function unborn(type: string): TroupeError {
  const text = `A history begins with "actor.born", not with "${type}".`;
  return new TroupeError('INVALID_EVENT', text, { type });
}

function failed(type: string, seq: number, error: unknown): TroupeError {
  const failure = failureOf(error);
  const text = `The machine threw on "${type}", the event at ${seq}: ${failure.message}.`;
  return new TroupeError('MACHINE_FAILED', text, { seq, type, error: failure });
}
