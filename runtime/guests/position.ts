/** Where a guest stands, read off what its sender tells: nothing here is of this runtime's own making. */
import type { Chart } from '../../actors/chart.ts';
import { statesOf } from '../../actors/chart.ts';
import { jsonOf } from './inspection.ts';

const pathsMax = 200;

/** The leaf states of a state value as dotted paths; none for what has no states. */
export function statesIn(value: unknown): readonly string[] {
  const paths: string[] = [];
  const add = (part: unknown, below: string): void => {
    if (paths.length >= pathsMax) return;
    if (typeof part === 'string') {
      paths.push(below + part);
      return;
    }
    const entries = Object.entries(jsonOf(part));
    if (entries.length === 0 && below !== '') paths.push(below.slice(0, -1));
    for (const [key, inner] of entries) add(inner, `${below}${key}.`);
  };
  add(value, '');
  return paths;
}

/** The events that active states have transitions for. */
export function acceptsIn(chart: Chart | undefined, state: readonly string[]): readonly string[] {
  if (chart === undefined) return [];
  const isActive = (path: string): boolean =>
    path === '' || state.some((one) => one === path || one.startsWith(`${path}.`));
  const triggers = statesOf(chart)
    .filter(({ path }) => isActive(path))
    .flatMap(({ transitions }) => transitions.map(({ trigger }) => trigger));
  return [...new Set(triggers.flatMap((one) => (one.kind === 'event' ? [one.event] : [])))];
}
