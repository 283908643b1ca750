/** The picture as SVG: well formed, escaped, told in words too, and free of Node. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { chartOf } from '../../../actors/chart.ts';
import type { ChartLayout } from '../../../runtime/chart/layout.ts';
import { outlineOf } from '../../../runtime/chart/outline.ts';
import { svgOf } from '../../../runtime/chart/svg.ts';
import { xmlOf } from '../../scxml/xml.ts';
import type { XmlElement } from '../../scxml/xml.ts';
import { importsOf } from '../../tidy/imports.ts';
import { laidOut } from './elk.ts';
import { machines } from './machines.ts';

const chart = chartOf({ machine: machines['fetching']! });
const odd = chartOf({ machine: machines['names']! });
let layout: ChartLayout;
let oddLayout: ChartLayout;
beforeAll(async () => {
  [layout, oddLayout] = await Promise.all([laidOut(chart, 'DOWN'), laidOut(odd, 'DOWN')]);
}, 60_000);

function elementsOf(svg: string): readonly XmlElement[] {
  const below = (element: XmlElement): readonly XmlElement[] => [element, ...element.children.flatMap(below)];
  return below(xmlOf(svg));
}

const classesOf = ({ attributes }: XmlElement): readonly string[] => (attributes['class'] ?? '').split(' ');
const having = (svg: string, name: string): readonly XmlElement[] =>
  elementsOf(svg).filter((element) => classesOf(element).includes(name));

describe('the picture of a chart', () => {
  test('is named and described for those who do not see it', () => {
    const [svg] = elementsOf(svgOf(chart, layout));
    const [title, desc] = svg!.children;
    expect(svg!.attributes).toMatchObject({
      role: 'img',
      'aria-labelledby': `${title!.attributes['id']} ${desc!.attributes['id']}`,
    });
    expect(title).toMatchObject({ name: 'title', text: 'fetching' });
    expect(desc!.text).toBe(
      'Statechart of fetching: 5 states, 7 transitions. It starts in idle. It ends in success. ' +
        'States: idle, loading, waiting, success, failure.',
    );
  });

  test('shows every state once and every arrow with what leads along it', () => {
    const svg = svgOf(chart, layout);
    const states = having(svg, 'state').map(({ attributes }) => attributes['data-state']);
    expect(states).toHaveLength(6);
    expect(new Set(states)).toEqual(new Set(['', 'failure', 'idle', 'loading', 'success', 'waiting']));
    const arrows = having(svg, 'arrow').map(({ attributes }) => attributes['data-transitions']);
    expect(arrows).toEqual([undefined, '0', '1', '2', '3', '4', '5', '6']);
    const texts = having(svg, 'caption').map(({ children }) => children[0]!.text);
    expect(texts).toContain('error user [may try again]');
    expect(texts).toContain('after backoff');
  });

  test('marks active states and all that hold them, and heat by how hot', () => {
    const svg = svgOf(chart, layout, { active: ['loading'], heat: { idle: 1, waiting: 7, failure: 0 } });
    const active = having(svg, 'active').filter((element) => classesOf(element).includes('state'));
    expect(active.map(({ attributes }) => attributes['data-state'])).toEqual(['', 'loading']);
    expect(having(svg, 'heat').map(({ attributes }) => attributes['fill-opacity'])).toEqual(['0.30', '0.30']);
    expect(having(svgOf(chart, layout), 'active')).toEqual([]);
  });

  test('escapes what a machine is called, and fits every text into its place', () => {
    const svg = svgOf(odd, oddLayout);
    const texts = elementsOf(svg).filter(({ name }) => name === 'text');
    expect(texts.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['[a < b && "c" > d]', '日本語の状態']),
    );
    expect(svg).not.toContain('<script>');
    expect(texts.filter(({ attributes }) => attributes['textLength'] === undefined)).toEqual([]);
  });

  test('is light, dark, as the reader has it, or without any style', () => {
    const page = (theme: 'light' | 'dark' | 'auto' | 'none'): string => svgOf(chart, layout, { theme });
    expect(page('light')).toContain('--chart-page:#ffffff');
    expect(page('dark')).not.toContain('--chart-page:#ffffff');
    expect(page('auto')).toMatch(/--chart-page:#ffffff.*prefers-color-scheme:dark.*--chart-page:#0d1420/s);
    expect(page('none')).not.toMatch(/<style|style=|#[0-9a-f]{6}/);
  });

  test('says in the boxes where transitions lead when there are no arrows', () => {
    const svg = svgOf(chart, outlineOf(chart, 'asked for'));
    const texts = elementsOf(svg).filter(({ name }) => name === 'text');
    expect(texts.map(({ text }) => text)).toEqual(expect.arrayContaining(['→ loading', '→ waiting']));
    expect(having(svg, 'arrow')).toEqual([]);
  });
});

describe('the code of the picture', () => {
  /** A file and all it imports for more than types. */
  function reachedFrom(path: string, reached = new Set<string>()): ReadonlySet<string> {
    if (reached.has(path)) return reached;
    reached.add(path);
    if (!path.endsWith('.ts')) return reached;
    for (const { from, typeOnly } of importsOf({ path, text: readFileSync(path, 'utf8') })) {
      if (typeOnly) continue;
      reachedFrom(from.startsWith('.') ? posix.join(posix.dirname(path), from) : from, reached);
    }
    return reached;
  }

  test('needs neither Node nor a library', () => {
    const reached = [...reachedFrom('runtime/chart/svg.ts')];
    expect(reached.filter((path) => !path.endsWith('.ts'))).toEqual([]);
    expect([...reachedFrom('runtime/chart/chartLayout.ts')]).toContain('node:worker_threads');
  });
});
