/**
 * A history as a strip: each line of the timeline is a mark, idle time is shortened, and a cursor is dragged
 * over it. It is a slider for whoever uses keys.
 */
import { el } from './dom.ts';
import { spread } from './entries.ts';
import type { Entry } from './entries.ts';
import { hueOf } from './words.ts';

const svgName = 'http://www.w3.org/2000/svg';
const breadth = 1000;
const height = 30;

export class Strip {
  readonly element: HTMLElement;
  readonly #marks: SVGSVGElement;
  readonly #cursor = el('div', { class: 'cursor' });
  readonly #choose: (seq: number) => void;
  #drawn: readonly Entry[] | undefined;
  #entries: readonly Entry[] = [];
  #places: readonly number[] = [];
  #isHeld = false;

  constructor(choose: (seq: number) => void) {
    this.#choose = choose;
    this.#marks = document.createElementNS(svgName, 'svg');
    this.#marks.setAttribute('viewBox', `0 0 ${breadth} ${height}`);
    this.#marks.setAttribute('preserveAspectRatio', 'none');
    this.#marks.setAttribute('aria-hidden', 'true');
    this.element = el(
      'div',
      { class: 'strip', role: 'slider', tabindex: 0, 'aria-label': 'Moment', 'aria-valuemin': 1 },
      this.#marks,
      this.#cursor,
    );
    this.element.addEventListener('pointerdown', (event) => {
      this.#isHeld = true;
      this.element.setPointerCapture(event.pointerId);
      this.#point(event);
    });
    this.element.addEventListener('pointermove', (event) => this.#isHeld && this.#point(event));
    for (const end of ['pointerup', 'pointercancel'] as const) {
      this.element.addEventListener(end, () => (this.#isHeld = false));
    }
  }

  draw(entries: readonly Entry[], seq: number, isLive: boolean): void {
    if (entries !== this.#drawn) this.#drawMarks(entries);
    const found = entries.findLastIndex(({ first }) => first.seq <= seq);
    this.#cursor.style.setProperty('--at', String(this.#places[found] ?? 0));
    this.element.classList.toggle('live', isLive);
    this.element.setAttribute('aria-valuemax', String(entries.at(-1)?.last.to ?? 1));
    this.element.setAttribute('aria-valuenow', String(seq));
    const type = entries[found]?.type ?? 'nothing';
    this.element.setAttribute('aria-valuetext', `${seq}, ${type}${isLive ? ', live' : ''}`);
  }

  #drawMarks(entries: readonly Entry[]): void {
    this.#drawn = entries;
    this.#entries = entries;
    this.#places = spread(entries);
    const marks = entries.map(({ type, count, failed }, i) => {
      const mark = document.createElementNS(svgName, 'rect');
      const size = Math.min(height, 9 + 5 * Math.log2(1 + count) + (failed ? 8 : 0));
      mark.setAttribute('x', String((this.#places[i] ?? 0) * breadth - 1.5));
      mark.setAttribute('y', String(height - size));
      mark.setAttribute('width', '3');
      mark.setAttribute('height', String(size));
      mark.setAttribute('class', failed ? 'failed' : hueOf(type));
      return mark;
    });
    this.#marks.replaceChildren(...marks);
  }

  #point({ clientX }: PointerEvent): void {
    const { left, width } = this.#marks.getBoundingClientRect();
    const at = (clientX - left) / width;
    let nearest: Entry | undefined;
    let distance = Infinity;
    for (const [i, entry] of this.#entries.entries()) {
      const away = Math.abs((this.#places[i] ?? 0) - at);
      if (away < distance) [nearest, distance] = [entry, away];
    }
    if (nearest !== undefined) this.#choose(nearest.last.to);
  }
}
