/**
 * What is to be shown of a session, step by step: output less its hidden ranges (B1), and whatever else
 * changes what a terminal shows or a recording tells.
 *   - A range is told before its output or by the fact right behind it: one output waits for that fact.
 *     `flush` says that nothing waits any longer, at the end of what is recorded or of a notification.
 */
import type { Fact } from '../../actors/fact.ts';
import type { PtyEvent } from '../../actors/ptySession/vocabulary.ts';

type Told =
  | { readonly kind: 'open' | 'resize'; readonly cols: number; readonly rows: number }
  | { readonly kind: 'output' | 'input'; readonly bytes: Uint8Array }
  | { readonly kind: 'mark'; readonly label: string }
  | { readonly kind: 'exit'; readonly code: number | null; readonly signal: string | null }
  | { readonly kind: 'other' };

/** `seq` is the last fact in it: looking on begins behind it. */
export type Step = Told & { readonly seq: number; readonly at: number };

/** From (inclusive) and to (exclusive). */
type HiddenRange = readonly [number, number];

export const sizeDefault = { cols: 80, rows: 24 };

export class Shown {
  /** Those that may still reach into what comes. */
  #ranges: readonly HiddenRange[];
  #held: Fact | undefined;

  constructor(ranges: readonly HiddenRange[] = []) {
    this.#ranges = ranges;
  }

  /** For another that goes on from here. */
  get ranges(): readonly HiddenRange[] {
    return this.#ranges;
  }

  /** The steps that are certain once this fact is known. */
  take(fact: Fact): readonly Step[] {
    const event = fact.event as PtyEvent; // Its schema was checked at the door.
    if (event.type === 'pty.hidden') {
      this.#ranges = [...this.#ranges, ...event.ranges];
      return [...this.flush(), stepOf(fact, { kind: 'other' })];
    }
    const before = this.flush();
    if (event.type !== 'pty.output') return [...before, stepOf(fact, toldOf(event))];
    this.#held = fact;
    return before;
  }

  flush(): readonly Step[] {
    const fact = this.#held;
    if (fact === undefined) return [];
    this.#held = undefined;
    const { offset, bytes } = fact.event as Extract<PtyEvent, { type: 'pty.output' }>;
    const shown = without(this.#ranges, offset, bytes);
    this.#ranges = this.#ranges.filter(([, to]) => to > offset + bytes.length);
    return [stepOf(fact, { kind: 'output', bytes: shown })];
  }
}

function stepOf({ to, at }: Fact, told: Told): Step {
  return { ...told, seq: to, at };
}

function toldOf(event: PtyEvent): Told {
  switch (event.type) {
    case 'pty.open': {
      const { cols = sizeDefault.cols, rows = sizeDefault.rows } = event;
      return { kind: 'open', cols, rows };
    }
    case 'pty.resize':
      return { kind: 'resize', cols: event.cols, rows: event.rows };
    case 'pty.input':
      return { kind: 'input', bytes: event.bytes };
    case 'command.start':
      return { kind: 'input', bytes: Buffer.from(`${event.command}\n`) };
    case 'pty.mark':
      return { kind: 'mark', label: event.label };
    case 'pty.exit':
      return { kind: 'exit', code: event.code, signal: event.signal };
    default:
      return { kind: 'other' };
  }
}

function without(ranges: readonly HiddenRange[], offset: number, bytes: Uint8Array): Uint8Array {
  const end = offset + bytes.length;
  const inside = ranges.filter(([from, to]) => to > offset && from < end);
  if (inside.length === 0) return bytes;
  const parts: Uint8Array[] = [];
  let at = offset;
  for (const [from, to] of inside.toSorted(([a], [b]) => a - b)) {
    if (from > at) parts.push(bytes.subarray(at - offset, from - offset));
    at = Math.max(at, to);
  }
  if (at < end) parts.push(bytes.subarray(at - offset));
  return Buffer.concat(parts);
}
