/**
 * Hundreds of readers of a few speakers: most keep up, some read slowly, some vanish and come back. Who
 * keeps up hears everything, in time; the others hear everything too, or are told by a reset what they
 * missed.
 */
import assert from 'node:assert/strict';
import { figure, scaled } from '../scenario.ts';
import type { Ran, Scenario, Span } from '../scenario.ts';
import type { Site } from '../site/site.ts';
import { ended, openSpeakers, spoken } from '../site/speakers.ts';
import { speakerReader } from '../site/speakerEar.ts';
import type { SpeakerReader } from '../site/speakerEar.ts';
import type { Manner } from '../site/sseReader.ts';

const speakers = 10;
const rate = 50;
const manners: readonly { readonly name: string; readonly count: number; readonly manner: Manner }[] = [
  { name: 'keep up', count: 300, manner: {} },
  { name: 'slow', count: 50, manner: { slowMs: 500, maxBytes: 16 * 1024 } },
  { name: 'vanish and return', count: 50, manner: { vanishesAfter: 10 } },
];

export const fanOut: Scenario = {
  name: 'fanOut',
  question: 'Do slow and vanishing readers stay out of the way of the others?',
  run,
};

async function run(site: Site, span: Span): Promise<Ran> {
  const ids = Array.from({ length: speakers }, (_, i) => `fan-${i}`);
  await openSpeakers(site, ids);
  const crowds = manners.map(({ name, count, manner }) => ({
    name,
    readers: Array.from({ length: scaled(count, span) }, (_, i) =>
      speakerReader(site.http, ids[i % speakers] ?? '', manner),
    ),
  }));
  const all = crowds.flatMap(({ readers }) => readers);
  span.progress(`${all.length} readers of ${speakers} speakers`);
  const open = await Promise.all(all.map(async (reader) => reader.open()));
  await site.stream({ ids, rate, seconds: span.seconds });
  await ended(site, ids);
  await Promise.all(open.map(async (one) => one.ended));
  const pieces = Math.round(rate * span.seconds);
  for (const { readers } of crowds) assertHeard(readers, pieces);
  const heard = all.reduce((sum, { ear }) => sum + ear.listener.heard, 0);
  return {
    figures: [
      figure('readers', all.length, ''),
      figure('pieces told', heard / span.seconds, '/s'),
      figure(
        'came back',
        all.reduce((sum, { returns }) => sum + returns, 0),
        'times',
      ),
      figure(
        'resets',
        all.reduce((sum, { resets }) => sum + resets, 0),
        '',
      ),
    ],
    latencies: crowds.map(({ name, readers }) => ({ name, ms: readers.flatMap(({ ear }) => ear.lateMs) })),
    check: async (recorded) => [await spoken(recorded, new Map(ids.map((id) => [id, pieces])))],
  };
}

function assertHeard(readers: readonly SpeakerReader[], pieces: number): void {
  for (const { ear, resets } of readers) {
    const { heard } = ear.listener;
    if (resets === 0) assert.equal(heard, pieces, 'who was not reset heard everything, once');
    else assert(heard <= pieces, 'nothing is told twice');
  }
}
