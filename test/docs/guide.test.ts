/**
 * The code in README and the guide does what the pages say: it is taken from them and run as a reader would,
 * in an empty folder. That it compiles: compiling.test.ts.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { Project } from '../project.ts';
import { pageOf } from './page.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const guide = pageOf(readFileSync('docs/guide/your-own-actor.md', 'utf8'));

describe('docs/guide/your-own-actor.md', () => {
  test('consists of four files, and says what three of them print', () => {
    expect([...guide.files.keys()]).toEqual(['actors.ts', 'pay.ts', 'later.ts', 'shop.ts']);
    expect([...guide.outputs.keys()]).toEqual(['pay.ts', 'later.ts', 'shop.ts']);
  });

  test('an order goes on where the process was killed', async () => {
    using project = new Project(guide.files);
    const killed = await project.run('pay.ts');
    expect(killed).toMatchObject({ errors: '', signal: 'SIGKILL', out: guide.outputs.get('pay.ts') });
    const later = await project.run('later.ts');
    expect(later).toEqual({ errors: '', code: 0, signal: null, out: guide.outputs.get('later.ts') });
  });

  test('a message arrives, and one that is refused comes back', async () => {
    using project = new Project(guide.files);
    const shop = await project.run('shop.ts');
    expect(shop).toEqual({ errors: '', code: 0, signal: null, out: guide.outputs.get('shop.ts') });
  });

  test('without the kill, the second program is told of no duplicate that was none', async () => {
    using project = new Project(guide.files);
    const later = await project.run('later.ts');
    expect(later.out).toContain('a duplicate: false of seq 2');
  });
});

const runs = pageOf(readFileSync('docs/guide/agent-runs.md', 'utf8'));

describe('docs/guide/agent-runs.md', () => {
  test('consists of two files, and says what both print', () => {
    expect([...runs.files.keys()]).toEqual(['work.ts', 'later.ts']);
    expect([...runs.outputs.keys()]).toEqual(['work.ts', 'later.ts']);
  });

  test('three runs outlive the process in which they were told, and end in good order', async () => {
    using project = new Project(runs.files);
    const work = await project.run('work.ts');
    expect(work).toMatchObject({ errors: '', signal: 'SIGKILL', out: runs.outputs.get('work.ts') });
    const later = await project.run('later.ts');
    expect(later).toEqual({ errors: '', code: 0, signal: null, out: runs.outputs.get('later.ts') });
  });
});

const outbox = pageOf(readFileSync('docs/guide/outbox.md', 'utf8'));

describe('docs/guide/outbox.md', () => {
  test('consists of three files, and says what two of them print', () => {
    expect([...outbox.files.keys()]).toEqual(['post.ts', 'stopHook.ts', 'conductor.ts']);
    expect([...outbox.outputs.keys()]).toEqual(['post.ts', 'conductor.ts']);
  });

  test('a stop hook gives what was posted before the kill, within its budget', async () => {
    using project = new Project(outbox.files);
    const killed = await project.run('post.ts');
    expect(killed).toMatchObject({ errors: '', signal: 'SIGKILL', out: outbox.outputs.get('post.ts') });
    const conductor = await project.run('conductor.ts');
    expect(conductor).toEqual({ errors: '', code: 0, signal: null, out: outbox.outputs.get('conductor.ts') });
  });
});

const sessions = pageOf(readFileSync('docs/guide/pty-sessions.md', 'utf8'));

describe('docs/guide/pty-sessions.md', () => {
  test('consists of three files, and says what each prints', () => {
    expect([...sessions.files.keys()]).toEqual(['work.ts', 'look.ts', 'later.ts']);
    expect([...sessions.outputs.keys()]).toEqual(['work.ts', 'look.ts', 'later.ts']);
  });

  test('a session ends with its process, and what it did is known later', async () => {
    using project = new Project(sessions.files);
    const work = await project.run('work.ts');
    expect(work).toMatchObject({ errors: '', signal: 'SIGKILL', out: sessions.outputs.get('work.ts') });
    const later = await project.run('later.ts');
    expect(later).toEqual({ errors: '', code: 0, signal: null, out: sessions.outputs.get('later.ts') });
  });

  test('what a program draws is waited for, seen, attached to and recorded', async () => {
    using project = new Project(sessions.files);
    const look = await project.run('look.ts');
    expect(look).toEqual({ errors: '', code: 0, signal: null, out: sessions.outputs.get('look.ts') });
  });
});

describe('the code in README.md', () => {
  const [code = ''] = /(?<=^```ts\n).*?(?=^```$)/ms.exec(readFileSync('README.md', 'utf8')) ?? [];
  const [opening = ''] = /^.*?^const hall = .*?$/ms.exec(code) ?? [];

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

  test('ends at SIGTERM, whatever else would keep the process alive', async () => {
    const more = "process.kill(process.pid, 'SIGTERM');\nsetInterval(() => undefined, 1000);\n";
    using project = new Project(new Map([['readme.ts', `${code}\n${more}`]]));
    expect(await project.run('readme.ts')).toEqual({ out: "[ 'on' ]\n", errors: '', code: 0, signal: null });
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
