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

/** Says `seconds` × `rate` pieces to each, and ends when all of them are durable. */
export async function stream(
  refs: readonly Ref<typeof speaker>[],
  rate: number,
  seconds: number,
): Promise<void> {
  const total = Math.round(rate * seconds);
  const start = Date.now();
  for (let said = 0; said < total;) {
    const due = Math.min(total, Math.floor(((Date.now() - start) / 1000) * rate));
    for (const ref of refs) await speak(ref, said, due, (n) => start + (n / rate) * 1000);
    said = due;
    await pause(tickMs);
  }
  await Promise.all(refs.map(async (ref) => ref.flush()));
}

/** The pieces after `said`, up to `due`. */
async function speak(
  ref: Ref<typeof speaker>,
  said: number,
  due: number,
  dueMs: (n: number) => number,
): Promise<void> {
  for (let n = said + 1; n <= due; n++) {
    if (!ref.push({ type: 'delta', text: pieceOf(n, dueMs(n)) })) await ref.flush();
  }
}
