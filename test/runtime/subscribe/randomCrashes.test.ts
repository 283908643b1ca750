/**
 * P8 and P10 by chance: the random story of subscribers (random.test.ts) on threads, whose worker is lost
 * again and again in the middle of it. A thread ends by itself, at once, wherever its actors are.
 * `STORIES=50` plays more of them, `SEED=42` the same again.
 */
import { describe, expect, test, vi } from 'vitest';
import { Random } from '../../../storage/conformance/random.ts';
import { openTroupe } from '../../../runtime/index.ts';
import type { DefinitionsOf, Troupe } from '../../../runtime/index.ts';
import { heard } from '../host/kit.ts';
import { newDirectory } from '../open.ts';
import { assertContiguous, delta, Lazy, Reader, textOf } from './feed.ts';
import type * as actors from './speaker.ts';

// Threads start slowly where many tests run at once.
vi.setConfig({ testTimeout: 120_000 });

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));
const stories = Number(process.env['STORIES'] ?? 1);
const steps = 90;
const crashes = 3;

type Hall = Troupe<DefinitionsOf<typeof actors>>;

interface Told {
  readonly quick: Reader[];
  readonly lazy: Lazy[];
}

/** Half of them from the beginning or somewhere after it, half from now on; half read, half when asked to. */
function join(hall: Hall, random: Random, { quick, lazy }: Told, known: number): void {
  const after = random.once(2) ? random.below(known + 1) : undefined;
  const windowMs = random.pick([0, 1, 10, 33]);
  const maxBytes = random.pick([300, 2000, 1024 * 1024]);
  const subscription = hall
    .actor('speaker', 'a')
    .subscribe({ windowMs, maxBytes, ...(after !== undefined && { after }) });
  if (random.once(2)) quick.push(new Reader(subscription));
  else lazy.push(new Lazy(subscription));
}

/** The steps at which the worker is lost: some early, some late. */
function crashesOf(random: Random): ReadonlySet<number> {
  const each = Math.floor(steps / crashes);
  return new Set(Array.from({ length: crashes }, (_, i) => i * each + random.below(each)));
}

async function story(hall: Hall, random: Random): Promise<Told> {
  const ref = hall.actor('speaker', 'a');
  const told: Told = { quick: [], lazy: [] };
  let known = (await ref.send({ type: 'line', text: '' })).seq;
  // One that misses nothing.
  told.quick.push(new Reader(ref.subscribe({ after: 0 })));
  const losses = crashesOf(random);
  const lost: Promise<unknown>[] = [];
  for (let i = 0; i < steps; i++) {
    const what = random.below(12);
    if (what < 5) ref.push(delta(`${i},`));
    else if (what === 5) known = (await ref.send({ type: 'line', text: `[${i}]` })).seq;
    else if (what === 6) join(hall, random, told, known);
    else if (what === 7) told.lazy.forEach((reader) => reader.read());
    else if (what === 8 && told.lazy.length > 0) random.pick(told.lazy).read();
    else if (what === 9 && random.once(3) && told.lazy.length > 0) await random.pick(told.lazy).leave();
    else await heard();
    // By an actor of its own each: the same one twice would be set aside.
    if (losses.has(i)) lost.push(hall.actor('counter', `${i}`).send({ type: 'exit', code: 3 }));
  }
  await Promise.all(lost);
  await ref.flush();
  await ref.send({ type: 'end' });
  return told;
}

/** The texts of the history, by seq. */
async function textsOf(hall: Hall): Promise<readonly string[]> {
  const texts: string[] = [''];
  for await (const { seq, event } of hall.actor('speaker', 'a').history()) {
    texts[seq] = 'text' in event ? (event.text ?? '') : '';
  }
  return texts;
}

describe('subscribers of a random story whose worker is lost', () => {
  test.each(Array.from({ length: stories }, (_, i) => seed + i))(
    'see its history, without a gap, and the seal last (SEED=%i)',
    async (from) => {
      const options = { directory: newDirectory(), workers: 1, limits: { restarts: 100 } };
      await using hall = await openTroupe<typeof actors>({
        ...options,
        actors: new URL('speaker.ts', import.meta.url),
      });
      const { quick, lazy } = await story(hall, new Random(from));
      const left = new Set(lazy.filter(({ isOver }) => isOver));
      await Promise.all([...quick.map(async ({ ended }) => ended), ...lazy.map(async (one) => one.rest())]);
      const texts = await textsOf(hall);
      expect(quick[0]?.text).toBe(texts.join(''));
      for (const reader of [...quick, ...lazy]) {
        expect(reader instanceof Reader ? reader.error : undefined).toBeUndefined();
        const [first] = reader.news;
        if (first === undefined) continue;
        assertContiguous(reader.news, first.from);
        if (!left.has(reader as Lazy)) expect(reader.news.at(-1)).toMatchObject({ sealed: true });
        for (const one of reader.news) {
          const said = texts.slice(one.from, one.to + 1).join('');
          expect(textOf([one])).toBe(one.reset === undefined ? said : '');
        }
      }
      // Two that end the same thread are one loss.
      const [worker] = (await hall.stats()).workers;
      expect(worker?.restarts).toBeGreaterThanOrEqual(1);
      expect(worker?.restarts).toBeLessThanOrEqual(crashes);
      expect(await hall.verify()).toMatchObject({ ok: true });
    },
  );
});
