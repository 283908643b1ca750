/** The gate of ratios, on values: it tells what became slow, and nothing else. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gated } from '../../load/ratioGate.ts';
import type { Frozen } from '../../load/ratioGate.ts';
import { ratioOf } from '../../load/report.ts';

const frozen: Frozen = { host: { 'a send': 0.24, sends: 0.3 } };
const run = (processor: number, clock: number) => [
  ratioOf('processor', 'a send', processor),
  ratioOf('clock', 'sends', clock),
];
const verdicts = (processor: number, clock: number) =>
  gated('host', frozen, run(processor, clock)).map(({ name, ok }) => [name, ok]);

test('a run as quick as the frozen one passes, and a quicker one', () => {
  expect(gated('host', frozen, run(0.24, 0.3))).toEqual([
    { bench: 'host', name: 'a send', frozen: 0.24, measured: 0.24, least: 0.12, ok: true },
    { bench: 'host', name: 'sends', frozen: 0.3, measured: 0.3, least: 0.06, ok: true },
  ]);
  expect(verdicts(0.5, 0.9)).toEqual([
    ['a send', true],
    ['sends', true],
  ]);
});

test('a run that takes twice the processor time fails, by name', () => {
  expect(verdicts(0.24 / 2, 0.3)).toEqual([
    ['a send', false],
    ['sends', true],
  ]);
});

test('waits that are five times as long fail, and twice as long ones pass: a neighbour does that', () => {
  expect(verdicts(0.24, 0.3 / 5)).toEqual([
    ['a send', true],
    ['sends', false],
  ]);
  expect(verdicts(0.2, 0.3 / 2)).toEqual([
    ['a send', true],
    ['sends', true],
  ]);
});

test('a figure that is none fails', () => {
  expect(verdicts(Number.NaN, 0.3)[0]).toEqual(['a send', false]);
});

test('what is not frozen, or was not measured, is told and not passed over', () => {
  expect(() => gated('host', frozen, [...run(1, 1), ratioOf('clock', 'more', 1)])).toThrow('“more” is not');
  expect(() => gated('host', frozen, run(1, 1).slice(1))).toThrow('“a send” was not measured');
  expect(() => gated('nobody', frozen, [])).toThrow('nobody: no ratio');
});

test('what is frozen are ratios, of five benchmarks', () => {
  const kept = JSON.parse(readFileSync('load/gate.json', 'utf8')) as Frozen;
  expect(Object.keys(kept)).toEqual(['host', 'append', 'http', 'outbox', 'notify']);
  const values = Object.values(kept).flatMap((ratios) => Object.values(ratios));
  expect(values).toHaveLength(11);
  expect(Math.min(...values)).toBeGreaterThan(0);
});
