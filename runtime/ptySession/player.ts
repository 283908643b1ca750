/**
 * An emulator that has played a session up to a fact: it is fed what comes behind it, put away as a
 * checkpoint and taken up from one.
 */
import type { Fact } from '../../actors/fact.ts';
import { Emulator } from './emulator.ts';
import { repaintOf } from './repaint.ts';
import { screenOf } from './screenOf.ts';
import type { Screen, ScreenOptions } from './screenOf.ts';
import { sliceBytesMax, sliceLinesMax } from './limits.ts';
import { Shown, sizeDefault } from './shown.ts';
import type { Step } from './shown.ts';

/** A session as it was shown after the fact `seq`. */
export interface Checkpoint {
  readonly seq: number;
  readonly cols: number;
  readonly rows: number;
  /** What makes a fresh terminal of this size show it. */
  readonly repaint: Uint8Array;
  /** Hidden ranges that reach into what comes. */
  readonly hidden: Shown['ranges'];
  /** Of that fact. */
  readonly at: number;
  /** When what is shown last had a reason to change: an output, a new size. */
  readonly outputAt: number;
}

export const nothingShown: Checkpoint = {
  seq: 0,
  ...sizeDefault,
  repaint: new Uint8Array(0),
  hidden: [],
  at: 0,
  outputAt: 0,
};

/** Called around each slice of output. */
export interface Look {
  before(): void;
  after(): void;
}

export class Player {
  readonly emulator: Emulator;
  readonly #shown: Shown;
  #look: Look | undefined;
  #seq: number;
  #at: number;
  #outputAt: number;
  /** Since it was opened. */
  #bytes = 0;

  private constructor(emulator: Emulator, { seq, hidden, at, outputAt }: Checkpoint) {
    this.emulator = emulator;
    this.#shown = new Shown(hidden);
    this.#seq = seq;
    this.#at = at;
    this.#outputAt = outputAt;
  }

  static async open(checkpoint: Checkpoint): Promise<Player> {
    const emulator = await Emulator.open(checkpoint);
    await emulator.feed(checkpoint.repaint);
    return new Player(emulator, checkpoint);
  }

  /** Output comes in slices from now on, so that no line passes unseen. */
  watch(look: Look): void {
    this.#look = look;
  }

  /** The last fact that it has played. */
  get seq(): number {
    return this.#seq;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** When the last fact was recorded. */
  get at(): number {
    return this.#at;
  }

  /** When the last output came, or a new size; 0 before that. */
  get outputAt(): number {
    return this.#outputAt;
  }

  async play(fact: Fact): Promise<void> {
    for (const step of this.#shown.take(fact)) await this.#step(step);
  }

  /** Nothing follows for now. */
  async settle(): Promise<void> {
    for (const step of this.#shown.flush()) await this.#step(step);
  }

  async #step(step: Step): Promise<void> {
    if (step.kind === 'output') {
      await this.#feed(step.bytes);
      this.#bytes += step.bytes.length;
    }
    if (step.kind === 'open' || step.kind === 'resize') this.emulator.resize(step.cols, step.rows);
    if (step.kind === 'output' || step.kind === 'open' || step.kind === 'resize') this.#outputAt = step.at;
    this.#seq = step.seq;
    this.#at = step.at;
  }

  /** In one go, or in slices, each looked at. */
  async #feed(bytes: Uint8Array): Promise<void> {
    if (this.#look === undefined) return this.emulator.feed(bytes);
    for (const slice of slicesOf(bytes)) {
      this.#look.before();
      await this.emulator.feed(slice);
      this.#look.after();
    }
  }

  screen(options?: ScreenOptions): Screen {
    return screenOf(this.emulator, this.#seq, options);
  }

  checkpoint(): Checkpoint {
    const repaint = repaintOf(this.emulator);
    const { emulator, seq, at, outputAt } = this;
    return { seq, ...emulator.size, repaint, hidden: this.#shown.ranges, at, outputAt };
  }

  dispose(): void {
    this.emulator.dispose();
  }
}

/** Short enough that nothing in them leaves the scrollback before it was looked at. */
function* slicesOf(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  let [from, lines] = [0, 0];
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === 0x0a) lines++;
    if (lines < sliceLinesMax && at - from + 1 < sliceBytesMax) continue;
    yield bytes.subarray(from, at + 1);
    [from, lines] = [at + 1, 0];
  }
  if (from < bytes.length) yield bytes.subarray(from);
}
