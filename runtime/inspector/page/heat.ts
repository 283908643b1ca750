/** Where an actor was often, or long: a colour over its states. */
import { read } from './api.ts';
import { pathOf } from './place.ts';
import { svg } from './svg.ts';
import { spanOf } from './words.ts';

export interface Visits {
  readonly state: string;
  readonly count: number;
  readonly ms: number;
}

export type HeatBy = 'count' | 'ms';

export async function visitsOf(address: string, until: number): Promise<readonly Visits[]> {
  const path = `actors/${pathOf(address)}/visits?until=${until}`;
  return (await read<{ readonly items: readonly Visits[] }>(path)).items;
}

/** Over every box of the picture; nothing where it was not. */
export function warm(frame: Element, visits: readonly Visits[], by: HeatBy | undefined): void {
  for (const old of frame.querySelectorAll('.warmth')) old.remove();
  if (by === undefined) return;
  const most = Math.max(1, ...visits.map((one) => one[by]));
  for (const group of frame.querySelectorAll('g.state[data-state]')) {
    const box = group.querySelector('.box');
    const path = group.getAttribute('data-state') ?? '';
    const here = visits.filter(({ state }) => state === path || state.startsWith(`${path}.`));
    if (box === null || here.length === 0) continue;
    const amount = here.reduce((sum, one) => sum + one[by], 0);
    const over = svg('rect', { class: 'heat warmth', rx: 9, 'data-amount': amount });
    for (const name of ['x', 'y', 'width', 'height']) over.setAttribute(name, box.getAttribute(name) ?? '0');
    // As runtime/chart/theme.ts has it: at its strongest every text can still be read.
    over.setAttribute('fill-opacity', (0.05 + 0.3 * Math.min(1, amount / most)).toFixed(2));
    const title = svg('title');
    title.textContent = `${path}: ${by === 'count' ? `${amount} times` : spanOf(amount)}`;
    over.append(title);
    box.after(over);
  }
}
