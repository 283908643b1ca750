/**
 * What stands in the box of a state and at an arrow, as text at places relative to the box: its size is known
 * before anything is laid out, and the picture draws exactly what was measured.
 */
import { transitionText } from '../../actors/chart/transitionText.ts';
import { triggerText } from '../../actors/chart/trigger.ts';
import type { ChartState, ChartTransition } from '../../actors/chart.ts';
import { chartLimits } from './limits.ts';
import { cut, fonts, typeset } from './typeset.ts';
import type { Paragraph, Piece, TextRun } from './typeset.ts';
import { textWidth } from './textWidth.ts';

export interface Chip extends TextRun {
  readonly left: number;
  readonly top: number;
  readonly chipWidth: number;
  readonly chipHeight: number;
}

export interface Content {
  readonly width: number;
  readonly height: number;
  /** The height of the band that holds the name. */
  readonly band: number;
  readonly runs: readonly TextRun[];
  readonly chips: readonly Chip[];
}

export interface Label {
  readonly width: number;
  readonly height: number;
  readonly runs: readonly TextRun[];
}

/** The circle of a history state, and the dot that an initial arrow starts at. */
export const historySize = 26;
export const dotSize = 12;
export const boxWidthMin = 64;
/** Between the two borders of a final state. */
export const ringGap = 3;

const side = 12;
const bandHeight = 32;
const chipHeight = 16;
const rowWidthMax = 300;
/** What holds states is wide anyway. */
const frameRowWidthMax = 480;
const labelWidthMax = 220;

/** `listed`: transitions that lead elsewhere are told in the box, because no arrow shows them. */
export function contentOf(state: ChartState, title: string, listed: boolean): Content {
  const name = cut(title);
  const nameWidth = textWidth(name, fonts.name);
  const runs: TextRun[] = [{ role: 'name', text: name, x: side, y: 21, width: nameWidth }];
  const chips = chipsOf(state.tags, side + nameWidth + 10);
  const bandWidth = Math.max(side + nameWidth, ...chips.map((chip) => chip.left + chip.chipWidth)) + side;
  let width = bandWidth;
  let height = bandHeight;
  const widthMax = state.states.length === 0 ? rowWidthMax : frameRowWidthMax;
  const rows = rowsOf(state, listed).map((row) => typeset(row, widthMax));
  if (rows.length > 0) height += 6;
  for (const row of rows) {
    runs.push(...movedBy(row, side, height));
    width = Math.max(width, side + row.width + side);
    height += row.height;
  }
  if (rows.length > 0) height += 7;
  return { width: Math.ceil(width), height: Math.ceil(height), band: bandHeight, runs, chips };
}

/** The way a history state leads by default needs no word. */
export function isLabelled(transitions: readonly ChartTransition[]): boolean {
  return transitions.some(({ trigger }) => trigger.kind !== 'default');
}

/** What stands at an arrow: its transitions in the order in which they are tried. */
export function labelOf(transitions: readonly ChartTransition[]): Label {
  const all = likeOnes(transitions);
  const shown = all.length <= chartLimits.labelRows ? all : all.slice(0, chartLimits.labelRows - 1);
  const rows = [...shown.map(rowOf), ...moreOf(all.slice(shown.length).flat().length)];
  const runs: TextRun[] = [];
  let width = 0;
  let height = 2;
  for (const row of rows) {
    const paragraph = typeset(row, labelWidthMax);
    runs.push(...movedBy(paragraph, 6, height));
    width = Math.max(width, paragraph.width);
    height += paragraph.height;
  }
  return { width: Math.ceil(width + 12), height: Math.ceil(height + 3), runs };
}

function chipsOf(tags: readonly string[], start: number): readonly Chip[] {
  let left = start;
  return tags.map((tag) => {
    const text = cut(tag);
    const width = textWidth(text, fonts.tag);
    const top = (bandHeight - chipHeight) / 2;
    const chip = { role: 'tag' as const, text, x: left + 6, y: top + 11.8, width, left, top };
    left += width + 12 + 5;
    return { ...chip, chipWidth: width + 12, chipHeight };
  });
}

function rowsOf(state: ChartState, listed: boolean): readonly (readonly Piece[])[] {
  const inside = state.transitions.filter(({ to }) => listed || to.length === 0);
  const rows = [
    ...(state.description === undefined ? [] : [[{ role: 'more' as const, text: state.description }]]),
    ...state.invokes.map((invoke) => invokeRow(invoke)),
    ...state.entry.map((action) => actionRow('entry', action)),
    ...state.exit.map((action) => actionRow('exit', action)),
    ...state.initialActions.map((action) => actionRow('initial', action)),
    ...likeOnes(inside).map((group) => [...rowOf(group), ...targetOf(group)]),
  ];
  return rows.length <= chartLimits.boxRows
    ? rows
    : [...rows.slice(0, chartLimits.boxRows - 1), ...moreOf(rows.length - chartLimits.boxRows + 1)];
}

function invokeRow({ id, src }: ChartState['invokes'][number]): readonly Piece[] {
  const isNamed = id !== src && !/^\d+\./.test(id);
  return [
    { role: 'word', text: 'invoke' },
    { role: 'event', text: src },
    ...(isNamed ? [{ role: 'word' as const, text: `as ${id}` }] : []),
  ];
}

function actionRow(word: string, action: string): readonly Piece[] {
  return [
    { role: 'word', text: `${word} /` },
    { role: 'action', text: action },
  ];
}

/** Transitions that differ in their event alone are told together, where the first of them stands. */
function likeOnes(transitions: readonly ChartTransition[]): readonly (readonly ChartTransition[])[] {
  const groups = new Map<string, ChartTransition[]>();
  for (const transition of transitions) {
    const { to, guard, actions, reenter, trigger } = transition;
    const likeness = JSON.stringify([to, guard, actions, reenter, trigger.kind === 'event']);
    const group = groups.get(likeness);
    if (group === undefined) groups.set(likeness, [transition]);
    else group.push(transition);
  }
  return [...groups.values()];
}

function rowOf(group: readonly ChartTransition[]): readonly Piece[] {
  const [first] = group;
  if (first === undefined) return [];
  const events = group.map(({ trigger }) => triggerText(trigger)).join(', ');
  const { trigger, guard, actions } = first;
  return [
    { role: trigger.kind === 'event' ? 'event' : 'word', text: events },
    ...(guard === undefined ? [] : [{ role: 'guard' as const, text: `[${guard}]` }]),
    ...(actions.length === 0 ? [] : [{ role: 'action' as const, text: `/ ${actions.join(', ')}` }]),
  ];
}

function targetOf([first]: readonly ChartTransition[]): readonly Piece[] {
  if (first === undefined || first.to.length === 0) return [];
  return [{ role: 'word', text: `→ ${first.to.map((path) => path || 'the root').join(', ')}` }];
}

function moreOf(count: number): readonly (readonly Piece[])[] {
  return count <= 0 ? [] : [[{ role: 'more', text: `… and ${count} more` }]];
}

function movedBy({ runs }: Paragraph, x: number, y: number): readonly TextRun[] {
  return runs.map((run) => ({ ...run, x: run.x + x, y: run.y + y }));
}

/** Everything that a box or an arrow stands for, in full: what a pointer that rests on it is told. */
export function fullText(transitions: readonly ChartTransition[]): string {
  return transitions.map(transitionText).join('\n');
}
