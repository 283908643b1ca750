/**
 * What does checking a history cost (V17, the journal's half)? The chain of each commit computed again from
 * its stored bytes, beside one SHA-256 of the same bytes.
 */
import assert from 'node:assert/strict';
import { chainAfter, chainStart, openJournal, sha256 } from '../../storage/index.ts';
import type { Commit, OpenJournal, Range } from '../../storage/index.ts';
import { Crew, eventBytes } from '../crew.ts';
import { scratch } from '../disk.ts';
import { inTurns, median, medianRatio, rate, ratiosOf } from '../measure.ts';
import { bench, goal, short, spreadOf, times } from '../report.ts';
import type { Report } from '../report.ts';

const commits = 10_000;
const rounds = 9;
const wanted = 0.5;

await bench(measure);

async function measure(): Promise<Report> {
  const journal = await openJournal({ directory: scratch('chain') });
  const writer = await journal.writer(0);
  const crew = new Crew(1);
  const drafts = Array.from({ length: commits }, () => crew.draft(0));
  const encoded = crew.encoded(drafts);
  for (let i = 0; i < commits; i += 100) await writer.append(encoded.slice(i, i + 100));
  const stored = await history(journal, crew.address(0));
  const records = encoded.map(({ record }) => record);
  const samples = await inTurns(rounds, () => ({
    plain: async () => rate(() => records.filter((record) => sha256(record).length === 32).length),
    chain: async () => rate(() => chained(stored)),
    read: async () => rate(async () => chained(await history(journal, crew.address(0)))),
  }));
  await journal.close();
  const ratio = medianRatio(samples.chain, samples.plain);
  const ofPlain = (name: keyof typeof samples): string[] => [
    times(medianRatio(samples[name], samples.plain)),
    `${short(median(samples[name]))}/s`,
  ];
  return {
    name: 'chain',
    question: 'What does checking a history cost?',
    settings: [
      `${short(commits)} commits of one event of ${eventBytes} bytes; medians of ${rounds} rounds, ` +
        'taking turns.',
    ],
    tables: [
      {
        columns: ['', 'of one hash each', 'commits'],
        rows: [
          ['one SHA-256 of each record', ...ofPlain('plain')],
          ['chain: payload, then header and hash', ...ofPlain('chain')],
          ['the same, reading included', ...ofPlain('read')],
        ],
      },
    ],
    goals: [
      goal(
        `V17: chain ≥ ${wanted} × one hash a commit`,
        times(ratio, wanted),
        ratio >= wanted,
        spreadOf(ratiosOf(samples.chain, samples.plain)),
      ),
    ],
  };
}

async function history(journal: OpenJournal, address: string): Promise<Commit[]> {
  const all: Commit[] = [];
  for (let range: Range | undefined = {}; range !== undefined;) {
    const page = await journal.read(address, range);
    all.push(...page.commits);
    range = page.next;
  }
  assert.equal(all.length, commits);
  return all;
}

/** How many commits continue the chain; all of them, or the measurement is void. */
function chained(all: readonly Commit[]): number {
  let chain: Buffer = chainStart;
  for (const { header, payloadHash, tag, seq } of all) {
    chain = chainAfter(chain, header, payloadHash());
    for (let i = 0; i < tag.length; i++) if (chain[i] !== tag[i]) assert.fail(`the chain breaks at ${seq}`);
  }
  return all.length;
}
