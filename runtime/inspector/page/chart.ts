/**
 * The statechart of an actor, with the states it is in. The picture is the server's; here it is moved,
 * enlarged, and told which states are active.
 */
import { readText, read, textOf } from './api.ts';
import { button, el, fill } from './dom.ts';
import type { ChartOfKind, Event } from './told.ts';
import { takenBy } from './transitions.ts';
import { Lens } from './lens.ts';

export interface ChartMoment {
  readonly state: readonly string[];
  readonly before: readonly string[] | undefined;
  readonly event: Event | undefined;
  readonly seq: number;
}

export class ChartView {
  readonly element: HTMLElement;
  readonly #frame = el('div', { class: 'picture', tabindex: 0, role: 'group', 'aria-label': 'Statechart' });
  readonly #lens = new Lens(this.#frame);
  #kind: string | undefined;
  #chart: ChartOfKind | undefined;
  #moment: ChartMoment | undefined;
  #pulsed = '';

  constructor() {
    const tools = el(
      'div',
      { class: 'tools' },
      button('−', () => this.#lens.zoom(1 / 1.25), { 'aria-label': 'Smaller', title: 'Smaller ( - )' }),
      button('+', () => this.#lens.zoom(1.25), { 'aria-label': 'Larger', title: 'Larger ( + )' }),
      button('Active', () => this.#lens.look(this.#frame.querySelectorAll('g.active')), {
        title: 'The innermost active states ( a )',
      }),
      button('Fit', () => this.#lens.fit(), { title: 'Fit ( 0 )' }),
    );
    this.element = el('section', { class: 'chartview', 'aria-label': 'Chart' }, this.#frame, tools);
    this.#frame.addEventListener('keydown', (event) => this.#key(event));
  }

  async show(kind: string): Promise<void> {
    if (this.#kind === kind) return;
    this.#kind = kind;
    this.#chart = undefined;
    fill(this.#frame);
    const path = `definitions/${encodeURIComponent(kind)}/chart`;
    try {
      const [chart, svg] = await Promise.all([read<ChartOfKind>(path), readText(`${path}.svg?theme=none`)]);
      if (this.#kind !== kind) return;
      this.#chart = chart;
      const picture = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
      fill(this.#frame, document.importNode(picture, true));
      this.#lens.take();
      this.#light();
    } catch (error) {
      if (this.#kind === kind) fill(this.#frame, el('p', { class: 'empty' }, textOf(error)));
    }
  }

  /** Which states are active, and what led there. */
  light(moment: ChartMoment): void {
    this.#moment = moment;
    this.#light();
  }

  #light(): void {
    if (this.#chart === undefined || this.#moment === undefined) return;
    const { state, before, event, seq } = this.#moment;
    for (const group of this.#frame.querySelectorAll('[data-state]')) {
      const path = group.getAttribute('data-state') ?? '';
      const isActive = state.some((one) => path === '' || one === path || one.startsWith(`${path}.`));
      group.classList.toggle('active', isActive);
    }
    const pulsed = `${seq} ${state.join()}`;
    const isNews = pulsed !== this.#pulsed;
    this.#pulsed = pulsed;
    const taken =
      event === undefined || before === undefined
        ? []
        : takenBy(this.#chart.chart.root, event, before, state);
    for (const arrow of this.#frame.querySelectorAll('[data-transitions]')) {
      const numbers = (arrow.getAttribute('data-transitions') ?? '').split(' ').map(Number);
      const isTaken = numbers.some((number) => taken.includes(number));
      if (isTaken && isNews) again(arrow);
      arrow.classList.toggle('taken', isTaken);
    }
  }

  #key(event: KeyboardEvent): void {
    const work: Readonly<Record<string, (() => void) | undefined>> = {
      '+': () => this.#lens.zoom(1.25),
      '=': () => this.#lens.zoom(1.25),
      '-': () => this.#lens.zoom(1 / 1.25),
      '0': () => this.#lens.fit(),
      a: () => this.#lens.look(this.#frame.querySelectorAll('g.active')),
      ArrowLeft: () => this.#lens.move(40, 0),
      ArrowRight: () => this.#lens.move(-40, 0),
      ArrowUp: () => this.#lens.move(0, 40),
      ArrowDown: () => this.#lens.move(0, -40),
    };
    const found = work[event.key];
    if (found === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    found();
  }
}

/** An animation that ran begins anew. */
function again(arrow: Element): void {
  arrow.classList.remove('taken');
  arrow.getBoundingClientRect();
}
