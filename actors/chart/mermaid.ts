/**
 * A chart as Mermaid's stateDiagram-v2, for pages that draw such text themselves. Mermaid knows no guards,
 * tags or transitions that stay: the first two are written out, the last ones stand in a note.
 *
 * For Mermaid a state is where it is first heard of. So an arrow stands in the innermost state that holds
 * both of its ends, behind everything in there; regions cannot hold arrows between them.
 */
import { statesOf } from '../chart.ts';
import type { Chart, ChartState, ChartTransition } from '../chart.ts';
import { transitionText } from './transitionText.ts';

/** A chart as the text of a Mermaid state diagram. */
export function mermaidOf(chart: Chart): string {
  const states = statesOf(chart);
  const names = new Map(states.map(({ path }, i) => [path, `s${i}`]));
  const arrows = states.flatMap(({ transitions }) => transitions).flatMap((one) => arrowsOf(one, states));
  const scene = { nameOf: (path: string) => names.get(path) ?? path, arrows };
  const root = { ...chart.root, key: chart.title };
  const lines = isFrameless(root, arrows) ? insideOf(root, scene, '  ') : boxOf(root, scene, '  ');
  return ['stateDiagram-v2', ...lines, ...arrowsIn(undefined, scene, '  '), ''].join('\n');
}

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** The path of the state that it stands in; none for the page itself. */
  readonly holder: string | undefined;
}

interface Scene {
  readonly nameOf: (path: string) => string;
  readonly arrows: readonly Arrow[];
}

function arrowsOf(transition: ChartTransition, states: readonly ChartState[]): readonly Arrow[] {
  const { from } = transition;
  const text = escaped(transitionText(transition));
  return transition.to.map((to) => {
    const holders = states.filter(({ path, type }) => {
      return type !== 'parallel' && isHeld(from, path) && isHeld(to, path);
    });
    // Each state comes before those in it: the last one is the innermost.
    return { from, to, text, holder: holders.at(-1)?.path };
  });
}

const isHeld = (path: string, holder: string): boolean =>
  path !== '' && (holder === '' || path.startsWith(`${holder}.`));

/** A root that only holds states needs no box; regions, arrows to it and what it does itself need one. */
function isFrameless(root: ChartState, arrows: readonly Arrow[]): boolean {
  const { type, transitions, entry, exit, invokes, tags } = root;
  const own = [transitions, entry, exit, invokes, tags].flat();
  return type === 'compound' && own.length === 0 && arrows.every(({ to }) => to !== root.path);
}

function boxOf(state: ChartState, scene: Scene, indent: string): readonly string[] {
  const name = scene.nameOf(state.path);
  const inside = state.states.length > 0 ? insideOf(state, scene, `${indent}  `) : [];
  return [
    `${indent}state "${escaped(titleOf(state))}" as ${name}`,
    ...(inside.length > 0 ? [`${indent}state ${name} {`, ...inside, `${indent}}`] : []),
    ...(state.type === 'final' ? [`${indent}${name} --> [*]`] : []),
    ...noteOf(state, name, indent),
  ];
}

function insideOf(state: ChartState, scene: Scene, indent: string): readonly string[] {
  const { states, initial, path, type } = state;
  return [
    ...(initial === undefined ? [] : [`${indent}[*] --> ${scene.nameOf(initial)}`]),
    ...states.flatMap((inner, i) => [
      ...(type === 'parallel' && i > 0 ? [`${indent}--`] : []),
      ...boxOf(inner, scene, indent),
    ]),
    ...arrowsIn(path, scene, indent),
  ];
}

function arrowsIn(path: string | undefined, { arrows, nameOf }: Scene, indent: string): readonly string[] {
  return arrows
    .filter(({ holder }) => holder === path)
    .map(({ from, to, text }) => `${indent}${nameOf(from)} --> ${nameOf(to)}: ${text}`);
}

function titleOf({ key, type, history }: ChartState): string {
  return type === 'history' ? `${key} (${history === 'deep' ? 'H*' : 'H'})` : key;
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
