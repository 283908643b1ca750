/**
 * Whoever installs the package has its pages: what they link to is there, and the tarball holds them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const shipped = ['README.md', 'docs/guide/your-own-actor.md', 'docs/reference/runs-on.md', 'docs/ERRORS.md'];

function linksOf(page: string): readonly string[] {
  const links = readFileSync(page, 'utf8').matchAll(/\]\((?<to>[^)#]+)[^)]*\)/g);
  return [...links].map(({ groups }) => groups?.['to'] ?? '').filter((to) => !to.includes(':'));
}

test.each(shipped)('%s links to pages that are there', (page) => {
  expect(linksOf(page).filter((to) => !existsSync(join(dirname(page), to)))).toEqual([]);
});

test('the guide points to where it runs', () => {
  expect(linksOf('docs/guide/your-own-actor.md')).toContain('../reference/runs-on.md');
});

test('the package holds the guide, the reference, the errors and the architecture', () => {
  const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: readonly string[] };
  const pages = ['docs/guide', 'docs/reference', 'docs/ERRORS.md', 'docs/ARCHITECTURE.md'];
  expect(files).toEqual(expect.arrayContaining(pages));
  expect(pages.filter((page) => !existsSync(page))).toEqual([]);
});
