/**
 * The SCXML conformance tests that XState itself runs, and those of the suite that it could run: on the pure
 * step, on the pure step restored after each event, and by the durable host, crashed around every event.
 */
import { describe, expect, test } from 'vitest';
import { leftOut } from './leftOut.ts';
import { playDurably, playSteps } from './play.ts';
import type { Played } from './play.ts';
import { suite } from './suite.ts';
import type { SuiteCase } from './suite.ts';

interface Mode {
  readonly name: string;
  readonly play: (played: SuiteCase) => Promise<Played>;
  readonly leftOut: Readonly<Record<string, readonly string[]>>;
}

const modes: readonly Mode[] = [
  { name: 'the pure step', play: async (played) => playSteps(played, false), leftOut },
  {
    name: 'the pure step, restored after each event',
    play: async (played) => playSteps(played, true),
    leftOut,
  },
  {
    name: 'the durable host, crashed around each event',
    play: playDurably,
    leftOut,
  },
];

const cases = suite();
const titlesOf = (list: Mode['leftOut']): string[] => Object.values(list).flat();

async function conforms(played: SuiteCase, { play }: Mode): Promise<void> {
  const seen = await play(played);
  expect(seen.slice(-played.expected.length), played.title).toEqual(played.expected);
}

describe.each(modes)('$name', (mode) => {
  const out = new Set(titlesOf(mode.leftOut));

  test.each(cases.filter(({ title }) => !out.has(title)))('conforms to $title', async (played) => {
    await conforms(played, mode);
  });

  test.each(cases.filter(({ title }) => out.has(title)))('leaves out $title, which fails', async (played) => {
    await expect(conforms(played, mode)).rejects.toBeInstanceOf(Error);
  });

  test.each(cases.filter(({ title }) => /^(history|w3c-ecma)\/(history4|test144|test208)$/u.test(title)))(
    'a wrong expectation of $title fails',
    async (played) => {
      for (const i of played.expected.keys()) {
        const expected = played.expected.with(i, ['elsewhere']);
        await expect(conforms({ ...played, expected }, mode)).rejects.toThrow(played.title);
      }
    },
  );

  test('runs all but what is left out by name', () => {
    const titles = cases.map(({ title }) => title);
    expect([...out].filter((title) => !titles.includes(title))).toEqual([]);
    expect(new Set(titlesOf(mode.leftOut)).size).toBe(titlesOf(mode.leftOut).length);
    const counts = Object.entries(mode.leftOut).map(
      ([reason, list]) => `  ${list.length} left out: ${reason}`,
    );
    console.log(
      [`SCXML, ${mode.name}: ${titles.length - out.size} of ${titles.length}`, ...counts].join('\n'),
    );
  });
});
