/** Waits on screens are bounded, over all sessions of a runtime. */
import { expect, onTestFinished, test } from 'vitest';
import { waitersMax } from '../../../runtime/ptySession/limits.ts';
import { Looks } from '../../../runtime/ptySession/looks.ts';
import { openSession } from './kit.ts';

test('a wait beyond the bound is refused, and there is room again when one has ended', async () => {
  const session = await openSession({ cols: 10, rows: 2 });
  const looks = new Looks();
  onTestFinished(() => looks.close());
  const waiting = Array.from({ length: waitersMax }, async () => looks.waitFor(session, { text: 'done' }));
  await expect(looks.waitFor(session, { text: 'done' })).rejects.toMatchObject({
    code: 'TOO_MANY_REQUESTS',
    retryable: true,
  });
  await session.print('done');
  const screens = await Promise.all(waiting);
  expect(new Set(screens.map(({ lines }) => lines[0]))).toEqual(new Set(['done']));
  expect((await looks.waitFor(session, { text: 'done' })).lines[0]).toBe('done');
});
