/**
 * What does a notification cost? 500 actors each say a line, again and again; watched by nobody, by one
 * subscriber each and by ten each. The processor time that watching adds, of all threads, for each
 * notification that was told.
 */
import assert from 'node:assert/strict';
import { openTroupe } from '../../runtime/index.ts';
import type { Troupe } from '../../runtime/index.ts';
import { Heard } from '../audience.ts';
import type { Speaker } from '../audience.ts';
import { scratch } from '../disk.ts';
import { inTurns, median, percentile, processorTime } from '../measure.ts';
import { bench, ratioOf } from '../report.ts';
import type { Report } from '../report.ts';
import type * as actors from '../speaker.ts';

const speakers = 500;
const lines = 20;
const rounds = 9;
const audiences = [0, 1, 10] as const;
/** Each commit has one line, and each line ends its window: so many notifications it takes at least. */
const told = speakers * lines;

await bench(measure);

interface Hall {
  readonly troupe: Troupe<typeof actors.speaker>;
  readonly refs: readonly Speaker[];
  readonly readers: readonly Heard[];
  lines: number;
}

/** Microseconds of processor time for each line. */
type Figures = Readonly<Record<`${(typeof audiences)[number]}`, readonly number[]>>;

async function measure(): Promise<Report> {
  const halls = await Promise.all(audiences.map(opened));
  const variants = halls.map((hall, i) => [`${audiences[i]}`, async () => charge(hall)] as const);
  const figures = (await inTurns(rounds, () => Object.fromEntries(variants))) as Figures; // All of them.
  for (const hall of halls) await closed(hall);
  return reportOf(figures);
}

async function opened(audience: number): Promise<Hall> {
  const troupe = await openTroupe<typeof actors>({
    directory: scratch('notify'),
    actors: new URL('../speaker.ts', import.meta.url),
    workers: 1,
  });
  const refs = Array.from({ length: speakers }, (_, i) => troupe.actor('speaker', `${i}`));
  await Promise.all(refs.map(async (ref) => ref.send({ type: 'line', n: 0 })));
  const readers = refs.flatMap((ref) => Array.from({ length: audience }, () => new Heard(ref)));
  await troupe.flush();
  return { troupe, refs, readers, lines: 0 };
}

/** All say their lines, one after the other, and every reader has heard all of them. */
async function charge(hall: Hall): Promise<number> {
  const notifications = async (): Promise<number> => (await hall.troupe.stats()).subscriptions.notifications;
  const before = await notifications();
  const ms = await processorTime(async () => {
    for (let i = 0; i < lines; i++) {
      hall.lines++;
      await Promise.all(hall.refs.map(async (ref) => ref.send({ type: 'line', n: hall.lines })));
    }
    await hall.troupe.flush();
  });
  for (const reader of hall.readers) assert.equal(reader.line, hall.lines, 'every line was heard');
  const audience = hall.readers.length / speakers;
  assert.equal((await notifications()) - before, told * audience, 'each line was told by itself');
  return (ms * 1000) / told;
}

async function closed({ troupe, refs, readers }: Hall): Promise<void> {
  assert.equal((await refs[0]?.verify())?.ok, true);
  for (const reader of readers) await reader.leave();
  await troupe.close();
}

function reportOf(figures: Figures): Report {
  const [nobody, one, ten] = (['0', '1', '10'] as const).map((audience) => median(figures[audience]));
  const first = (one ?? 0) - (nobody ?? 0);
  const further = ((ten ?? 0) - (one ?? 0)) / 9;
  const micros = (figure: number): string => `${figure.toFixed(1)} µs`;
  const spread = (audience: keyof Figures): string =>
    `${micros(percentile(figures[audience], 25))} – ${micros(percentile(figures[audience], 75))}`;
  return {
    name: 'notify',
    question: 'What does a notification cost?',
    settings: [
      `${speakers} actors in one worker, each sends ${lines} lines a round, each line a commit that is ` +
        'told at once, to subscribers in the caller’s thread; processor time of all threads, medians of ' +
        `${rounds} rounds, taking turns. The first subscriber of an actor costs the crossing of threads, ` +
        'each further one its own reading alone. Every subscriber has heard every line, each in a ' +
        'notification of its own, before a figure is told.',
    ],
    tables: [
      {
        columns: ['', 'processor time a line', 'middle half'],
        rows: [
          ['nobody listens: a durable send', micros(nobody ?? 0), spread('0')],
          ['one subscriber each', micros(one ?? 0), spread('1')],
          ['ten subscribers each', micros(ten ?? 0), spread('10')],
          ['the first notification of a line (difference)', micros(first), ''],
          ['each further one (difference)', micros(further), ''],
        ],
      },
    ],
    goals: [],
    ratios: [
      ratioOf('processor', 'a send with one who listens beside one with nobody', (nobody ?? 0) / (one ?? 0)),
      ratioOf('processor', 'a send with ten who listen beside one with nobody', (nobody ?? 0) / (ten ?? 0)),
    ],
  };
}
