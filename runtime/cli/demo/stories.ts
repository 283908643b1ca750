/**
 * What the agents of the demonstration do, as scripts: talk, use tools, ask, fail, get stuck. They are plain
 * lists of steps, so that they go on where they were when their worker was lost.
 */
import { ask, exit, hear, say, think } from '../../scripted/script.ts';
import type { Step, Steps } from '../../scripted/script.ts';

export type Story = keyof typeof stories;

const wordMs = 60;
const model = 'demo-large';

/** A message that comes word by word. */
function spoken(text: string, part: 'text' | 'reasoning' = 'text'): readonly Step[] {
  const words = text.match(/\s*\S+/g) ?? [];
  return words.flatMap((word) => [say({ type: 'message.delta', part, text: word }), think(wordMs)]);
}

const message = (...parts: readonly (readonly Step[])[]): readonly Step[] => [
  say({ type: 'message.start', role: 'assistant' }),
  ...parts.flat(),
  say({ type: 'message.end' }),
];

function tool(
  callId: string,
  name: string,
  input: object,
  { ms = 1200, lines = [] as readonly string[], error = '' } = {},
): readonly Step[] {
  return [
    say({ type: 'tool.call', callId, name, input }),
    ...lines.flatMap((line) => [
      think(ms / (lines.length + 1)),
      say({ type: 'tool.progress', callId, text: `${line}\n` }),
    ]),
    think(ms / (lines.length + 1)),
    say(
      error === ''
        ? { type: 'tool.end', callId, ok: true, bytes: 400 + 40 * lines.length }
        : { type: 'tool.end', callId, ok: false, error },
    ),
  ];
}

const used = (key: string, input: number, output: number): Step =>
  say({
    type: 'usage',
    key,
    model,
    mode: 'delta',
    scope: 'turn',
    input,
    output,
    costMicroUsd: input * 3 + output * 15,
  });

const turn = (...steps: readonly (readonly Step[])[]): readonly Step[] => [
  say({ type: 'turn.start' }),
  ...steps.flat(),
  say({ type: 'turn.end', status: 'ok' }),
];

/** Reads, changes, tests, and asks before it pushes. */
const feature: readonly Steps[] = [
  turn(
    message(
      spoken('The form posts to a route that nobody checks. Look at the route first.', 'reasoning'),
      spoken('I will read the route, then put the check where the session is opened.'),
    ),
    tool('read', 'Read', { path: 'src/login.ts' }, { ms: 800 }),
    tool('edit', 'Edit', { path: 'src/login.ts', lines: 14 }, { ms: 900 }),
    tool(
      'test',
      'Bash',
      { command: 'npm test -- login' },
      { ms: 2400, lines: ['✓ refuses an empty password', '✓ refuses a stranger', '✓ lets Ann in'] },
    ),
    [used('t1', 5200, 310)],
    ask('push', 'git push origin fix-login', {
      callId: 'push',
      input: { command: 'git push origin fix-login' },
    }),
    message(spoken('The check is in place, three tests cover it. That is all I was asked for.')),
    [used('t2', 6100, 120)],
  ),
  exit(0),
];

/** Two turns: it waits for what it is asked next. */
const review: readonly Steps[] = [
  turn(
    tool('diff', 'Bash', { command: 'git diff main --stat' }, { ms: 900, lines: ['4 files changed'] }),
    message(spoken('Four files. The cache is never told of a deletion: is that meant to be so?')),
    [used('t1', 3900, 90)],
  ),
  hear('prompt'),
  turn(
    message(spoken('Then it is a bug. I wrote down how to show it, and where I would mend it.')),
    [say({ type: 'artifact', artifactId: 'note', kind: 'file', title: 'review.md', ref: 'review.md' })],
    [used('t2', 4400, 160)],
  ),
  exit(0),
];

/** Fails; whoever started it starts another one that goes on with its work. */
const flaky: readonly Steps[] = [
  [say({ type: 'turn.start' })],
  message(spoken('I start the migration on a copy of the data.')),
  tool('migrate', 'Bash', { command: './migrate --copy' }, { ms: 1500, error: 'connection reset' }),
  [say({ type: 'error', class: 'network', message: 'connection reset by peer', retryable: true })],
  [think(600)],
  exit(1, { stderr: 'fatal: connection reset by peer' }),
];

/** The second try of what failed. */
const retried: readonly Steps[] = [
  turn(
    message(spoken('The one before me lost its connection. I go on where it was.')),
    tool(
      'migrate',
      'Bash',
      { command: './migrate --copy --resume' },
      { ms: 2000, lines: ['1200 rows', '2400 rows'] },
    ),
    message(spoken('All rows are over, and their sums agree.')),
    [used('t1', 2800, 140)],
  ),
  exit(0),
];

/** Talks and talks, until somebody interrupts it. */
const endless: readonly Steps[] = [
  turn(
    message(
      ...Array.from({ length: 24 }, () =>
        spoken('On the other hand one could also rename every file first, and then look at it again.'),
      ),
    ),
  ),
  hear('prompt'),
  turn(message(spoken('Understood: no renaming. The three lines are changed.')), [used('t2', 7000, 60)]),
  exit(0),
];

export const stories = { feature, review, flaky, retried, endless } as const;
