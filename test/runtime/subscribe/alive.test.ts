/** A script that reads goes on reading; one that reads no more ends, though it forgot to close. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('alive.ts', import.meta.url));

test.each(['subscription', 'watch', 'feed', 'nothing'])(
  'a process that reads a %s ends when it has',
  async (what) => {
    // Rejects for any other exit code: 13 is a promise that nobody settles.
    const { stdout } = await promisify(execFile)(process.execPath, [script, what]);
    expect(stdout).toBe('read\n');
  },
);
