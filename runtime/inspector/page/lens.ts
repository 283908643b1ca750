/** Looking at a picture: moved by dragging, enlarged by the wheel or two fingers, fitted into its frame. */

const scaleMax = 4;
/** A small chart is not blown up. */
const fitMax = 1.35;
const margin = 16;

export class Lens {
  readonly #frame: HTMLElement;
  readonly #fingers = new Map<number, PointerEvent>();
  #picture: SVGSVGElement | undefined;
  #scale = 1;
  #x = 0;
  #y = 0;
  #isFitted = true;

  constructor(frame: HTMLElement) {
    this.#frame = frame;
    frame.addEventListener('wheel', this.#wheel, { passive: false });
    frame.addEventListener('pointerdown', this.#down);
    frame.addEventListener('pointermove', this.#drag);
    for (const end of ['pointerup', 'pointercancel'] as const) {
      frame.addEventListener(end, (event) => this.#fingers.delete(event.pointerId));
    }
    frame.addEventListener('dblclick', () => this.fit());
    new ResizeObserver(() => this.#isFitted && this.fit()).observe(frame);
  }

  /** The picture that the frame holds now. */
  take(): void {
    this.#picture = this.#frame.querySelector('svg') ?? undefined;
    this.fit();
  }

  fit(): void {
    if (this.#picture === undefined) return;
    const { width, height } = this.#picture.viewBox.baseVal;
    const { clientWidth, clientHeight } = this.#frame;
    const whole = Math.min((clientWidth - margin) / width, (clientHeight - margin) / height);
    this.#scale = Math.max(0.05, Math.min(fitMax, whole));
    this.#x = (clientWidth - width * this.#scale) / 2;
    this.#y = (clientHeight - height * this.#scale) / 2;
    this.#isFitted = true;
    this.#place();
  }

  /** Comes close enough to these parts of the picture that they can be read: as far as all of them fit. */
  look(parts: Iterable<Element>): void {
    const { left, top } = this.#frame.getBoundingClientRect();
    const boxes = [...parts]
      .filter((part) => part.classList.contains('state') && part.querySelector('.box') !== null)
      .map((part) => part.getBoundingClientRect());
    if (boxes.length === 0) return;
    const [x0, y0] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
    const [x1, y1] = [
      Math.max(...boxes.map((box) => box.right)),
      Math.max(...boxes.map((box) => box.bottom)),
    ];
    const { clientWidth, clientHeight } = this.#frame;
    const by = Math.min(clientWidth / (x1 - x0 + 80), clientHeight / (y1 - y0 + 80), fitMax / this.#scale);
    this.move(clientWidth / 2 - ((x0 + x1) / 2 - left), clientHeight / 2 - ((y0 + y1) / 2 - top));
    this.zoom(by);
  }

  /** Around a point of the frame, its middle unless told. */
  zoom(by: number, x = this.#frame.clientWidth / 2, y = this.#frame.clientHeight / 2): void {
    const scale = Math.min(scaleMax, Math.max(0.05, this.#scale * by));
    this.#x = x - ((x - this.#x) * scale) / this.#scale;
    this.#y = y - ((y - this.#y) * scale) / this.#scale;
    this.#scale = scale;
    this.#isFitted = false;
    this.#place();
  }

  move(x: number, y: number): void {
    this.#x += x;
    this.#y += y;
    this.#isFitted = false;
    this.#place();
  }

  #place(): void {
    const style = this.#picture?.style;
    if (style !== undefined) style.transform = `translate(${this.#x}px, ${this.#y}px) scale(${this.#scale})`;
  }

  readonly #wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const { left, top } = this.#frame.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
  };

  readonly #down = (event: PointerEvent): void => {
    this.#fingers.set(event.pointerId, event);
    this.#frame.setPointerCapture(event.pointerId);
  };

  readonly #drag = (event: PointerEvent): void => {
    const before = this.#fingers.get(event.pointerId);
    if (before === undefined) return;
    this.#fingers.set(event.pointerId, event);
    const other = [...this.#fingers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    if (other === undefined) {
      this.move(event.clientX - before.clientX, event.clientY - before.clientY);
      return;
    }
    const { left, top } = this.#frame.getBoundingClientRect();
    const by = distance(event, other) / Math.max(1, distance(before, other));
    this.zoom(by, (event.clientX + other.clientX) / 2 - left, (event.clientY + other.clientY) / 2 - top);
  };
}

function distance(a: PointerEvent, b: PointerEvent): number {
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
}
