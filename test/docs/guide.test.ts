/**
 * The code in README and the guide does what the pages say: it is taken from them, compiled and run as a
 * reader would, in an empty folder.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { Project } from '../project.ts';
import { pageOf } from './page.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const guide = pageOf(readFileSync('docs/guide/your-own-actor.md', 'utf8'));
const compiles = { out: '', errors: '', code: 0, signal: null };

describe('docs/guide/your-own-actor.md', () => {
  test('consists of three files, and says what two of them print', () => {
    expect([...guide.files.keys()]).toEqual(['actors.ts', 'pay.ts', 'later.ts']);
    expect([...guide.outputs.keys()]).toEqual(['pay.ts', 'later.ts']);
  });

  test('compiles', async () => {
    using project = new Project(guide.files);
    expect(await project.compile()).toEqual(compiles);
  });

  test('an order goes on where the process was killed', async () => {
    using project = new Project(guide.files);
    const killed = await project.run('pay.ts');
    expect(killed).toMatchObject({ errors: '', signal: 'SIGKILL', out: guide.outputs.get('pay.ts') });
    const later = await project.run('later.ts');
    expect(later).toEqual({ errors: '', code: 0, signal: null, out: guide.outputs.get('later.ts') });
  });

  test('without the kill, the second program is told of no duplicate that was none', async () => {
    using project = new Project(guide.files);
    const later = await project.run('later.ts');
    expect(later.out).toContain('a duplicate: false of seq 2');
  });
});

describe('the code in README.md', () => {
  const [code = ''] = /(?<=^```ts\n).*?(?=^```$)/ms.exec(readFileSync('README.md', 'utf8')) ?? [];
  const [opening = ''] = /^.*?^const hall = .*?$/ms.exec(code) ?? [];

  test('compiles', async () => {
    using project = new Project(new Map([['readme.ts', code]]));
    expect(await project.compile()).toEqual(compiles);
  });

  test('turns the lamp on, and a minute later it goes off though the process was killed', async () => {
    using project = new Project(
      new Map([
        ['on.ts', `${code}\nprocess.kill(process.pid, 'SIGKILL');\n`],
        [
          'off.ts',
          `${aMinuteLater(opening)}\nconsole.log((await hall.until('off')).seq);\nawait troupe.close();\n`,
        ],
      ]),
    );
    expect(await project.run('on.ts')).toMatchObject({ errors: '', out: "[ 'on' ]\n", signal: 'SIGKILL' });
    expect(await project.run('off.ts')).toMatchObject({ errors: '', out: '3\n', code: 0 });
  });

  test('ends by itself, with nothing to say but what it prints', async () => {
    using project = new Project(new Map([['readme.ts', code]]));
    expect(await project.run('readme.ts')).toEqual({ out: "[ 'on' ]\n", errors: '', code: 0, signal: null });
  });
});

/** The same program under a clock that is a minute ahead. */
function aMinuteLater(program: string): string {
  const ahead = program.replace("'.troupe',", "'.troupe', clock: { now: () => Date.now() + 60_000 },");
  expect(ahead).not.toBe(program);
  return ahead;
}
