/** A chart that is too large to be read at once, small in a corner: what is active, which part is seen. */
import { el } from './dom.ts';
import { svg } from './svg.ts';
import type { ChartLayout, Rect } from './told.ts';

export class Minimap {
  readonly element = el('div', { class: 'minimap', 'aria-hidden': 'true' });
  readonly #go: (x: number, y: number) => void;
  #picture: SVGSVGElement | undefined;
  #seen: SVGRectElement | undefined;

  constructor(go: (x: number, y: number) => void) {
    this.#go = go;
    this.element.addEventListener('pointerdown', (event) => {
      this.element.setPointerCapture(event.pointerId);
      this.#point(event);
    });
    this.element.addEventListener('pointermove', (event) => event.buttons > 0 && this.#point(event));
  }

  draw({ width, height, states }: ChartLayout): void {
    const picture = svg('svg', { viewBox: `0 0 ${width} ${height}` });
    const boxes = states.map(({ path, ...box }) => svg('rect', { ...box, 'data-path': path, rx: 8 }));
    const seen = svg('rect', { class: 'seen', rx: 8 });
    picture.append(...boxes, seen);
    this.element.replaceChildren(picture);
    this.#picture = picture;
    this.#seen = seen;
  }

  light(state: readonly string[]): void {
    for (const box of this.#picture?.querySelectorAll('[data-path]') ?? []) {
      box.classList.toggle('active', state.includes(box.getAttribute('data-path') ?? ''));
    }
  }

  see(part: Rect): void {
    for (const name of ['x', 'y', 'width', 'height'] as const) {
      this.#seen?.setAttribute(name, String(part[name]));
    }
  }

  #point({ clientX, clientY }: PointerEvent): void {
    const matrix = this.#picture?.getScreenCTM();
    if (matrix === null || matrix === undefined) return;
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
    this.#go(x, y);
  }
}
