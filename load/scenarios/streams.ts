/**
 * A thousand open streams and ten thousand notifications a second (V11): none of them misses a piece, and
 * what the server holds for them is bounded.
 */
import assert from 'node:assert/strict';
import { figure, scaled } from '../scenario.ts';
import type { Ran, Scenario, Span } from '../scenario.ts';
import type { Site } from '../site/site.ts';
import { ended, openSpeakers, spoken } from '../site/speakers.ts';
import { speakerReader } from '../site/speakerEar.ts';
import type { SpeakerReader } from '../site/speakerEar.ts';

const readers = 1000;
const readersEach = 10;
/** Ten notifications a second to each reader, if there is news in each window. */
const windowMs = 100;
const piecesPerSecond = 20;
/** What a stream may hold: its subscription, its response, and a few notifications on their way. */
const streamBytesMax = 128 * 1024;
/** Whatever else a server under load holds beside them. */
const besidesBytesMax = 32 * 1024 * 1024;
const openAtOnce = 50;

export const streams: Scenario = {
  name: 'streams',
  question: 'Do a thousand streams lose nothing, and what does the server hold for them?',
  run,
};

async function run(site: Site, span: Span): Promise<Ran> {
  const speakers = Math.max(1, Math.round(scaled(readers, span) / readersEach));
  const ids = Array.from({ length: speakers }, (_, i) => `s${i}`);
  const pieces = Math.round(piecesPerSecond * span.seconds);
  await openSpeakers(site, ids);
  const before = await site.held();
  const all = ids.flatMap((id) =>
    Array.from({ length: readersEach }, () => speakerReader(site.http, id, { windowMs })),
  );
  span.progress(`${all.length} streams are opened`);
  const reading = await opened(all);
  span.progress(`${speakers} × ${piecesPerSecond} pieces/s`);
  const start = performance.now();
  await site.stream({ ids, rate: piecesPerSecond, seconds: span.seconds });
  const seconds = (performance.now() - start) / 1000;
  // All streams are open, and have been told a lot.
  const during = await site.held();
  await ended(site, ids);
  await Promise.all(reading);
  const held = during.heapBytes - before.heapBytes;
  const most = all.length * streamBytesMax + besidesBytesMax;
  assert(held <= most, `${held} bytes are held for ${all.length} streams, at most ${most}`);
  for (const { ear, resets } of all)
    assert.deepEqual([ear.listener.heard, resets], [pieces, 0], 'every stream heard all of it');
  const notifications = all.reduce((sum, reader) => sum + reader.notifications, 0);
  return {
    figures: [
      figure('streams', all.length, ''),
      figure('notifications', notifications / seconds, '/s'),
      figure('heap held a stream', Math.max(0, held) / all.length / 1024, ' KiB'),
    ],
    latencies: [{ name: `piece to its reader, windows of ${windowMs} ms`, ms: all.flatMap(lateOf) }],
    check: async (recorded) => [
      await spoken(recorded, new Map(ids.map((id) => [id, pieces]))),
      `${all.length} streams heard each piece of theirs once`,
    ],
  };
}

const lateOf = ({ ear }: SpeakerReader): readonly number[] => ear.lateMs;

/** A few at a time: a thousand connections in one moment are another question. */
async function opened(all: readonly SpeakerReader[]): Promise<readonly Promise<void>[]> {
  const reading: Promise<void>[] = [];
  for (let i = 0; i < all.length; i += openAtOnce) {
    const some = await Promise.all(all.slice(i, i + openAtOnce).map(async (reader) => reader.open()));
    reading.push(...some.map(async (one) => one.ended));
  }
  return reading;
}
