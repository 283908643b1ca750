/**
 * What do the running summary and the chain cost per event (V8)? Neither can be switched off, so: two kinds
 * with one statechart, one with a digest fold and one without; and the chain's hashing alone, on commits like
 * those the host writes, against the host's whole processor time per event.
 */
import assert from 'node:assert/strict';
import { Crowd, openHost } from '../crowd.ts';
import { Crew } from '../crew.ts';
import { scratch } from '../disk.ts';
import { inTurns, median, middleOf, percentile } from '../measure.ts';
import { chainAfter, chainStart, openJournal } from '../../storage/index.ts';
import type { Commit } from '../../storage/index.ts';
import { bench, goal, spreadOf, times } from '../report.ts';
import type { Report } from '../report.ts';

const actors = 1000;
const inFlight = 2000;
const sends = 10_000;
const hashed = 10_000;
const rounds = 15;
const wanted = 1.25;

await bench(measure);

async function measure(): Promise<Report> {
  // In the caller's thread: the processor time of this process is then all there is, without messages.
  const troupe = await openHost(scratch('host'), { workers: 0 });
  const crowds = {
    plain: new Crowd(troupe, actors),
    folded: new Crowd(troupe, actors, { kind: 'folded' }),
  };
  const commits = await storedCommits();
  const samples = await inTurns(rounds, () => ({
    plain: async () => charge(async () => crowds.plain.send(sends, inFlight)),
    folded: async () => charge(async () => crowds.folded.send(sends, inFlight)),
    chain: async () => charge(() => chained(commits)),
  }));
  for (const crowd of Object.values(crowds)) {
    assert.equal(crowd.sends, sends * (rounds + 1));
    await crowd.assertDone();
  }
  await troupe.close();
  return reportOf(samples);
}

/** Commits of one event of one actor, as the journal gives them. */
async function storedCommits(): Promise<readonly Commit[]> {
  const journal = await openJournal({ directory: scratch('chain') });
  const writer = await journal.writer(0);
  const crew = new Crew(1);
  await writer.append(crew.encoded([crew.draft(0)]));
  const { commits } = await journal.read(crew.address(0));
  await journal.close();
  return commits;
}

/** The hashes of so many commits, each after the one before. */
function chained([commit]: readonly Commit[]): number {
  assert(commit !== undefined);
  let chain: Buffer = chainStart;
  for (let i = 0; i < hashed; i++) chain = chainAfter(chain, commit.header, commit.payloadHash());
  assert.equal(chain.length, 32);
  return hashed;
}

/** Microseconds of processor time, of all threads, for each unit. */
async function charge(work: () => number | Promise<number>): Promise<number> {
  const before = process.cpuUsage();
  const units = await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / units;
}

function reportOf(samples: Readonly<Record<'plain' | 'folded' | 'chain', readonly number[]>>): Report {
  const micros = (figure: number): string => `${figure.toFixed(2)} µs`;
  const fold = median(samples.folded) - median(samples.plain);
  const chain = median(samples.chain);
  // On: fold and chain. Off: what is left of the plain kind without its chain.
  const ofPlain = (figure: number): string => times(figure / median(samples.plain));
  // Medians first: a round's own difference is mostly noise.
  const ratio = median(samples.folded) / (median(samples.plain) - chain);
  const spread = (figures: readonly number[]): string =>
    `${micros(percentile(figures, 25))} – ${micros(percentile(figures, 75))}`;
  return {
    name: 'hostFold',
    question: 'What do the digest fold and the chain cost per event?',
    settings: [
      `${actors} actors of each kind, ${inFlight} sends in flight, ${rounds} rounds of ${sends} ` +
        `sends, taking ` +
        'turns; processor time of all threads per event, receipts included, in the caller’s thread.',
      'Without fold and chain is computed: the plain kind less the chain’s hashing, measured on its own on ' +
        'a commit with an event of 230 bytes, one commit an event; with more events in a turn ' +
        'it costs less ' +
        'an event. Encoding the commit is no part of it.',
    ],
    tables: [
      {
        columns: ['', 'of the plain kind', 'processor time per event', 'middle half'],
        rows: [
          [
            'with fold and chain',
            ofPlain(median(samples.folded)),
            micros(median(samples.folded)),
            spread(samples.folded),
          ],
          ['plain: the chain alone', times(1), micros(median(samples.plain)), spread(samples.plain)],
          ['the fold (difference)', ofPlain(fold), micros(fold), ''],
          ['the chain’s two hashes', ofPlain(chain), micros(chain), spread(samples.chain)],
        ],
      },
    ],
    goals: [
      goal(
        `V8: fold and chain on ≤ ${wanted} × off`,
        times(ratio, wanted),
        ratio <= wanted,
        spreadOf(middleOf(samples.folded, median(samples.plain) - chain)),
      ),
    ],
  };
}
