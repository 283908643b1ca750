/**
 * What a child tells its parent, line by line, on one pipe a slot and one for the child itself. A line is in
 * the kernel's hands before the next step begins, so it survives kill −9: the parent knows of every append
 * before it is tried, and counts as acknowledged only what it has read.
 *   - A `try` or `erase` that no `ack` follows was in flight: it happened wholly or not at all.
 *   - `at` is one counter for all threads of the child: it orders what stands on different pipes.
 */
import { writeSync } from 'node:fs';
import type { Parts } from '../../storage/conformance/model.ts';

export interface Told {
  readonly at: number;
}

/** An actor as the journal has it when a thread begins: what was in flight before is in it or not. */
export interface Beginning {
  readonly address: string;
  readonly seq: number;
  readonly bodiesTo: number;
  readonly historyTo: number;
}

export interface Snapped {
  readonly address: string;
  readonly bytes: Uint8Array;
}

export type Line =
  | (Told & { readonly what: 'start'; readonly slot: number; readonly actors: readonly Beginning[] })
  | (Told & {
      readonly what: 'try';
      readonly parts: readonly Parts[];
      readonly snapshots: readonly Snapped[];
    })
  | (Told & { readonly what: 'erase'; readonly address: string; readonly which: 'bodies' | 'history' })
  | (Told & { readonly what: 'ack' })
  | (Told & { readonly what: 'ready' })
  | (Told & { readonly what: 'expire'; readonly bounds: Bounds })
  | (Told & { readonly what: 'backup'; readonly path: string })
  | (Told & { readonly what: 'compact' })
  | (Told & { readonly what: 'failed'; readonly message: string });

export interface Bounds {
  readonly historyBefore: number;
  readonly rowBefore: number;
}

/** A line without its stamp, each kind by itself. */
export type Untold = Line extends infer L ? (L extends Line ? Omit<L, 'at'> : never) : never;

/** The child's side: writes lines, synchronously, on a descriptor. */
export class Teller {
  readonly #descriptor: number;
  readonly #clock: Int32Array<SharedArrayBuffer>;

  constructor(descriptor: number, clock: Int32Array<SharedArrayBuffer>) {
    this.#descriptor = descriptor;
    this.#clock = clock;
  }

  tell(line: Untold): void {
    const text = JSON.stringify({ ...line, at: Atomics.add(this.#clock, 0, 1) }, withBytes);
    const bytes = Buffer.from(`${text}\n`);
    for (let offset = 0; offset < bytes.length;) offset += written(this.#descriptor, bytes, offset);
  }
}

function written(descriptor: number, bytes: Buffer, offset: number): number {
  try {
    return writeSync(descriptor, bytes, offset);
  } catch (error) {
    // The parent is slow to read: its turn.
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}

/** The parent's side: whole lines only; what a kill has cut was never told. */
export function linesOf(text: string): Line[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line, backToBytes) as Line);
}

/** `this` still holds the bytes: their toJSON has made `value` of them. */
function withBytes(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Uint8Array ? { base64: Buffer.from(original).toString('base64') } : value;
}

function backToBytes(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('base64' in value)) return value;
  return Buffer.from(String(value.base64), 'base64');
}
