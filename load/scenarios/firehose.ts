/**
 * Text streams out of runs, is recorded, and reaches its readers: one that is fast, and a thousand at
 * once.
 */
import assert from 'node:assert/strict';
import { figure, scaled } from '../scenario.ts';
import type { Figure, Latency, Ran, Scenario, Span } from '../scenario.ts';
import { ended, openSpeakers, spoken } from '../site/speakers.ts';
import { speakerReader } from '../site/speakerEar.ts';
import type { Site } from '../site/site.ts';

export const firehose: Scenario = {
  name: 'firehose',
  question: 'Do streams of text reach their readers while they last?',
  run,
};

interface Hose {
  readonly name: string;
  readonly runs: number;
  readonly rate: number;
  readonly readers: number;
}

const fast: Hose = { name: 'one', runs: 1, rate: 10_000, readers: 4 };
const wide: Hose = { name: 'many', runs: 1000, rate: 50, readers: 100 };

async function run(site: Site, span: Span): Promise<Ran> {
  const hoses = [
    { ...fast, rate: scaled(fast.rate, span) },
    { ...wide, runs: scaled(wide.runs, span), readers: scaled(wide.readers, span) },
  ];
  const figures: Figure[] = [];
  const latencies: Latency[] = [];
  const said = new Map<string, number>();
  for (const hose of hoses) {
    const { name, runs, rate } = hose;
    span.progress(`${runs} × ${rate} deltas/s`);
    const ids = Array.from({ length: runs }, (_, i) => `${name}-${i}`);
    const pieces = Math.round(rate * span.seconds);
    for (const id of ids) said.set(id, pieces);
    const title = `${runs} × ${rate}/s`;
    const { seconds, ms, resets, lost } = await poured(site, ids, hose, span.seconds);
    figures.push(
      figure(`${title}: durable deltas`, (pieces * runs) / seconds, '/s'),
      figure(`${title}: resets of its ${hose.readers} readers`, resets, ''),
      figure(`${title}: pieces that resets let go`, lost, ''),
    );
    latencies.push({ name: `${title} to its reader`, ms });
  }
  return { figures, latencies, check: async (recorded) => [await spoken(recorded, said)] };
}

interface Poured {
  readonly seconds: number;
  readonly ms: readonly number[];
  readonly resets: number;
  /** Pieces that were not heard, of readers that were told so by a reset. */
  readonly lost: number;
}

async function poured(
  site: Site,
  ids: readonly string[],
  { rate, readers: count }: Hose,
  seconds: number,
): Promise<Poured> {
  await openSpeakers(site, ids);
  const readers = Array.from({ length: count }, (_, i) =>
    speakerReader(site.http, ids[i % ids.length] ?? ''),
  );
  const open = await Promise.all(readers.map(async (reader) => reader.open()));
  const start = performance.now();
  await site.stream({ ids, rate, seconds });
  const took = (performance.now() - start) / 1000;
  await ended(site, ids);
  await Promise.all(open.map(async (one) => one.ended));
  const heard = readers.map(({ ear, resets }) => ({ heard: ear.listener.heard, resets }));
  const told = toldOf(heard, Math.round(rate * seconds));
  return { ...told, seconds: took, ms: readers.flatMap(({ ear }) => ear.lateMs) };
}

/**
 * What a crowd of readers was reset and lost. A piece that is missing without a reset fails, and so does a
 * crowd of which nobody could keep up: then what is measured is not streaming.
 */
export function toldOf(
  readers: readonly { readonly heard: number; readonly resets: number }[],
  pieces: number,
): Pick<Poured, 'resets' | 'lost'> {
  for (const { heard, resets } of readers) {
    if (resets === 0) assert.equal(heard, pieces, 'all of it was heard');
  }
  assert(
    readers.some(({ resets }) => resets === 0),
    `one of ${readers.length} readers at least keeps up without a reset`,
  );
  return {
    resets: readers.reduce((sum, one) => sum + one.resets, 0),
    lost: readers.reduce((sum, one) => sum + pieces - one.heard, 0),
  };
}
