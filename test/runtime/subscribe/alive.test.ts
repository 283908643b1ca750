/** A script that reads goes on reading; one that reads no more ends, though it forgot to close. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('alive.ts', import.meta.url));

test('a process that reads goes on until it has read, and ends though it did not close', async () => {
  // Rejects for any other exit code: 13 is a promise that nobody settles.
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  expect(stdout.split('\n')).toEqual(['subscription', 'watch', 'feed', 'nothing', '']);
}, 60_000);
