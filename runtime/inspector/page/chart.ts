/**
 * The statechart of an actor, with the states it is in. The picture is the server's; here it is moved,
 * enlarged, and told which states are active. What is too large to be read at once is followed: the part
 * where something happened, until the reader moves it.
 */
import { readText, read, textOf } from './api.ts';
import { button, el, fill } from './dom.ts';
import { isLive } from './door.ts';
import { putFolds } from './folds.ts';
import { visitsOf, warm } from './heat.ts';
import type { HeatBy } from './heat.ts';
import { Lens } from './lens.ts';
import { Minimap } from './minimap.ts';
import { chartPathOf, isGuest } from './guests.ts';
import type { ChartOfKind, Event, Rect } from './told.ts';
import { takenBy } from './transitions.ts';

export interface ChartMoment {
  readonly state: readonly string[];
  readonly before: readonly string[] | undefined;
  readonly event: Event | undefined;
  readonly seq: number;
}

export class ChartView {
  readonly element: HTMLElement;
  readonly #address: string;
  readonly #frame = el('div', { class: 'picture', tabindex: 0, role: 'group', 'aria-label': 'Statechart' });
  readonly #map = new Minimap((x, y) => {
    this.#lens.isHeld = true;
    this.#lens.centre(x, y);
  });
  readonly #lens = new Lens(this.#frame, (seen) => this.#map.see(seen));
  readonly #heat = el(
    'select',
    { 'aria-label': 'Heat', change: () => void this.#warm() },
    ...[
      ['', 'no heat'],
      ['count', 'heat by count'],
      ['ms', 'heat by time'],
    ].map(([value, title]) => el('option', { value }, title)),
  );
  readonly #closed = new Set<string>();
  #shown = '';
  #chart: ChartOfKind | undefined;
  #moment: ChartMoment | undefined;
  #pulsed = '';

  constructor(address: string) {
    this.#address = address;
    const tools = el(
      'div',
      { class: 'tools' },
      // Only of actors it is known where they were.
      !isGuest(address) && this.#heat,
      button('−', () => this.#zoom(1 / 1.25), { 'aria-label': 'Smaller', title: 'Smaller ( - )' }),
      button('+', () => this.#zoom(1.25), { 'aria-label': 'Larger', title: 'Larger ( + )' }),
      button('Active', () => this.#follow(), { title: 'Where it happens ( a )' }),
      button('Fit', () => this.#fit(), { title: 'Fit ( 0 )' }),
    );
    this.element = el(
      'section',
      { class: 'chartview', 'aria-label': 'Chart' },
      this.#frame,
      this.#map.element,
      tools,
    );
    this.#frame.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.#lookAgain()).observe(this.#frame);
    void this.#show();
  }

  async #show(): Promise<void> {
    const collapsed = Array.from(this.#closed, (path) => `collapsed=${encodeURIComponent(path)}`);
    const query = collapsed.join('&');
    this.#shown = query;
    const path = chartPathOf(this.#address);
    try {
      const [chart, svg] = await Promise.all([
        read<ChartOfKind>(`${path}?${query}`),
        readText(`${path}.svg?theme=none&${query}`),
      ]);
      if (this.#shown !== query) return;
      this.#draw(chart, svg);
    } catch (error) {
      if (this.#shown === query) fill(this.#frame, el('p', { class: 'empty' }, textOf(error)));
    }
  }

  #draw(chart: ChartOfKind, text: string): void {
    this.#chart = chart;
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
    fill(this.#frame, document.importNode(parsed, true));
    const picture = this.#frame.querySelector('svg');
    const { layout } = chart;
    if (picture !== null && isLive) {
      const drawn = { layout, root: chart.chart.root, closed: this.#closed };
      putFolds(picture, drawn, (state) => this.#toggle(state));
    }
    this.#map.draw(layout);
    this.#lens.take();
    this.#light();
    this.#lookAgain();
    void this.#warm();
  }

  #toggle(path: string): void {
    if (!this.#closed.delete(path)) this.#closed.add(path);
    this.#lens.isHeld = false;
    void this.#show();
  }

  /** Which states are active, and what led there. */
  light(moment: ChartMoment): void {
    const isOther = moment.seq !== this.#moment?.seq;
    this.#moment = moment;
    this.#light();
    if (!isOther) return;
    this.#lookAgain();
    void this.#warm();
  }

  #light(): void {
    if (this.#chart === undefined || this.#moment === undefined) return;
    const { state, before, event, seq } = this.#moment;
    for (const group of this.#frame.querySelectorAll('[data-state]')) {
      const path = group.getAttribute('data-state') ?? '';
      const isActive = state.some((one) => path === '' || one === path || one.startsWith(`${path}.`));
      group.classList.toggle('active', isActive);
    }
    this.#map.light(state.map((path) => this.#drawnAs(path)));
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

  /** The state itself, or the closed one that it is in. */
  #drawnAs(path: string): string {
    const drawn = new Set(this.#chart?.layout.states.map((one) => one.path));
    let at = path;
    while (!drawn.has(at) && at.includes('.')) at = at.slice(0, at.lastIndexOf('.'));
    return at;
  }

  async #warm(): Promise<void> {
    const by = this.#heat.value === '' ? undefined : (this.#heat.value as HeatBy);
    const seq = this.#moment?.seq;
    if (by === undefined || seq === undefined) return warm(this.#frame, [], undefined);
    try {
      const visits = await visitsOf(this.#address, seq);
      if (seq === this.#moment?.seq) warm(this.#frame, visits, this.#heat.value as HeatBy);
    } catch {
      // It is asked again with the next fact; the chart itself is not worse for it.
      warm(this.#frame, [], undefined);
    }
  }

  /** What cannot be read as a whole is shown where it happens; the map is there for the rest. */
  #lookAgain(): void {
    this.element.classList.toggle('large', !this.#lens.isSmall);
    if (this.#lens.isHeld || this.#lens.isSmall) return;
    const part = this.#partOfInterest();
    if (part !== undefined) this.#lens.look(part);
  }

  /** The largest state around what changed last that can be read as a whole. */
  #partOfInterest(): Rect | undefined {
    const { state = [], before = [] } = this.#moment ?? {};
    const entered = state.filter((path) => !before.includes(path));
    const [leaf] = (entered.length > 0 ? entered : state).toSorted((a, b) => depthOf(b) - depthOf(a));
    if (leaf === undefined) return undefined;
    const boxes = new Map(this.#chart?.layout.states.map((box) => [box.path, box]));
    let found = boxes.get(this.#drawnAs(leaf));
    for (let path = leaf; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
      const box = boxes.get(path);
      if (box === undefined) continue;
      if (!this.#lens.canRead(box)) break;
      found = box;
    }
    return found;
  }

  #zoom(by: number): void {
    this.#lens.isHeld = true;
    this.#lens.zoom(by);
  }

  #fit(): void {
    this.#lens.isHeld = true;
    this.#lens.fit();
  }

  #follow(): void {
    this.#lens.isHeld = false;
    const part = this.#partOfInterest();
    if (part !== undefined) this.#lens.look(part);
  }

  #move(x: number, y: number): void {
    this.#lens.isHeld = true;
    this.#lens.move(x, y);
  }

  #key(event: KeyboardEvent): void {
    const work: Readonly<Record<string, (() => void) | undefined>> = {
      '+': () => this.#zoom(1.25),
      '=': () => this.#zoom(1.25),
      '-': () => this.#zoom(1 / 1.25),
      '0': () => this.#fit(),
      a: () => this.#follow(),
      ArrowLeft: () => this.#move(40, 0),
      ArrowRight: () => this.#move(-40, 0),
      ArrowUp: () => this.#move(0, 40),
      ArrowDown: () => this.#move(0, -40),
    };
    const found = work[event.key];
    if (found === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    found();
  }
}

const depthOf = (path: string): number => path.split('.').length;

/** An animation that ran begins anew. */
function again(arrow: Element): void {
  arrow.classList.remove('taken');
  arrow.getBoundingClientRect();
}
