/** What a child is given of the runtime's own environment (W7), and where its command is looked for. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commandFileOf } from '../../../runtime/processHost/command.ts';
import { environmentOf } from '../../../runtime/processHost/environment.ts';

const own = {
  PATH: '/bin',
  HOME: '/home/me',
  LANG: 'C',
  OPENAI_API_KEY: 'k',
  NODE_OPTIONS: '-x',
  TERM: 'vt52',
};

describe('the environment of a child', () => {
  test('is the minimum of the runtime and what its caller gives', () => {
    expect(environmentOf({}, false, own)).toEqual({ PATH: '/bin', HOME: '/home/me', LANG: 'C' });
    expect(environmentOf({ env: { A: '1', HOME: '/' } }, false, own)).toEqual({
      PATH: '/bin',
      HOME: '/',
      LANG: 'C',
      A: '1',
    });
  });

  test('names the kind of screen on a PTY, and the caller knows better', () => {
    expect(environmentOf({}, true, own)).toMatchObject({ TERM: 'xterm-256color' });
    expect(environmentOf({ env: { TERM: 'dumb' } }, true, own)).toMatchObject({ TERM: 'dumb' });
  });

  test('takes a secret over anything else of its name', () => {
    expect(environmentOf({ env: { KEY: 'open' }, secretEnv: { KEY: 'secret' } }, false, own)).toMatchObject({
      KEY: 'secret',
    });
  });
});

describe('a command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-command-'));
  const place = (name: string, mode: number): string => {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), mode);
    return join(folder, name);
  };
  const order = (command: string, PATH: string, cwd = folder): Parameters<typeof commandFileOf>[0] => ({
    id: 'x',
    command,
    args: [],
    cwd,
    env: { PATH },
  });

  test("is looked for on the child's own PATH, or in its folder when it is a path", () => {
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const tool = place('tool', 0o755);
    place('text', 0o644);
    mkdirSync(join(folder, 'inner'));
    expect(commandFileOf(order('tool', `/no/such:${folder}`))).toBe(tool);
    expect(commandFileOf(order('./tool', ''))).toBe(tool);
    expect(commandFileOf(order('../tool', '', join(folder, 'inner')))).toBe(tool);
    for (const command of ['tool', './inner', './text', '']) {
      expect(() => commandFileOf(order(command, '')), command).toThrow(/No program/);
    }
  });
});
