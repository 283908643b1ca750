/**
 * Every relative link in the docs leads somewhere: to a file or folder of the checkout, to a heading that is
 * there; and from a page of the package to a page of the package.
 */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test, vi } from 'vitest';

// It reads every page, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

interface Link {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly anchor: string | undefined;
}

// The profile is a part of docs/BENCHMARKS.md, and its links are meant from there.
const pages = globSync(['*.md', 'docs/**/*.md']).filter((page) => page !== 'docs/bench/profile.md');
const textOf = (page: string): string => readFileSync(page, 'utf8');

function linksIn(from: string, text: string): readonly Link[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\((?<to>[^)\s]+)\)/g)]
    .map(({ groups }) => groups?.['to'] ?? '')
    .filter((to) => !/^[a-z]+:/.test(to))
    .map((to) => {
      const [file = '', anchor] = to.split('#');
      return { from, to, path: file === '' ? from : normalize(join(dirname(from), file)), anchor };
    });
}

/** Headings as links name them: letters, digits, hyphens; the second of a name gets a number. */
function anchorsIn(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const counts = new Map<string, number>();
  for (const { groups } of text.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#+ (?<heading>.+)$/gm)) {
    const words = (groups?.['heading'] ?? '').toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, '');
    const name = words.trim().replaceAll(' ', '-');
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    anchors.add(count === 0 ? name : `${name}-${count}`);
  }
  return anchors;
}

function isBroken({ path, anchor }: Link): boolean {
  if (!existsSync(path)) return true;
  if (anchor === undefined) return false;
  return statSync(path).isDirectory() || !anchorsIn(textOf(path)).has(anchor);
}

const told = ({ from, to }: Link): string => `${from} → ${to}`;

describe('links', () => {
  test('of all pages lead to files and headings that are there', () => {
    const links = pages.flatMap((page) => linksIn(page, textOf(page)));
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter(isBroken).map(told)).toEqual([]);
  });

  test('of pages in the package lead to what is in the package', () => {
    const { files } = JSON.parse(textOf('package.json')) as { files: readonly string[] };
    const always = ['README.md', 'LICENSE', 'package.json'];
    const shipped = new Set([...always, ...files.flatMap((name) => globSync([name, `${name}/**`]))]);
    const outside = pages
      .filter((page) => shipped.has(page))
      .flatMap((page) => linksIn(page, textOf(page)))
      .filter(({ path }) => !shipped.has(path));
    expect(outside.map(told)).toEqual([]);
  });

  test('to a missing file, a missing heading, and a heading of a folder are found', () => {
    const text = '[a](README.md) [b](nope.md) [c](README.md#nope) [d](docs#x) [e](https://a.b) `[f](g.md)`';
    const broken = linksIn('x.md', text).filter(isBroken);
    expect(broken.map(({ to }) => to)).toEqual(['nope.md', 'README.md#nope', 'docs#x']);
  });

  test('find headings by their words, and the second of a name by its number', () => {
    const text = '# What `it` promises\n\n```sh\n# a comment\n```\n\n## Run, test\n\n## Run, test\n';
    expect([...anchorsIn(text)]).toEqual(['what-it-promises', 'run-test', 'run-test-1']);
  });
});

test('the guide’s index links to every page of the guide', () => {
  const linked = new Set(
    linksIn('docs/guide/README.md', textOf('docs/guide/README.md')).map(({ path }) => path),
  );
  const guides = globSync('docs/guide/*.md').filter((page) => page !== 'docs/guide/README.md');
  expect(guides.filter((page) => !linked.has(page))).toEqual([]);
});
