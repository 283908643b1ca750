/**
 * docs/reference/ is what `npm run reference` writes from the code of today, and leaves nothing out.
 */
import { globSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { withFigures } from '../../.tools/reference/measured.ts';
import { referencePages } from '../../.tools/reference/pages.ts';
import * as actors from '../../actors/index.ts';
import { vocabulary as outbox } from '../../actors/outbox/vocabulary.ts';
import { vocabulary as pty } from '../../actors/ptySession/vocabulary.ts';
import { defaultLimits } from '../../runtime/limits.ts';
import * as runtime from '../../runtime/index.ts';
import * as testing from '../../runtime/testing.ts';
import * as storage from '../../storage/index.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const pages = await referencePages();
const pageNamed = (name: string): string => pages.get(name) ?? '';
const headingsOf = (page: string): readonly string[] =>
  [...page.matchAll(/^##+ (?<name>.+)$/gm)].map(({ groups }) => groups?.['name'] ?? '');
const missingIn = (names: readonly string[], page: string): readonly string[] => {
  const headings = headingsOf(page);
  return names.filter((name) => !headings.includes(name));
};

test.each([...pages])('docs/reference/%s is current (npm run reference)', (name, text) => {
  expect(readFileSync(`docs/reference/${name}`, 'utf8')).toBe(text);
});

test('every name has a sentence that says what it is', () => {
  const silent = [...pages].flatMap(([page, text]) =>
    [...text.matchAll(/^## (?<name>.+)\n\n```/gm)].map(({ groups }) => `${page}: ${groups?.['name']}`),
  );
  expect(silent).toEqual([]);
  expect(pageNamed('api.md')).toContain('## Troupe\n\n');
});

test('the figures in README.md are those that were measured last (npm run reference)', () => {
  const readme = readFileSync('README.md', 'utf8');
  expect(withFigures(readme)).toBe(readme);
  expect(readme).toMatch(/\| durable sends a second: .* \| [\d.]+ k \| [\d.]+ × of XState alone/);
  expect(withFigures(readme.replace(/\| [\d.]+ k \|/, '| 999 k |'))).toBe(readme);
  expect(() => withFigures('# Troupe\n')).toThrow('no place');
});

test('there is no page that nobody writes any more', () => {
  const byHand = new Set(['README.md', 'runs-on.md']);
  const present = globSync('*.md', { cwd: 'docs/reference' }).filter((name) => !byHand.has(name));
  expect(present.filter((name) => !pages.has(name))).toEqual([]);
});

test.each([
  ['api.md', runtime],
  ['api-actors.md', actors],
  ['api-storage.md', storage],
  ['api-testing.md', testing],
])('%s shows every value its subpath exports', (name, module) => {
  expect(Object.keys(module).length).toBeGreaterThan(0);
  expect(missingIn(Object.keys(module), pageNamed(name))).toEqual([]);
});

/** Names in the braces of an entry point's export clauses, as they are outside. */
function namedIn(path: string): readonly string[] {
  const clauses = readFileSync(path, 'utf8').matchAll(/^export (?:type )?\{(?<names>[^}]+)\}/gm);
  const names = [...clauses].flatMap(({ groups }) => groups?.['names']?.split(',') ?? []);
  return names.map((name) => name.trim().replace(/^type /, '')).filter((name) => name !== '');
}

test.each([
  ['api.md', 'runtime/index.ts', 'openTroupe', 'Ref'],
  ['api-actors.md', 'actors/index.ts', 'agentRun', 'RunDigest'],
  ['api-storage.md', 'storage/index.ts', 'openJournal', 'JournalOptions'],
  ['api-testing.md', 'runtime/testing.ts', 'scriptedAgent', 'TestTroupe'],
])('%s shows every name that %s exports', (name, path, value, type) => {
  const names = namedIn(path);
  expect(names).toEqual(expect.arrayContaining([value, type]));
  expect(missingIn(names, pageNamed(name))).toEqual([]);
});

test('types that are exported all at once are shown, and functions of which only the type is are not', () => {
  expect(missingIn(['Definition', 'EventOf', 'TaskPolicy'], pageNamed('api.md'))).toEqual([]);
  expect(headingsOf(pageNamed('api.md'))).not.toContain('isDefinition');
});

test('a signature is told without what runs, and with what is said of it', () => {
  expect(pageNamed('api.md')).toContain(
    '  /** Resolves when the event is durable. An aborted one may be applied all the same: see `id`. */\n' +
      '  send(event: EventOf<D>, options?: SendOptions<InputOf<D>>): Promise<Receipt<ReplyOf<D>>>;\n',
  );
  expect(pageNamed('api.md')).not.toContain('#private');
  expect(pageNamed('api-actors.md')).toContain('function isAddress(text: unknown): boolean;\n');
});

test('events.md shows every event of runs, outboxes and PTY sessions, and what its fields mean', () => {
  const page = pageNamed('events.md');
  for (const vocabulary of [actors.vocabulary, outbox, pty]) {
    expect(missingIn(Object.keys(vocabulary), page)).toEqual([]);
  }
  expect(page).toContain(
    '| `parent?` | text, 1 to 512 characters | The address of the actor that this run works for. |',
  );
  expect(page).toContain('| `status` | `"ok"` or `"failed"` or `"cancelled"` or `"limit"` or `"lost"` |');
  expect(page).toContain('### Digest of run');
});

test('limits.md shows every limit of a runtime, with its value and its reason', () => {
  const page = pageNamed('limits.md');
  const names = Object.keys(defaultLimits);
  expect(names.filter((name) => !page.includes(`| \`${name}\` | `))).toEqual([]);
  expect(page).toContain(
    '| `eventBytes` | 8 MiB | One packed event with its bodies. |\n| `snapshotBytes` | 8 MiB | ',
  );
  expect(page).not.toMatch(/\| {2}\|$/m);
});

test('a missing name is found', () => {
  expect(missingIn(['a', 'b'], '# t\n\n## a\n\n### c\n')).toEqual(['b']);
});
