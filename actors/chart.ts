/**
 * A statechart as a picture's plain model: what is drawn, without where. It is JSON, so that it crosses
 * threads and HTTP; states are known by their dotted paths, as rows and receipts name them.
 *
 *   C1. The same machine gives the same hash, in every thread and process; a change that a reader could see
 *       gives another.
 *   C2. Every state stands before the states in it, every transition at the state that has it.
 */
import type { AnyStateMachine } from 'xstate';
import { hashed, hashOf, startHash } from './ptySession/sha256.ts';
import { structureOf } from './statechart/structure.ts';
import type { StateStructure } from './statechart/structure.ts';
import { triggerOf } from './chart/trigger.ts';
import type { Trigger } from './chart/trigger.ts';

/** An arrow of a chart: from where, on what, under which condition, to where. */
export interface ChartTransition {
  /** Its place among all transitions of the chart. */
  readonly number: number;
  readonly from: string;
  /** Paths; none for a transition that stays, several where it leads into parallel states. */
  readonly to: readonly string[];
  readonly trigger: Trigger;
  readonly guard?: string;
  readonly actions: readonly string[];
  /** Leaves and enters its own state again. */
  readonly reenter: boolean;
}

/** A state of a chart, with its children and with what it does. */
export interface ChartState {
  /** Dotted keys from the root, whose own path is empty. */
  readonly path: string;
  /** As XState knows it: of its own, or made of the machine's id and the path. */
  readonly id: string;
  readonly key: string;
  readonly type: StateStructure['type'];
  readonly history?: 'shallow' | 'deep';
  /** The path of the state entered first. */
  readonly initial?: string;
  readonly initialActions: readonly string[];
  readonly description?: string;
  readonly tags: readonly string[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly invokes: readonly { readonly id: string; readonly src: string }[];
  readonly transitions: readonly ChartTransition[];
  readonly states: readonly ChartState[];
}

export interface Chart {
  /** What the picture is called: the kind, or the machine's id. */
  readonly title: string;
  /** SHA-256 over everything else. */
  readonly hash: string;
  readonly root: ChartState;
}

/** The chart of a definition, or of anything else with a machine. */
export function chartOf(definition: { readonly machine: AnyStateMachine; readonly kind?: string }): Chart {
  const structure = structureOf(definition.machine);
  return chartOfStructure(structure, definition.kind ?? structure.key);
}

/** The same where the machine itself is in another thread. */
export function chartOfStructure(structure: StateStructure, title: string): Chart {
  const paths = new Map<string, string>();
  notePaths(structure, '', paths);
  const numbers = { next: 0 };
  const root = stateOf(structure, '', { paths, numbers });
  const bytes = new TextEncoder().encode(JSON.stringify({ title, root }));
  return { title, hash: hashOf(hashed(startHash, bytes)), root };
}

/** Every state of the chart, each before those in it. */
export function statesOf(chart: Chart): readonly ChartState[] {
  const all: ChartState[] = [];
  const add = (state: ChartState): void => {
    all.push(state);
    for (const inner of state.states) add(inner);
  };
  add(chart.root);
  return all;
}

interface Reading {
  /** From ids, by which transitions name their targets. */
  readonly paths: ReadonlyMap<string, string>;
  readonly numbers: { next: number };
}

const pathOf = (key: string, above: string): string => (above === '' ? key : `${above}.${key}`);

function notePaths(structure: StateStructure, path: string, paths: Map<string, string>): void {
  paths.set(structure.id, path);
  for (const inner of structure.states) notePaths(inner, pathOf(inner.key, path), paths);
}

/** The keys are written in one order, because the hash is taken over their text (C1). */
function stateOf(structure: StateStructure, path: string, reading: Reading): ChartState {
  const { id, key, type, history, initial, initialActions = [], description } = structure;
  const { tags, entry, exit, invokes, transitions, states } = structure;
  return {
    path,
    id,
    key,
    type,
    ...(history !== undefined && { history }),
    ...(initial !== undefined && { initial: pathOf(initial, path) }),
    initialActions: initialActions.map(plainAction),
    ...(description !== undefined && { description }),
    tags: tags.toSorted(),
    entry: entry.map(plainAction),
    exit: exit.map(plainAction),
    invokes: invokes.map((invoke) => ({ id: invoke.id, src: invoke.src })),
    transitions: transitions.map(({ on, to, guard, actions, reenter }) => ({
      number: reading.numbers.next++,
      from: path,
      to: to.map((target) => reading.paths.get(target) ?? target),
      trigger: type === 'history' ? { kind: 'default' } : triggerOf(on, id),
      ...(guard !== undefined && { guard }),
      actions: actions.map(plainAction),
      reenter,
    })),
    states: states.map((inner) => stateOf(inner, pathOf(inner.key, path), reading)),
  };
}

/** XState's own actions without its name before theirs. */
const plainAction = (name: string): string => name.replace(/^xstate\./, '');
