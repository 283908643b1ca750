/**
 * Speakers that speak at a steady rate, within the process that serves them: as an application does that
 * hosts agents. A piece that is late is stamped with the time it was due, so that a server which cannot
 * keep up does not flatter itself.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Ref } from '../../runtime/index.ts';
import type { speaker } from '../speaker.ts';
import { pieceOf } from './pieces.ts';

const tickMs = 10;

export interface Streaming {
  readonly ids: readonly string[];
  /** Pieces a second, of each. */
  readonly rate: number;
  readonly seconds: number;
  /** Pieces that each has said before: none. */
  readonly said?: number;
  /** Of a piece, where it is bytes that matter. */
  readonly length?: number;
}

/** Says `seconds` × `rate` pieces to each, and ends when all of them are durable. */
export async function stream(
  refOf: (id: string) => Ref<typeof speaker>,
  { ids, rate, seconds, said: before = 0, length }: Streaming,
): Promise<void> {
  const refs = ids.map(refOf);
  const total = Math.round(rate * seconds);
  const start = Date.now();
  const textOf = (n: number): string => pieceOf(before + n, start + (n / rate) * 1000, length);
  for (let said = 0; said < total;) {
    const due = Math.min(total, Math.floor(((Date.now() - start) / 1000) * rate));
    for (const ref of refs) {
      for (let n = said + 1; n <= due; n++) await speak(ref, textOf(n));
    }
    said = due;
    await pause(tickMs);
  }
  await Promise.all(refs.map(async (ref) => ref.flush()));
}

async function speak(ref: Ref<typeof speaker>, text: string): Promise<void> {
  if (!ref.push({ type: 'delta', text })) await ref.flush();
}
