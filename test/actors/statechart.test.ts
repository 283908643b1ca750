/** The pure step does what XState's own actor does, also when it is restarted after every event. */
import { describe, expect, test } from 'vitest';
import type { Case } from './statechart/case.ts';
import { childCases } from './statechart/childCases.ts';
import { documentedCases } from './statechart/documentedCases.ts';
import { referenceReadings } from './statechart/reference.ts';
import { SmallHost } from './statechart/smallHost.ts';
import { stateCases } from './statechart/stateCases.ts';
import { timeCases } from './statechart/timeCases.ts';
import { transitionCases } from './statechart/transitionCases.ts';

const tables: Record<string, readonly Case[]> = {
  states: stateCases,
  transitions: transitionCases,
  time: timeCases,
  children: childCases,
  'as XState documents it': documentedCases,
};

describe.each(Object.entries(tables))('%s', (_, cases) => {
  test.each(cases.map((one) => [one.title, one] as const))('%s', async (_title, one) => {
    const reference = await referenceReadings(one);
    expect(new SmallHost(false).run(one)).toEqual(reference);
    expect(new SmallHost(true).run(one)).toEqual(reference);
    expect(reference.at(-1)).toMatchObject(one.ends);
  });
});
