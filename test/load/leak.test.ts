/**
 * The negative control of the soak: a server that leaks on purpose does not pass. The same over minutes, end
 * to end: `LOAD_LEAK_BYTES=1000 npm run soak -- --minutes 6` ends with 1, and names heap and memory.
 */
import { expect, test, vi } from 'vitest';
import { verdictOf } from '../../load/soaking/measures.ts';
import { soak } from '../../load/soaking/soak.ts';

vi.setConfig({ testTimeout: 60_000 });

test('a server that keeps something of each request for good is told by its heap', async ({
  onTestFinished,
}) => {
  vi.stubEnv('LOAD_LEAK_BYTES', '65536');
  onTestFinished(() => void vi.unstubAllEnvs());
  const progress = (): void => undefined;
  const plan = { seconds: 10, sampleMs: 50, breakMs: 60_000, writers: 2, progress };
  const { samples, checked } = await soak(plan);
  expect(verdictOf(samples, 'heap', 0)).toMatchObject({ ok: false });
  expect(checked).toMatch(/notes are recorded in order, each once/);
});
