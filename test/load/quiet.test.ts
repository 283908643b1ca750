/** Figures of a busy machine are not taken by accident, and not shown without a word. */
import { expect, test } from 'vitest';
import { leftOutOf, refusalOf, untilQuiet, warningOf } from '../../load/quiet.ts';

test('a load above three is refused with its reason, unless it is asked for', () => {
  expect(refusalOf(3.1, false)).toBe(
    'The load of this machine is 3.1; above 3 figures mislead. ' +
      'Wait until it is quiet, or measure with --busy, which the page then says.',
  );
  expect(refusalOf(3.1, true)).toBeUndefined();
  expect(refusalOf(3, false)).toBeUndefined();
});

test('what was measured on a busy machine says so, and nothing else does', () => {
  expect(warningOf(17.14)).toBe('**Measured on a busy machine (load 17.1): these figures mislead.**');
  expect(warningOf(3)).toBe('');
});

/** A machine whose load is one of these after the other. */
function machineOf(loads: number[]) {
  const [said, waits] = [[] as string[], [] as number[]];
  const look = (): number => (loads.length > 1 ? loads.shift()! : loads[0]!);
  const wait = async (ms: number): Promise<void> => void waits.push(ms);
  return { said, waits, waiting: { say: (text: string) => void said.push(text), look, wait } };
}

test('a quiet machine is not waited for', async () => {
  const { said, waits, waiting } = machineOf([2.9]);
  expect(await untilQuiet(waiting)).toBe(2.9);
  expect([said, waits]).toEqual([[], []]);
});

test('a benchmark waits until the machine is quiet, and says so', async () => {
  const { said, waits, waiting } = machineOf([7, 5, 3]);
  expect(await untilQuiet(waiting)).toBe(3);
  expect(said).toEqual(['the load is 7.0; waiting for 3 or less, 2 minutes at most']);
  expect(waits).toEqual([5000, 5000]);
});

test('after two minutes the wait is over, and the benchmark left out', async () => {
  const { said, waits, waiting } = machineOf([9]);
  expect(await untilQuiet(waiting)).toBe(9);
  expect(said).toHaveLength(1);
  expect(waits.reduce((sum, ms) => sum + ms)).toBe(120_000);
  expect(leftOutOf(9)).toBe(
    'left out, the load is still 9.0; above 3 figures mislead. For a look that is not kept: --busy.',
  );
});
