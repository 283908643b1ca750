/**
 * Does the host stay as fast with more actors (V18)? V1's sends over 10, 100, 1000 and 10 000 actors, each
 * in a directory of its own, taking turns; 100 000 too when BENCH_LONG=1, all of them kept in memory.
 */
import { Crowd, openHost } from '../crowd.ts';
import type { Hosted } from '../crowd.ts';
import { scratch } from '../disk.ts';
import { inTurns, median, medianRatio, rate } from '../measure.ts';
import type { Variant } from '../measure.ts';
import { bench, goal, short, spreadOf, times } from '../report.ts';
import type { Report } from '../report.ts';

const sizes = [10, 100, 1000, 10_000, ...(process.env['BENCH_LONG'] === '1' ? [100_000] : [])];
/** Beyond it actors are put away and loaded again, which costs more than a send. */
const residentActors = 200_000;
const inFlight = 2000;
const sends = 20_000;
const rounds = 5;
const wanted = 0.7;

await bench(measure);

async function measure(): Promise<Report> {
  const troupes: Hosted[] = [];
  const crowds = new Map<string, Crowd>();
  for (const size of sizes) {
    const troupe = await openHost(scratch('growth'), { workers: 1, limits: { residentActors } });
    troupes.push(troupe);
    const crowd = new Crowd(troupe, size);
    // Births cost more than what follows.
    await crowd.send(size, inFlight);
    crowds.set(String(size), crowd);
  }
  const variants: Record<string, Variant> = {};
  for (const [size, crowd] of crowds)
    variants[size] = async () => rate(async () => crowd.send(sends, inFlight));
  const samples = await inTurns(rounds, () => variants);
  for (const crowd of crowds.values()) await crowd.assertDone();
  for (const troupe of troupes) await troupe.close();
  return reportOf(sizes.map((size) => [size, samples[String(size)] ?? []] as const));
}

function reportOf(curve: readonly (readonly [size: number, rates: readonly number[]])[]): Report {
  const smallest = curve[0]?.[1] ?? [];
  const rows = curve.map(([size, rates]) => {
    const ratios = rates.map((figure, i) => figure / (smallest[i] ?? 0));
    const spread = `${times(Math.min(...ratios))} – ${times(Math.max(...ratios))}`;
    return [short(size), times(medianRatio(rates, smallest)), spread, short(median(rates))];
  });
  const least = Math.min(...curve.map(([, rates]) => medianRatio(rates, smallest)));
  return {
    name: 'hostGrowth',
    question: 'Does the host stay as fast with more actors?',
    settings: [
      `One worker, ${inFlight} sends in flight, events of 230 bytes, all actors born beforehand; ${rounds} ` +
        `rounds of ${short(sends)} sends each, taking turns. With ${sizes[0] ?? 0} actors a ` +
        `turn takes many ` +
        'events of one actor and makes one commit of them; with as many actors as sends in flight every ' +
        'event is a commit.',
      '`limits.residentActors` is above all of them: with the default, each of 100 k actors in turn is ' +
        'loaded for every send (0.13 ×).',
      'BENCH_LONG=1 adds 100 k actors.',
    ],
    tables: [{ columns: ['actors', 'of the fewest', 'spread', 'sends/s'], rows }],
    goals: [
      goal(
        `V18: sends/s ≥ ${wanted} × those of the fewest actors`,
        times(least, wanted),
        least >= wanted,
        spreadOf(curve.map(([, rates]) => medianRatio(rates, smallest))),
      ),
    ],
    plots: [
      {
        title: 'Durable sends a second',
        x: 'actors',
        y: 'sends/s',
        lines: [{ name: 'one worker', points: curve.map(([size, rates]) => [size, median(rates)] as const) }],
      },
    ],
  };
}
