/** What failed last, in an actor's row: for whoever looks at many. */
import { expect, test, vi } from 'vitest';
import { failureIn } from '../../../runtime/host/failureIn.ts';
import type { Troupe } from '../../../runtime/index.ts';
import { newDirectory, openSample } from '../open.ts';

vi.setConfig({ testTimeout: 60_000 });

test('what failed is told in one line, by its message or else by its name', () => {
  const failure = { name: 'Error', message: 'no\n  such host', stack: 'at …' };
  expect(failureIn({ type: 'effect.failed', effect: 'f@2', error: failure } as never)).toBe('no such host');
  expect(failureIn({ type: 'send.refused', to: 'a/b', code: 'SEALED' } as never)).toBe('SEALED');
  expect(failureIn({ type: 'error', class: 'x', message: 'Too many requests' } as never)).toBe(
    'Too many requests',
  );
  expect(failureIn({ type: 'pty.openFailed' })).toBe('pty.openFailed');
  expect(failureIn({ type: 'order.pay', error: 'none' } as never)).toBeUndefined();
  const long = failureIn({ type: 'error', message: 'x'.repeat(1000) } as never);
  expect(long).toBe(`${'x'.repeat(199)}…`);
});

test('a row says what failed last, also in another life of its directory', async () => {
  const directory = newDirectory();
  const fetch = async (): Promise<never> => {
    throw new Error('no such host');
  };
  const first = await openSample({ directory, workers: 0, effects: { fetch } });
  const fetcher = first.actor('fetcher', '1');
  await fetcher.send({ type: 'fetch', url: 'x' });
  await fetcher.until((snapshot) => snapshot.context.failure !== undefined);
  const run = first.run('r');
  await run.start({ title: 'R' });
  for (const message of ['first', 'second']) await run.send({ type: 'error', class: 'engine', message });
  await run.pause();
  const expected = ['fetcher/1: no such host', 'run/r: second'];
  expect(await errorsIn(first)).toEqual(expected);
  await first.close();
  expect(await errorsIn(await openSample({ directory, workers: 0, effects: { fetch } }))).toEqual(expected);
});

async function errorsIn(troupe: Pick<Troupe<unknown>, 'list'>): Promise<readonly string[]> {
  const errors = [];
  for await (const { address, error } of troupe.list({})) errors.push(`${address}: ${error ?? ''}`);
  return errors.toSorted();
}
