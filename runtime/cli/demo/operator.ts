/**
 * Somebody who looks after the fleet: answers what is asked, goes on where a run waits, interrupts who talks
 * too long. It sees only rows, as a page would.
 */
import { isTroupeError } from '../../../actors/troupeError.ts';
import type { ListedRow } from '../../list.ts';
import type { Run } from '../../run.ts';
import type { Stage } from './crew.ts';

const thinkMs = 2_500;
const patienceMs = 9_000;

export async function operate(stage: Stage): Promise<void> {
  let fail: ((error: unknown) => void) | undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  await Promise.race([
    lookAfter(stage, (deed) => void deed.catch((error: unknown) => fail?.(error))),
    failed,
  ]);
}

async function lookAfter(stage: Stage, start: (deed: Promise<void>) => void): Promise<void> {
  const { troupe, labels, signal } = stage;
  const seen = new Set<string>();
  const once = (key: string): boolean => !seen.has(key) && seen.add(key).size > 0;
  for await (const { changed } of troupe.watch(
    { kind: 'run', labels, status: 'live' },
    { windowMs: 200, signal },
  )) {
    for (const row of changed) {
      const run = troupe.run(row.id);
      const { story } = row.labels;
      for (const ask of asksOf(row)) {
        if (once(`${row.address} ${ask}`)) start(later(stage, thinkMs, async () => answer(run, ask)));
      }
      if (story === 'review' && row.tags.includes('idle') && row.seq > 3 && once(`${row.address} asked`)) {
        start(later(stage, thinkMs, async () => ask(run, 'No, it is not. What would you do?')));
      }
      if (story === 'endless' && row.seq > 3 && once(row.address)) {
        start(later(stage, patienceMs, async () => interrupt(run)));
      }
    }
  }
}

const asksOf = ({ asks = [] }: ListedRow): readonly string[] => asks.map(String);

async function later({ rest, signal }: Stage, ms: number, deed: () => Promise<unknown>): Promise<void> {
  try {
    await rest(ms);
    await deed();
  } catch (error) {
    // Whoever was meant has ended, or gone on by itself.
    const isLate = ['SEALED', 'NOT_ACCEPTED', 'ALREADY_ANSWERED'] as const;
    if (!signal.aborted && !isLate.some((code) => isTroupeError(error, code))) throw error;
  }
}

const answer = async (run: Run, requestId: string): Promise<unknown> =>
  run.answer(requestId, requestId.length % 2 === 0 ? 'yes' : 'no', { by: 'operator' });

const ask = async (run: Run, text: string): Promise<unknown> => run.prompt(text, { by: 'operator' });

async function interrupt(run: Run): Promise<void> {
  try {
    await run.interrupt({ by: 'operator' });
  } catch (error) {
    // It came to the end of its turn by itself: it waits for a word all the same.
    if (!isTroupeError(error, 'NOT_ACCEPTED')) throw error;
  }
  await run.prompt('Leave the names alone. Change the three lines and be done.', { by: 'operator' });
}
