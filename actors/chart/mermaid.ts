/**
 * A chart as Mermaid's stateDiagram-v2, for pages that draw such text themselves. Mermaid knows no guards,
 * tags or transitions that stay: the first two are written out, the last ones stand in a note.
 */
import { statesOf } from '../chart.ts';
import type { Chart, ChartState, ChartTransition } from '../chart.ts';
import { transitionText } from './transitionText.ts';

export function mermaidOf(chart: Chart): string {
  const names = new Map(statesOf(chart).map(({ path }, i) => [path, `s${i}`]));
  const nameOf = (path: string): string => names.get(path) ?? path;
  return ['stateDiagram-v2', ...linesOf({ ...chart.root, key: chart.title }, nameOf, '  '), ''].join('\n');
}

type NameOf = (path: string) => string;

/** What is in a state, and then what leaves it. */
function linesOf(state: ChartState, nameOf: NameOf, indent: string): readonly string[] {
  const { states, initial, path } = state;
  const name = nameOf(path);
  const deeper = `${indent}  `;
  const isRoot = path === '' && isFrameless(state);
  const inner = states.flatMap((child, i) => [
    ...(state.type === 'parallel' && i > 0 ? [`${isRoot ? indent : deeper}--`] : []),
    ...linesOf(child, nameOf, isRoot ? indent : deeper),
  ]);
  const start = initial === undefined ? [] : [`${isRoot ? indent : deeper}[*] --> ${nameOf(initial)}`];
  if (isRoot) return [...start, ...inner];
  return [
    `${indent}state "${escaped(titleOf(state))}" as ${name}`,
    ...(inner.length > 0 ? [`${indent}state ${name} {`, ...start, ...inner, `${indent}}`] : []),
    ...state.transitions.flatMap((transition) => arrowsOf(transition, nameOf, indent)),
    ...(state.type === 'final' ? [`${indent}${name} --> [*]`] : []),
    ...noteOf(state, name, indent),
  ];
}

/** A root that only holds states needs no box of its own; regions and arrows cannot be without one. */
function isFrameless({ type, transitions, entry, exit, invokes, tags }: ChartState): boolean {
  return type === 'compound' && [transitions, entry, exit, invokes, tags].every(({ length }) => length === 0);
}

function titleOf({ key, type, history }: ChartState): string {
  return type === 'history' ? `${key} (${history === 'deep' ? 'H*' : 'H'})` : key;
}

function arrowsOf(transition: ChartTransition, nameOf: NameOf, indent: string): readonly string[] {
  const label = escaped(transitionText(transition));
  return transition.to.map((to) => `${indent}${nameOf(transition.from)} --> ${nameOf(to)}: ${label}`);
}

function noteOf(state: ChartState, name: string, indent: string): readonly string[] {
  const lines = [
    ...(state.tags.length > 0 ? [`tagged ${state.tags.join(', ')}`] : []),
    ...state.invokes.map(({ id, src }) => `invoke ${src === id ? src : `${src} as ${id}`}`),
    ...state.entry.map((action) => `entry / ${action}`),
    ...state.exit.map((action) => `exit / ${action}`),
    ...state.transitions.filter(({ to }) => to.length === 0).map(transitionText),
  ];
  if (lines.length === 0) return [];
  const deeper = lines.map((line) => `${indent}  ${escaped(line)}`);
  return [`${indent}note right of ${name}`, ...deeper, `${indent}end note`];
}

/** What ends a line, a text or a label in Mermaid is written as its character's number. */
function escaped(text: string): string {
  return text.replace(/["#;:<>{}\n]/g, (sign) => `#${sign.codePointAt(0)};`);
}
