/**
 * The chart of a machine that somebody else runs, from its definition as JSON: what XState's inspection tells
 * of it. Nobody vouches for such a text.
 *   F1. Only what a chart shows is taken from it, each as the kind of value that it has to be.
 *   F2. States, transitions and depth are bounded before XState sees any of it, and no text is code.
 */
import { createMachine } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { chartOf } from '../chart.ts';
import type { Chart } from '../chart.ts';
import { TroupeError } from '../troupeError.ts';

/** More is no picture that anybody reads, and long work for whoever lays it out. */
export const foreignLimits = { states: 500, transitions: 2000, depth: 24, characters: 200 } as const;

type Json = Readonly<Record<string, unknown>>;

/** `TOO_LARGE` or `UNSUPPORTED` for what is no definition that can be drawn. */
export function foreignChart(definition: unknown, title: string): Chart {
  const config = new Reading().state(definition, 0);
  try {
    // Only what `Reading` lets through, which is a config.
    const machine = createMachine(config) as unknown as AnyStateMachine;
    return chartOf({ machine, kind: title });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TroupeError('UNSUPPORTED', `This definition cannot be drawn: ${why.slice(0, 300)}`, {});
  }
}

class Reading {
  #states = 0;
  #transitions = 0;

  state(told: unknown, depth: number): Json {
    if (++this.#states > foreignLimits.states) throw tooLarge('states', foreignLimits.states);
    if (depth > foreignLimits.depth) throw tooLarge('states within states', foreignLimits.depth);
    const of = fields(told);
    const type = ['atomic', 'compound', 'parallel', 'final', 'history'].find((one) => one === of['type']);
    return given({
      id: textOf(of['id']),
      type,
      initial: this.#initial(of['initial']),
      history: of['history'] === 'deep' ? 'deep' : of['history'] ? 'shallow' : undefined,
      target: type === 'history' ? textOf(of['target']) : undefined,
      description: textOf(of['description']),
      tags: listOf(of['tags']).flatMap((tag) => textOf(tag) ?? []),
      entry: namesOf(of['entry']),
      exit: namesOf(of['exit']),
      invoke: listOf(of['invoke']).map((invoke) => this.#invoke(invoke)),
      on: this.#byName(of['on'], (one) => this.#transitionsOf(one)),
      after: this.#byName(of['after'], (one) => this.#transitionsOf(one)),
      always: this.#transitionsOf(of['always']),
      onDone: this.#transitionsOf(of['onDone']),
      states: this.#byName(of['states'], (inner) => this.state(inner, depth + 1)),
    });
  }

  #initial(told: unknown): unknown {
    const target = textOf(told) ?? textOf(fields(told)['target']);
    if (target === undefined || typeof told === 'string') return target;
    return { target, actions: namesOf(fields(told)['actions']) };
  }

  #invoke(told: unknown): Json {
    const { id, src, onDone, onError } = fields(told);
    return given({
      id: textOf(id),
      src: textOf(src) ?? textOf(fields(src)['type']) ?? textOf(fields(src)['id']) ?? '(inline)',
      onDone: this.#transitionsOf(onDone),
      onError: this.#transitionsOf(onError),
    });
  }

  #transitionsOf(told: unknown): readonly Json[] {
    return listOf(told).map((one) => {
      if (++this.#transitions > foreignLimits.transitions)
        throw tooLarge('transitions', foreignLimits.transitions);
      const { target, guard, actions, reenter } = fields(one);
      const targets = listOf(typeof one === 'string' ? one : target).flatMap((text) => textOf(text) ?? []);
      return given({
        target: targets.length === 0 ? undefined : targets,
        guard: namesOf(guard)[0],
        actions: namesOf(actions),
        reenter: reenter === true,
      });
    });
  }

  #byName<T>(told: unknown, read: (value: unknown) => T): Readonly<Record<string, T>> {
    const entries = Object.entries(fields(told)).filter(([name]) => name !== '__proto__');
    return Object.fromEntries(entries.map(([name, value]) => [cut(name), read(value)]));
  }
}

/** Without what is not there, or empty. */
function given(config: Readonly<Record<string, unknown>>): Json {
  const isThere = (value: unknown): boolean =>
    value !== undefined &&
    !(Array.isArray(value) && value.length === 0) &&
    !(value?.constructor === Object && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(config).filter(([, value]) => isThere(value)));
}

/** Of actions and guards: texts, or objects with a type. */
function namesOf(told: unknown): readonly string[] {
  return listOf(told).map((one) => textOf(one) ?? textOf(fields(one)['type']) ?? '(inline)');
}

function listOf(told: unknown): readonly unknown[] {
  if (told === undefined || told === null) return [];
  return Array.isArray(told) ? told : [told];
}

function fields(told: unknown): Json {
  return typeof told === 'object' && told !== null && !Array.isArray(told) ? (told as Json) : {};
}

function textOf(told: unknown): string | undefined {
  return typeof told === 'string' && told !== '' ? cut(told) : undefined;
}

const cut = (text: string): string => text.slice(0, foreignLimits.characters);

function tooLarge(what: string, max: number): TroupeError {
  return new TroupeError('TOO_LARGE', `A definition that is drawn has at most ${max} ${what}.`, { max });
}
