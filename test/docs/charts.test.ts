/** The statecharts in docs/charts are those of the machines. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { diagrams } from '../../.tools/diagrams.ts';

test('docs/charts holds what `npm run diagrams` writes, and nothing else', { timeout: 180_000 }, async () => {
  const names = readdirSync('docs/charts');
  const kept = Object.fromEntries(names.map((name) => [name, readFileSync(`docs/charts/${name}`, 'utf8')]));
  expect(kept).toEqual(await diagrams());
});

test.each([
  ['docs/guide/agent-runs.md', 'run'],
  ['docs/guide/outbox.md', 'outbox'],
  ['docs/ARCHITECTURE.md', 'pty'],
])('%s shows the chart of %s', (page, kind) => {
  expect(readFileSync(page, 'utf8')).toMatch(new RegExp(`!\\[[^\\]]+\\]\\([./]*charts/${kind}\\.svg\\)`));
});
