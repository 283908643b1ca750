/** Looking at a picture: moved by dragging, enlarged by the wheel or two fingers, fitted into its frame. */
import type { Rect } from './told.ts';

const scaleMax = 4;
/** A small chart is not blown up. */
const fitMax = 1.35;
const margin = 16;
/** Below it texts are too small to be read. */
const readable = 0.6;

export class Lens {
  readonly #frame: HTMLElement;
  readonly #fingers = new Map<number, PointerEvent>();
  #picture: SVGSVGElement | undefined;
  #scale = 1;
  #x = 0;
  #y = 0;
  #isFitted = true;
  /** The reader moved it: it stays where it is. */
  isHeld = false;
  readonly #moved: (seen: Rect) => void;

  constructor(frame: HTMLElement, moved: (seen: Rect) => void) {
    this.#frame = frame;
    this.#moved = moved;
    frame.addEventListener('wheel', this.#wheel, { passive: false });
    frame.addEventListener('pointerdown', this.#down);
    frame.addEventListener('pointermove', this.#drag);
    for (const end of ['pointerup', 'pointercancel'] as const) {
      frame.addEventListener(end, (event) => this.#fingers.delete(event.pointerId));
    }
    frame.addEventListener('dblclick', () => {
      this.isHeld = true;
      this.fit();
    });
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
    this.#scale = Math.max(0.05, Math.min(fitMax, this.#whole()));
    this.#x = (clientWidth - width * this.#scale) / 2;
    this.#y = (clientHeight - height * this.#scale) / 2;
    this.#isFitted = true;
    this.#place();
  }

  /** The whole of it can be read at once. */
  get isSmall(): boolean {
    return this.#whole() >= readable;
  }

  /** How large it is when all of it is seen. */
  #whole(): number {
    if (this.#picture === undefined) return 1;
    const { width, height } = this.#picture.viewBox.baseVal;
    const { clientWidth, clientHeight } = this.#frame;
    return Math.min((clientWidth - margin) / width, (clientHeight - margin) / height);
  }

  /** Whether this part could be read if all of it were seen. */
  canRead({ width, height }: Rect): boolean {
    const { clientWidth, clientHeight } = this.#frame;
    return Math.min((clientWidth - 2 * margin) / width, (clientHeight - 2 * margin) / height) >= readable;
  }

  /** All of this part, in the middle, as large as it may be. */
  look({ x, y, width, height }: Rect): void {
    const { clientWidth, clientHeight } = this.#frame;
    const fitted = Math.min((clientWidth - 2 * margin) / width, (clientHeight - 2 * margin) / height);
    this.#scale = Math.max(0.05, Math.min(1, fitted));
    this.#x = clientWidth / 2 - (x + width / 2) * this.#scale;
    this.#y = clientHeight / 2 - (y + height / 2) * this.#scale;
    this.#isFitted = false;
    this.#place();
  }

  /** This point of the picture in the middle. */
  centre(x: number, y: number): void {
    this.#x = this.#frame.clientWidth / 2 - x * this.#scale;
    this.#y = this.#frame.clientHeight / 2 - y * this.#scale;
    this.#isFitted = false;
    this.#place();
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
    const { clientWidth, clientHeight } = this.#frame;
    const scale = this.#scale;
    this.#moved({
      x: -this.#x / scale,
      y: -this.#y / scale,
      width: clientWidth / scale,
      height: clientHeight / scale,
    });
  }

  readonly #wheel = (event: WheelEvent): void => {
    event.preventDefault();
    this.isHeld = true;
    const { left, top } = this.#frame.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
  };

  readonly #down = (event: PointerEvent): void => {
    // What is a button in the picture stays one.
    if (event.target instanceof Element && event.target.closest('.fold') !== null) return;
    this.#fingers.set(event.pointerId, event);
    this.#frame.setPointerCapture(event.pointerId);
  };

  readonly #drag = (event: PointerEvent): void => {
    const before = this.#fingers.get(event.pointerId);
    if (before === undefined) return;
    this.isHeld = true;
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
