/** The guide to the command line does what it says, its shell lines included. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { exitCodes } from '../../runtime/cli/exitCodes.ts';
import { serve } from '../runtime/cli/kit.ts';
import { newDirectory } from '../runtime/open.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });
// Shells find no files of whoever runs the tests, whose start may take its time.
vi.stubEnv('HOME', newDirectory());

const guide = readFileSync('docs/guide/cli.md', 'utf8');
const scripts = guide.match(/(?<=^```sh\n).*?(?=^```$)/gms) ?? [];
const bash = promisify(execFile);

test('its lines send, list, follow, verify, draw, open terminals and copy', async () => {
  const cwd = newDirectory();
  const bin = join(cwd, 'bin');
  mkdirSync(bin);
  const main = join(process.cwd(), 'runtime/cli/main.ts');
  writeFileSync(join(bin, 'troupe'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(join(bin, 'troupe'), 0o755);
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env['PATH']}`,
    TROUPE_URL: '',
    TROUPE_DIRECTORY: '.troupe',
  };
  const { interrupt } = await serve(cwd);
  const answers: string[] = [];
  for (const line of scripts.flatMap((script) => script.trim().split('\n'))) {
    const { stdout } = await bash('bash', ['-c', line], { cwd, env });
    answers.push(stdout);
  }
  const [sent, again, rows, started, described, ended, tailed, digest, verified, drawn, ...more] = answers;
  expect(sent).toBe('run/fix-login is at #2: idle\n');
  expect(JSON.parse(again ?? '')).toMatchObject({ seq: 2, duplicate: true });
  expect(rows).toBe('run/fix-login  live  idle  #2  Fix the login\n');
  expect(JSON.parse(started ?? '')).toMatchObject({ seq: 2, event: { title: 'Fix the login' } });
  expect(described).toContain('Fix the login');
  expect(ended).toMatch(/^run\/fix-login is at #\d: completed final\n$/);
  expect(tailed).toMatch(/^3 \S+Z run\.end /);
  expect(JSON.parse(digest ?? '')).toMatchObject({ seal: { cause: 'completed' } });
  expect(verified).toBe('1 of 1 histories are what was written.\n');
  expect(drawn).toMatch(/^stateDiagram-v2\n/);
  const [opened, ran, screen, recorded, copied, proven, compacted, exported, taken, same] = more;
  expect(opened).toMatch(/^pty\/build is open at #\d+\n$/);
  expect(ran).toMatch(/(?:^|\n)built on 42\n$/);
  expect(screen).toContain('built on 42');
  expect(JSON.parse((recorded ?? '').split('\n')[0] ?? '')).toMatchObject({ version: 3 });
  expect(copied).toMatch(/ is copied to monday \(\d+ KiB\)\n$/);
  expect(proven).toBe('2 of 2 histories are what was written.\n');
  expect(exported).toBe('');
  expect(taken).toMatch(/^run\/fix-login is in elsewhere, up to #\d\n$/);
  expect(same).toMatch(/^run\/fix-login: what was written, /);
  expect(compacted).toContain('shrinks when the directory is opened again');
  expect((await interrupt()).code).toBe(0);
});

test('its exit codes are those of the program', () => {
  for (const { code, about } of Object.values(exitCodes)) expect(guide).toContain(`| ${code} | ${about} |`);
});
