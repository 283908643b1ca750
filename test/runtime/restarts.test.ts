/** What a crash leads to, counted by hand. */
import { expect, test } from 'vitest';
import { Restarts } from '../../runtime/restarts.ts';

const limits = { restarts: 2, restartWindowMs: 1000 };

test('a worker is started again until it crashed too often within the window', () => {
  const restarts = new Restarts(limits);
  const verdicts = [0, 10, 20, 30].map((at) => restarts.crashed(at, undefined));
  expect(verdicts).toEqual(['again', 'again', 'pause', 'again']);
});

test('crashes that lie apart never add up', () => {
  const restarts = new Restarts(limits);
  const verdicts = [0, 600, 1200, 1800, 2400].map((at) => restarts.crashed(at, undefined));
  expect(verdicts).toEqual(['again', 'again', 'again', 'again', 'again']);
});

test('two crashes in a row at one actor set it aside, and do not count', () => {
  const restarts = new Restarts(limits);
  const at = ['bad/1', 'bad/1', 'bad/2', 'bad/2', 'bad/3', 'bad/3', undefined, undefined];
  expect(at.map((address, i) => restarts.crashed(i, address))).toEqual([
    'again',
    'quarantine',
    'again',
    'quarantine',
    'again',
    'quarantine',
    'again',
    'again',
  ]);
});

test('a crash elsewhere in between makes it no row', () => {
  const restarts = new Restarts({ ...limits, restarts: 9 });
  const at = ['bad/1', 'good/1', 'bad/1', undefined, 'bad/1', 'bad/1'];
  expect(at.map((address, i) => restarts.crashed(i, address))).toEqual([
    'again',
    'again',
    'again',
    'again',
    'again',
    'quarantine',
  ]);
});
