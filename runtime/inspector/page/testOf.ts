/** A history as the text of a test for vitest: the events as they were, and where they led. */
import { read } from './api.ts';
import { literalOf } from './literal.ts';
import { kindOf, pathOf } from './place.ts';
import type { Fact, Page, Snapshot } from './told.ts';

const pageFacts = 1000;
/** More than that nobody reads. */
const factsMax = 5000;

export async function testOf(address: string, snapshot: Snapshot): Promise<string> {
  const { seq, state, context } = snapshot;
  if (seq > factsMax) throw new Error(`A test has at most ${factsMax} events: choose an earlier moment.`);
  const facts = await factsUpTo(address, seq);
  const kind = kindOf(address);
  const name = /^[A-Za-z_$][\w$]*$/.test(kind) ? kind : 'definition';
  const title = `the history of ${address} leads to ${state.join(', ')}`;
  return [
    "import { expect, test } from 'vitest';",
    "import { replayed } from 'troupe/testing';",
    '// Where the definition of this kind is.',
    `import { ${name} } from './${kind}.ts';`,
    '',
    `/** What ${address} was told, up to its fact ${seq}. */`,
    `const history = ${literalOf(facts.map(({ event }) => event))};`,
    '',
    `test(${literalOf(title)}, () => {`,
    `  const last = replayed(${name}, history).at(-1);`,
    `  expect(last?.state).toEqual(${literalOf(state, '  ')});`,
    `  expect(last?.context).toEqual(${literalOf(context, '  ')});`,
    '});',
    '',
  ].join('\n');
}

async function factsUpTo(address: string, seq: number): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  for (let after = 0; after < seq; after = facts.at(-1)?.to ?? seq) {
    const path = `actors/${pathOf(address)}/events?after=${after}&before=${seq + 1}&limit=${pageFacts}`;
    const { items } = await read<Page>(path);
    if (items[0]?.seq !== after + 1) throw new Error(`The facts from ${after + 1} on are erased.`);
    facts.push(...items);
  }
  return facts;
}
