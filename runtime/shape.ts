/**
 * A definition as plain data, for threads that cannot have its machine: people, inspectors, and the check
 * that two sides mean the same kind.
 */
import { kindOf } from '../actors/address.ts';
import { TroupeError } from '../actors/troupeError.ts';
import { statechartOf } from '../actors/statechart.ts';
import type { StateStructure } from '../actors/statechart.ts';
import type { AnyDefinition } from './definition.ts';
import { invalidOption } from './invalidOption.ts';
import { unsendableOf } from './unsendable.ts';
import { jsonSchemaOf } from './schema.ts';

const pathsShown = 20;

export interface Shape {
  readonly kind: string;
  readonly version: number;
  readonly passive: readonly string[];
  readonly structure: StateStructure;
  /** JSON Schemas of events, by type: of those whose schema's library tells them. */
  readonly events: Readonly<Record<string, unknown>>;
  /** Events that nobody may send: the host's own words, and what only its drivers and timers say. */
  readonly own: readonly string[];
}

/** The shapes of definitions that are to be hosted together; two of one kind are `DEFINITION_MISMATCH`. */
export function shapesOf(definitions: readonly AnyDefinition[]): readonly Shape[] {
  const shapes = new Map<string, Shape>();
  for (const definition of definitions) {
    const { kind, version, passive = [], machine, schemas = {} } = definition;
    if (shapes.has(kind)) {
      const text = `Two definitions are called "${kind}"; a kind has one.`;
      throw new TroupeError('DEFINITION_MISMATCH', text, { kind });
    }
    shapes.set(kind, {
      kind,
      version,
      passive,
      structure: statechartOf(machine).structure,
      events: eventsOf(schemas),
      own: unsendableOf(definition),
    });
  }
  return [...shapes.values()];
}

function eventsOf(schemas: NonNullable<AnyDefinition['schemas']>): Readonly<Record<string, unknown>> {
  const told = Object.entries(schemas).map(([type, schema]) => [type, jsonSchemaOf(schema)] as const);
  return Object.fromEntries(told.filter(([, schema]) => schema !== undefined));
}

/** Refuses a state that no actor of this address's kind can ever be in: waiting for it would never end. */
export function assertState(shapes: readonly Shape[], address: string, state: string): void {
  const shape = shapes.find(({ kind }) => kind === kindOf(address));
  if (shape === undefined) return;
  const paths = pathsOf(shape.structure);
  if (paths.includes(state)) return;
  const known = paths.slice(0, pathsShown).join(', ') + (paths.length > pathsShown ? ', …' : '');
  throw invalidOption(
    'state',
    state,
    `the states of "${shape.kind}" are: ${known || 'none, it has one only'}`,
  );
}

function pathsOf({ states }: StateStructure, below = ''): readonly string[] {
  return states.flatMap((state) => [`${below}${state.key}`, ...pathsOf(state, `${below}${state.key}.`)]);
}

/** How schemas are told says nothing of what they check. */
const compared = (name: string, value: unknown): unknown => (name === 'events' ? undefined : value);

/** Whether two sides mean the same kinds; the one they disagree on is named. */
export function differingKind(one: readonly Shape[], other: readonly Shape[]): string | undefined {
  const shown = (shapes: readonly Shape[], kind: string): string =>
    JSON.stringify(shapes.find((shape) => shape.kind === kind) ?? null, compared);
  const kinds = new Set([...one, ...other].map(({ kind }) => kind));
  return [...kinds].find((kind) => shown(one, kind) !== shown(other, kind));
}
