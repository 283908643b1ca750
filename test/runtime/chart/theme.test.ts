/** Both themes can be read: each text stands out from whatever it may stand on (WCAG 2, level AA). */
import { describe, expect, test } from 'vitest';
import { chartStyle, heatOpacity } from '../../../runtime/chart/theme.ts';

const contrastMin = 4.5;

const grounds: Readonly<Record<string, readonly string[]>> = {
  ink: ['page', 'box', 'region', 'band', 'glow', 'hot'],
  event: ['box', 'region', 'label', 'glow', 'hot'],
  guard: ['box', 'region', 'label', 'glow', 'hot'],
  action: ['box', 'region', 'label', 'glow', 'hot'],
  muted: ['box', 'region', 'label', 'tag', 'glow', 'hot'],
};

function coloursOf(theme: 'light' | 'dark'): Readonly<Record<string, string>> {
  const found = chartStyle(theme).matchAll(/--chart-(\w+):(#[0-9a-f]{6})/g);
  return Object.fromEntries([...found].map(([, name = '', colour = '']) => [name, colour]));
}

/** A colour that lies over another one. */
function mixed(over: string, under: string, opacity: number): string {
  const parts = [1, 3, 5].map((at) => {
    const [one, other] = [over, under].map((colour) => parseInt(colour.slice(at, at + 2), 16));
    return Math.round(one! * opacity + other! * (1 - opacity));
  });
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance as WCAG defines it. */
function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(one: string, other: string): number {
  const [low = 0, high = 0] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe.each(['light', 'dark'] as const)('the %s theme', (theme) => {
  const colours = coloursOf(theme);

  test('lets every text stand out from its grounds', () => {
    const hot = mixed(colours['heat']!, colours['box']!, heatOpacity(1));
    const seen: Readonly<Record<string, string>> = { ...colours, hot };
    const weak = Object.entries(grounds).flatMap(([text, under]) =>
      under
        .map((ground) => ({ text, ground, contrast: contrastOf(seen[text]!, seen[ground]!) }))
        .filter(({ contrast }) => contrast < contrastMin),
    );
    expect(weak).toEqual([]);
  });

  test('sets every colour that its rules use', () => {
    const used = [...chartStyle(theme).matchAll(/var\(--chart-(\w+)\)/g)].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(Object.keys(colours)));
  });
});

test('a colour over another one is mixed by its opacity', () => {
  expect(mixed('#ff0000', '#0000ff', 0.2)).toBe('#3300cc');
});

test('contrast is measured as WCAG does', () => {
  expect(contrastOf('#000000', '#ffffff')).toBe(21);
  expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});
