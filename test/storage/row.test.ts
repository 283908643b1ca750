/**
 * How rows follow from commits.
 */
import { describe, expect, test } from 'vitest';
import type { Row } from '../../storage/journal.ts';
import { isSelected, rowAfter } from '../../storage/row.ts';
import type { RowStep } from '../../storage/row.ts';

const step: RowStep = { address: 'run/a', to: 1, at: 100, sealed: false };
const born: Row = {
  address: 'run/a',
  kind: 'run',
  id: 'a',
  seq: 1,
  status: 'live',
  state: [],
  tags: [],
  labels: {},
  at: 100,
  startedAt: 100,
  lastAt: 100,
};

describe('the row', () => {
  test('of a first commit says kind, id and when it started', () => {
    expect(rowAfter(undefined, step)).toEqual(born);
  });

  test('of a child names its own kind, and the rest as its id', () => {
    const row = rowAfter(undefined, { ...step, address: 'task/run/a/fetch@12' });
    expect([row.kind, row.id]).toEqual(['task', 'run/a/fetch@12']);
  });

  test('follows seq and time, and keeps when it started', () => {
    expect(rowAfter(born, { ...step, to: 5, at: 200 })).toEqual({ ...born, seq: 5, lastAt: 200 });
  });

  test('keeps state and tags until a commit reaches others', () => {
    const reached = { paths: ['a.b'], tags: ['busy'] };
    const moved = rowAfter(born, { ...step, to: 2, reached });
    expect(rowAfter(moved, { ...step, to: 3 })).toEqual({ ...born, seq: 3, state: ['a.b'], tags: ['busy'] });
  });

  test('takes what a patch names, and nothing else', () => {
    const patch = { title: 't', parent: 'run/p', costMicroUsd: 0, asks: [{ id: 1 }] };
    const first = rowAfter(born, { ...step, row: patch });
    expect(first).toEqual({ ...born, ...patch });
    expect(rowAfter(first, { ...step, row: { title: 'new' } })).toEqual({ ...first, title: 'new' });
    expect(rowAfter(first, { ...step, row: { asks: [] } })).toEqual({ ...first, asks: [] });
  });

  test('joins labels, and null takes one away', () => {
    const first = rowAfter(undefined, { ...step, row: { labels: { a: '1', b: '2', c: null } } });
    expect(first.labels).toEqual({ a: '1', b: '2' });
    expect(rowAfter(first, { ...step, row: { labels: { a: null, b: '3', d: '4' } } }).labels).toEqual({
      b: '3',
      d: '4',
    });
    expect(first.labels).toEqual({ a: '1', b: '2' });
  });

  test('of a sealed actor is placed at its end', () => {
    const sealed = rowAfter(born, { ...step, to: 2, at: 300, sealed: true });
    expect(sealed).toEqual({ ...born, seq: 2, status: 'sealed', at: 300, lastAt: 300, endedAt: 300 });
  });
});

describe('a query', () => {
  const row: Row = { ...born, tags: ['busy', 'asks'], labels: { team: 'red', stage: '1' }, parent: 'run/p' };

  test.each([
    {},
    { kind: 'run' },
    { status: 'live' as const },
    { tags: ['asks'] },
    { tags: ['asks', 'busy'] },
    { tags: [] },
    { labels: { team: 'red' } },
    { labels: { team: 'red', stage: '1' } },
    { parent: 'run/p' },
    { since: 100 },
    { until: 101 },
    { kind: 'run', tags: ['busy'], since: 0, until: 1000 },
  ])('selects: %j', (query) => expect(isSelected(row, query)).toBe(true));

  test.each([
    { kind: 'pty' },
    { status: 'sealed' as const },
    { tags: ['busy', 'idle'] },
    { labels: { team: 'blue' } },
    { labels: { team: 'red', other: 'x' } },
    { parent: 'run/q' },
    { since: 101 },
    { until: 100 },
    { kind: 'run', tags: ['idle'] },
  ])('does not select: %j', (query) => expect(isSelected(row, query)).toBe(false));
});
