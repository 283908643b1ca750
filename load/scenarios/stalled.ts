/**
 * Readers that stop reading, until the server has no room left for what they do not take: it lets that go,
 * tells them so in one small reset, and nobody else notices. Who was reset reads up what it missed, and who
 * vanished goes on where it was: both end with every piece, once. And a stream more than there may be is
 * refused.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { figure, scaled } from '../scenario.ts';
import type { Ran, Scenario, Span } from '../scenario.ts';
import type { HttpClient } from '../site/httpClient.ts';
import type { Site } from '../site/site.ts';
import { thoroughReader } from '../site/speakerEar.ts';
import type { SpeakerReader } from '../site/speakerEar.ts';
import type { Manner } from '../site/sseReader.ts';
import { ended, openSpeakers, spoken } from '../site/speakers.ts';

const length = 8000;
/**
 * 0.8 MB a chunk of each speaker: less than the server keeps for a reader (1 MiB), so that those who read,
 * and are waited for after each, have no reason to be reset; two of them are more.
 */
const chunk = { rate: 1000, seconds: 0.1, length } as const;
/** More than sockets on both sides hold: Linux gives a sender 4 MB at most, unless it is told otherwise. */
const chunksMax = 128;
const chunksUntaken = 2;
const lookMs = 5;
const speakers = 2;
const crowds = { keepUp: 20, stopping: 10, vanishing: 10 } as const;

export const stalled: Scenario = {
  name: 'stalled',
  question: 'What becomes of readers that stop reading, or vanish over it, and of those beside them?',
  settings: (span) => ({ streams: sizes(span).reduce((sum, size) => sum + size, 0) }),
  refusals: true,
  run,
};

/** In the order of `crowds`. */
function sizes(span: Span): number[] {
  return Object.values(crowds).map((count) => scaled(count, span));
}

async function run(site: Site, span: Span): Promise<Ran> {
  const ids = Array.from({ length: scaled(speakers, span) }, (_, i) => `stalled-${i}`);
  await openSpeakers(site, ids);
  let resume = (): void => undefined;
  const resumed = new Promise<void>((resolve) => (resume = resolve));
  const manners: readonly Manner[] = [
    {},
    { stallsUntil: resumed },
    { stallsUntil: resumed, vanishesThen: true },
  ];
  const [keepUp = [], stopping = [], vanishing = []] = sizes(span).map((size, crowd) =>
    Array.from({ length: size }, (_, i) =>
      thoroughReader(site.http, ids[i % ids.length] ?? '', manners[crowd] ?? {}, length),
    ),
  );
  const idle = [...stopping, ...vanishing];
  const all = [...keepUp, ...idle];
  const open = await Promise.all(all.map(async (reader) => reader.open()));
  await Promise.all(all.map(async ({ began }) => began));
  await assertNoPlace(site.http, ids[0] ?? '');
  span.progress(`${idle.length} of ${all.length} readers stop reading`);
  const said = await poured(site, ids, { keepUp, idle });
  span.progress(`they read on after ${said} pieces`);
  resume();
  await ended(site, ids);
  await Promise.all(open.map(async (one) => one.ended));
  for (const { ear } of all) assert.equal(ear.listener.heard, said, 'every reader has every piece, once');
  for (const { resets } of keepUp) assert.equal(resets, 0, 'who reads is not reset');
  for (const { resets } of stopping) assert(resets > 0, 'who stops reading is reset');
  for (const { returns } of vanishing) assert.equal(returns, 1, 'who vanished came back');
  const resets = stopping.reduce((sum, reader) => sum + reader.resets, 0);
  return {
    figures: [
      figure('readers that kept up', keepUp.length, ''),
      figure('that stopped reading', stopping.length, ''),
      figure('that vanished over it, and came back', vanishing.length, ''),
      figure('said by each speaker', (said * length) / 1e6, ' MB'),
      figure('resets, on purpose', resets, ''),
    ],
    latencies: [{ name: 'keep up, beside them', ms: keepUp.flatMap(({ ear }) => ear.lateMs) }],
    check: async (recorded) => [
      await spoken(recorded, new Map(ids.map((id) => [id, said])), length),
      `${all.length} readers have each piece of theirs once, ${stopping.length} of them through resets`,
    ],
  };
}

/** All places are taken: one more is told so, and when to come back. */
async function assertNoPlace(http: HttpClient, id: string): Promise<void> {
  const refused = await http.open(`/v1/actors/speaker/${id}/stream`);
  refused.resume();
  assert.equal(refused.statusCode, 429, 'there is no place for one more stream');
  assert(Number(refused.headers['retry-after']) > 0, 'it is told when to come back');
}

/**
 * Speaks until not one of the idle readers takes any more, two chunks long: their number times what was said
 * is what the server has not got rid of. Gives how many pieces each speaker has said.
 */
async function poured(
  site: Site,
  ids: readonly string[],
  { keepUp, idle }: { readonly keepUp: readonly SpeakerReader[]; readonly idle: readonly SpeakerReader[] },
): Promise<number> {
  const shares = ids.map((_, i) => idle.filter((__, reader) => reader % ids.length === i).length);
  let before = { unread: 0, heads: ids.map(() => 0) };
  let untakenChunks = 0;
  for (let n = 1, said = 0; n <= chunksMax; n++) {
    await site.stream({ ids, ...chunk, said });
    said += chunk.rate * chunk.seconds;
    while (keepUp.some(({ ear }) => ear.listener.last < said)) await pause(lookMs);
    const now = { unread: (await site.held()).unread, heads: await Promise.all(ids.map(headIn(site.http))) };
    const grown = now.heads.map((head, i) => head - (before.heads[i] ?? 0));
    const untaken = grown.reduce((sum, facts, i) => sum + facts * (shares[i] ?? 0), 0);
    untakenChunks = now.unread - before.unread === untaken ? untakenChunks + 1 : 0;
    if (untakenChunks === chunksUntaken) return said;
    before = now;
  }
  throw new Error(`after ${chunksMax} chunks somebody who does not read still takes more`);
}

function headIn(http: HttpClient): (id: string) => Promise<number> {
  return async (id) => {
    const { body } = await http.get(`/v1/actors/speaker/${id}/events?limit=1&reverse=true`);
    return (JSON.parse(body) as { readonly head: number }).head;
  };
}
