/**
 * P8 by chance: deltas, structure, slow, quick, late and leaving readers and failing appends come in whatever
 * order; what each reader saw is the history.
 */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../storage/conformance/random.ts';
import { TroupeError } from '../../../actors/troupeError.ts';
import { heard } from '../host/kit.ts';
import { assertContiguous, delta, Lazy, openHall } from './feed.ts';
import type { Hall } from './feed.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));
const runs = 60;

function joined(hall: Hall, random: Random, head: number): Lazy {
  const ref = hall.troupe.actor('speaker', 'a');
  const after = random.once(2) ? random.below(head + 1) : undefined;
  const windowMs = random.pick([0, 10, 33, 200]);
  const maxBytes = random.pick([300, 2000, 1024 * 1024]);
  return new Lazy(ref.subscribe({ windowMs, maxBytes, ...(after !== undefined && { after }) }));
}

async function story(random: Random): Promise<{ hall: Hall; readers: Lazy[] }> {
  const hall = await openHall();
  const ref = hall.troupe.actor('speaker', 'a');
  await ref.send({ type: 'line', text: '' });
  const readers: Lazy[] = [];
  for (let i = 0; i < 80; i++) {
    const what = random.below(12);
    if (what < 5) ref.push(delta(`${i},`));
    else if (what === 5) ref.push({ type: 'line', text: `[${i}]` });
    else if (what === 6) hall.clock.advance(random.below(60));
    else if (what === 7) readers.push(joined(hall, random, (await passing(hall, ref.snapshot())).seq));
    else if (what === 8) readers.forEach((reader) => reader.read());
    else if (what === 9 && readers.length > 0) random.pick(readers).read();
    else if (what === 10 && random.once(4) && readers.length > 0) await random.pick(readers).leave();
    else await heard();
    if (random.once(25)) failOnce(hall);
  }
  await passing(
    hall,
    ref.flush().catch(() => undefined),
  );
  hall.failure = () => undefined;
  await passing(hall, ref.send({ type: 'end' }));
  return { hall, readers };
}

/** While time goes on: a host that failed twice waits before it tries again. */
async function passing<T>(hall: Hall, work: Promise<T>): Promise<T> {
  const state = { isOver: false };
  const over = work.finally(() => {
    state.isOver = true;
  });
  while (!state.isOver) {
    await heard();
    hall.clock.advance(1);
  }
  return over;
}

function failOnce(hall: Hall): void {
  let failing = 1;
  hall.failure = () => (failing-- > 0 ? new TroupeError('JOURNAL_FULL', 'the disk is full', {}) : undefined);
}

/** What the history says of a range, in one text. */
async function said(hall: Hall, from: number, to: number): Promise<string> {
  let text = '';
  for await (const { event } of hall.troupe
    .actor('speaker', 'a')
    .history({ after: from - 1, before: to + 1 }))
    text += 'text' in event ? (event.text ?? '') : '';
  return text;
}

describe('subscribers of a random story', () => {
  test(`see its history, without a gap, and the seal last (SEED=${seed})`, async () => {
    let [told, resets] = [0, 0];
    for (let run = 0; run < runs; run++) {
      const { hall, readers } = await story(new Random(seed + run));
      for (const reader of readers) {
        const hasLeft = reader.isOver;
        await reader.rest();
        const [first] = reader.news;
        if (first === undefined) continue;
        assertContiguous(reader.news, first.from);
        if (!hasLeft) expect(reader.news.at(-1), `SEED=${seed + run}`).toMatchObject({ sealed: true });
        for (const { from, to, facts, reset } of reader.news) {
          told++;
          if (reset !== undefined) resets++;
          const text = facts.map(({ event }) => (event as { text?: string }).text ?? '').join('');
          expect(text, `SEED=${seed + run}`).toBe(reset === undefined ? await said(hall, from, to) : '');
        }
      }
      await hall.close();
    }
    expect(told).toBeGreaterThan(runs);
    expect(resets).toBeGreaterThan(0);
  }, 60_000);
});
