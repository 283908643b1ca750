/** A value as a tree that opens where one looks. */
import { el } from './dom.ts';
import { briefOf } from './words.ts';

const openDepth = 2;
/** More of one list are shown when they are asked for. */
const itemsMax = 200;

export function treeOf(value: unknown, name?: string, depth = 0): HTMLElement {
  const label = name === undefined ? undefined : el('span', { class: 'key' }, name);
  if (typeof value !== 'object' || value === null) {
    return el(
      'div',
      { class: 'leaf' },
      label,
      el('span', { class: `value ${typeof value}` }, leafText(value)),
    );
  }
  const entries = Object.entries(value);
  if (entries.length === 0) {
    return el('div', { class: 'leaf' }, label, el('span', { class: 'value' }, briefOf(value)));
  }
  if (label === undefined) return el('div', { class: 'root' }, ...insideOf(entries, depth));
  return branchOf(value, entries, label, depth);
}

function branchOf(
  value: object,
  entries: readonly [string, unknown][],
  label: HTMLElement,
  depth: number,
): HTMLElement {
  const brief = Array.isArray(value) ? `[${entries.length}]` : briefOf(value, 60);
  const inside = el('div', { class: 'inside' });
  const isOpen = depth < openDepth;
  const open = (): void => {
    if (inside.childElementCount === 0) inside.append(...insideOf(entries, depth));
  };
  if (isOpen) open();
  return el(
    'details',
    { open: isOpen, toggle: open },
    el('summary', {}, label, el('span', { class: 'value brief' }, brief)),
    inside,
  );
}

function insideOf(entries: readonly [string, unknown][], depth: number): readonly HTMLElement[] {
  const shown = entries.slice(0, itemsMax).map(([key, value]) => treeOf(value, key, depth + 1));
  const left = entries.length - itemsMax;
  return left > 0 ? [...shown, el('div', { class: 'leaf' }, `… and ${left} more`)] : shown;
}

function leafText(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}
