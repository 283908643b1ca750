/**
 * Prompt markers and sentinels in real shells: what each says, when, and what of the user's own still works.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { commandLine, commandWithSentinel } from '../../../actors/ptySession/commandLine.ts';
import type { Marker } from '../../../actors/ptySession/marker.ts';
import { MarkerScanner } from '../../../actors/ptySession/markerScanner.ts';
import { fishCancelKeys, integrationOf, shellOf } from '../../../actors/ptySession/shellIntegration.ts';
import { ProcessHost } from '../../../runtime/processHost/processHost.ts';
import { open, size, statOf } from '../../runtime/processHost/kit.ts';
import type { Opened } from '../../runtime/processHost/kit.ts';

vi.setConfig({ testTimeout: 60_000 });

const token = 'Tok42';
const programs = ['bash', 'dash', 'zsh', 'fish'] as const;
type Program = (typeof programs)[number];

const isHere = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program)));

/** The user's own files: a prompt, a variable, a hook that sees the status. */
const ownFiles: Readonly<Record<Program, Readonly<Record<string, string>>>> = {
  bash: { '.bashrc': `PS1='own> '\nMINE=bash\nPROMPT_COMMAND='SEEN=$?'\n` },
  dash: { '.shrc': `PS1='own> '\nMINE=dash\n` },
  zsh: {
    '.zshenv': 'EARLY=1\n',
    '.zshrc': `PS1='own> '\nMINE=zsh$EARLY\nprecmd() { SEEN=$? }\n`,
  },
  fish: {
    '.config/fish/config.fish':
      "set MINE fish\nfunction fish_prompt; echo -n 'own> '; end\nfunction fish_greeting; end\n",
  },
};

let host: ProcessHost;
beforeAll(() => {
  host = new ProcessHost();
});
afterAll(async () => host.close());

class Session {
  readonly opened: Opened;
  readonly markers: Marker[] = [];
  text = '';
  readonly home: string;
  readonly #scanner = new MarkerScanner(token);
  #parts = 0;
  #seq = 0;

  constructor(opened: Opened, home: string) {
    this.opened = opened;
    this.home = home;
  }

  async type(text: string): Promise<void> {
    this.#seq += 1;
    await this.opened.child.write(this.#seq, text);
  }

  /** Waits until this holds of what was scanned. */
  async until(holds: () => boolean): Promise<void> {
    await this.opened.heard.until(() => {
      const { out } = this.opened.heard.parts;
      for (; this.#parts < out.length; this.#parts++) {
        for (const piece of this.#scanner.feed(out[this.#parts]!)) {
          if (piece.kind === 'marker') this.markers.push(piece.marker);
          else this.text += Buffer.from(piece.bytes).toString();
        }
      }
      return holds();
    });
  }

  async marker(count: number): Promise<Marker> {
    await this.until(() => this.markers.length >= count);
    return this.markers[count - 1]!;
  }

  /** Types a command and gives the marker that follows. */
  async run(command: string): Promise<Marker> {
    const count = this.markers.length;
    await this.type(commandLine(command));
    return this.marker(count + 1);
  }

  async says(text: string): Promise<void> {
    await this.until(() => this.text.includes(text));
  }
}

function newHome(program: Program): string {
  const home = mkdtempSync(join(tmpdir(), 'troupe-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, '.config/fish'), { recursive: true });
  for (const [name, text] of Object.entries(ownFiles[program])) writeFileSync(join(home, name), text);
  return home;
}

/** A shell with markers, at its first prompt. */
async function start(program: Program): Promise<Session> {
  const home = newHome(program);
  const folder = join(home, 'session of "one"');
  mkdirSync(folder);
  const env = { HOME: home, TERM: 'dumb', ...(program === 'dash' && { ENV: join(home, '.shrc') }) };
  const integration = integrationOf(shellOf(program)!, { token, folder, env });
  for (const [name, text] of Object.entries(integration.files)) writeFileSync(join(folder, name), text);
  const opened = await open(host, {
    command: program,
    args: integration.args,
    env: { ...env, ...integration.env },
    cwd: home,
    size,
  });
  onTestFinished(() => opened.child.end());
  const session = new Session(opened, home);
  expect(await session.marker(1)).toEqual({ kind: 'prompt', status: 0 });
  return session;
}

const prompt = (status: number): Marker => ({ kind: 'prompt', status });

const cases = programs.map((program) => {
  const here = isHere(program);
  return { program, here, title: here ? program : `${program} (not installed: left out)` };
});

describe.each(cases)('$title', ({ program, here }) => {
  const printOwn = program === 'fish' ? 'echo $MINE' : 'echo "$MINE"';
  const lastStatus = program === 'fish' ? '$status' : '$?';

  test.skipIf(!here)('tells the status of each command, and types nothing', async () => {
    const session = await start(program);
    expect(await session.run('true')).toEqual(prompt(0));
    expect(await session.run('false')).toEqual(prompt(1));
    expect(await session.run(`echo "was ${lastStatus}"`)).toEqual(prompt(0));
    expect(session.text).toContain('was 1');
    expect(await session.run("sh -c 'exit 9'")).toEqual(prompt(9));
    expect(session.text).not.toMatch(/7737|printf/);
  });

  test.skipIf(!here)("keeps the user's own files and prompt", async () => {
    const session = await start(program);
    await session.run(printOwn);
    await session.says(program === 'zsh' ? 'zsh1' : program);
    await session.says('own> ');
    if (program === 'bash' || program === 'zsh') {
      await session.run('false');
      await session.run('echo "seen $SEEN"');
      await session.says('seen 1');
    }
  });

  test.skipIf(!here)('tells of an interrupted command with 130', async () => {
    const session = await start(program);
    const { pid } = session.opened.child.mark;
    await session.type(commandLine(`sh -c 'echo run""ning; exec sleep 1000'`));
    await session.says('running');
    await session.until(() => statOf(pid)?.[5] !== String(pid));
    await session.type('\u0003');
    expect(await session.marker(2)).toEqual(prompt(130));
  });

  test.skipIf(!here)('tells of output without a line end, exactly', async () => {
    const session = await start(program);
    expect(await session.run('printf foo')).toEqual(prompt(0));
    expect(session.text).toMatch(/foo/);
  });

  test.skipIf(!here)('completes a syntax error with a code', async () => {
    const session = await start(program);
    const marker = await session.run('echo )');
    // fish keeps such a line in its editor.
    expect(marker.kind).toBe(program === 'fish' ? 'refusal' : 'prompt');
    expect('status' in marker && marker.status > 0).toBe(true);
    if (program === 'fish') {
      const count = session.markers.length;
      await session.type(String.fromCodePoint(...fishCancelKeys));
      expect(await session.marker(count + 1)).toEqual(prompt(130));
    }
    expect(await session.run('true')).toEqual(prompt(0));
  });

  test.skipIf(!here || program === 'fish')('tells at once that input is incomplete', async () => {
    const session = await start(program);
    expect(await session.run('echo "open')).toEqual({ kind: 'continuation' });
    expect(await session.run('closed"')).toEqual(prompt(0));
    expect(session.text).toContain('open\r\nclosed');
    expect(await session.run('cat <<END')).toEqual({ kind: 'continuation' });
    expect(await session.run('END')).toEqual(prompt(0));
    expect(await session.run('true \\')).toEqual({ kind: 'continuation' });
    expect(await session.run('')).toEqual(prompt(0));
  });

  test.skipIf(!here)('stays silent while a program reads', async () => {
    const session = await start(program);
    // What it prints is not what is typed: the echo of the command must not be taken for it.
    const reading = 'printf "as%s" ks; read x; echo "got $x"';
    await session.type(commandLine(program === 'zsh' ? reading : `sh -c '${reading}'`));
    await session.says('asks');
    await session.type('line\n');
    expect(await session.marker(2)).toEqual(prompt(0));
    expect(session.text).toContain('got line');
    expect(session.markers).toHaveLength(2);
  });
});

describe('bash with line editing', () => {
  test('does not take a redrawn prompt for a new one', async () => {
    const session = await start('bash');
    await session.type('echo ha');
    session.opened.child.resize(40, 10);
    await session.type('\u000C'); // Ctrl-L
    await session.type('lf; echo status $?\n');
    expect(await session.marker(2)).toEqual(prompt(0));
    expect(session.text).toContain('half\r\nstatus 0');
    expect(session.markers).toHaveLength(2);
  });

  test('has nothing of ours in its history', async () => {
    const session = await start('bash');
    await session.run('HISTFILE=$HOME/history');
    await session.run('echo one');
    await session.run('history -w');
    const lines = readFileSync(join(session.home, 'history'), 'utf8').trim().split('\n');
    expect(lines).toEqual(['HISTFILE=$HOME/history', 'echo one', 'history -w']);
  });
});

describe('a sentinel (C2)', () => {
  test.each(['bash', 'dash', 'zsh'].filter(isHere))(
    'tells the end of a command to %s and leaves $? alone',
    async (program) => {
      const home = mkdtempSync(join(tmpdir(), 'troupe-home-'));
      onTestFinished(() => rmSync(home, { recursive: true, force: true }));
      const quiet = { bash: ['--norc', '-i'], dash: ['-i'], zsh: ['-f', '-i'] }[program];
      const opened = await open(host, {
        command: program,
        args: quiet ?? [],
        env: { HOME: home },
        cwd: home,
        size,
      });
      onTestFinished(() => opened.child.end());
      const session = new Session(opened, home);
      await session.type(commandWithSentinel("sh -c 'exit 7'", token, 'cmd1'));
      expect(await session.marker(1)).toEqual({ kind: 'sentinel', id: 'cmd1', status: 7 });
      await session.type(commandWithSentinel('echo "was $?"; true', token, 'cmd2'));
      expect(await session.marker(2)).toEqual({ kind: 'sentinel', id: 'cmd2', status: 0 });
      expect(session.text).toContain('was 7');
    },
  );
});

test.skipIf(!isHere('dash') || process.platform !== 'linux')(
  'sh is at its first prompt without having started a process',
  () => {
    const folder = newHome('dash');
    const { args, env, files } = integrationOf('sh', { token, folder, env: {} });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const input = 'read stat </proc/$$/stat; echo "$stat"\n';
    const { stdout, stderr } = spawnSync('dash', args, { env: { PS1: '$ ', ...env }, input });
    expect(stderr.toString()).toContain('\u001B]7737;Tok42;P;0\u0007$ ');
    // proc(5): page faults of children that were waited for; no process lives without any.
    const [, , , , , , , , , , ofChildren] = stdout.toString().split(' ');
    expect(ofChildren).toBe('0');
  },
);
