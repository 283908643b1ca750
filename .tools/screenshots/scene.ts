/** A fleet to look at: scripted agents at work, one of them asking, some done, and a release with regions. */
import { setup } from 'xstate';
import { defineActor, openTroupe } from '../../runtime/index.ts';
import type { Troupe } from '../../runtime/index.ts';
import { ask, exit, hang, hear, say, scriptedAgent, think, turn } from '../../runtime/testing.ts';
import type { Launched, Step, Steps } from '../../runtime/testing.ts';

const release = defineActor({
  kind: 'release',
  version: 1,
  machine: setup({
    types: { events: {} as { readonly type: `release.${string}` } },
  }).createMachine({
    id: 'release',
    initial: 'checking',
    states: {
      checking: {
        type: 'parallel',
        states: {
          tests: {
            initial: 'running',
            states: {
              running: { on: { 'release.tested': 'passed', 'release.broke': 'failed' } },
              passed: { type: 'final' },
              failed: { on: { 'release.retry': 'running' } },
            },
          },
          review: {
            initial: 'waiting',
            states: {
              waiting: { tags: ['waiting'], on: { 'release.approve': 'approved' } },
              approved: { type: 'final' },
            },
          },
        },
        onDone: 'canary',
      },
      canary: { after: { 3_600_000: 'released' }, on: { 'release.abort': 'withdrawn' } },
      released: { type: 'final' },
      withdrawn: { type: 'final' },
    },
  }),
});

const tool = (callId: string, name: string, input: unknown, ok = true): readonly Step[] => [
  say({ type: 'tool.call', callId, name, input }),
  think(40),
  say({ type: 'tool.progress', callId, text: 'reading …\n' }),
  think(60),
  say({ type: 'tool.end', callId, ok, ...(ok ? {} : { error: 'exit code 1: 2 tests failed' }) }),
];

const used = (key: string, costMicroUsd: number): Step =>
  say({
    type: 'usage',
    key,
    model: 'sonnet',
    mode: 'delta',
    scope: 'turn',
    input: 18_400,
    output: 912,
    costMicroUsd,
  });

/** Text that comes word by word, as an engine says it. */
function spoken(text: string, ms: number): readonly Step[] {
  const words = text.match(/\s*\S+/g) ?? [];
  return [
    say({ type: 'message.start', role: 'assistant' }),
    ...words.flatMap((word) => [say({ type: 'message.delta', part: 'text', text: word }), think(ms)]),
    say({ type: 'message.end' }),
  ];
}

const found =
  'The login form posts the e-mail address untrimmed, and the lookup compares it byte by byte. ' +
  'A trailing blank, which phones add after a completion, is enough to be told that the password is wrong. ' +
  'I trim on both sides and add the case that failed.';

const scripts: Readonly<Record<string, readonly Steps[]>> = {
  'fix-login': [
    say({ type: 'turn.start' }),
    ...tool('c1', 'Grep', { pattern: 'findByEmail' }),
    ...tool('c2', 'Read', { path: 'src/login.ts' }),
    ...spoken(found, 15),
    ...tool('c3', 'Bash', { command: 'npm test -- login' }, false),
    ...tool('c4', 'Edit', { path: 'src/login.ts', with: 'email.trim().toLowerCase()' }),
    used('u1', 48_200),
    ...ask('r1', 'Run `npm test` in packages/web?'),
    say({ type: 'turn.end', status: 'ok' }),
    hang(),
  ],
  'write-docs': [
    say({ type: 'turn.start' }),
    ...spoken(`${found} `.repeat(60), 60),
    say({ type: 'turn.end', status: 'ok' }),
    hang(),
  ],
  'upgrade-deps': [
    turn('Everything is at its newest version.', {
      steps: [...tool('c1', 'Bash', { command: 'npm outdated' }), used('u1', 12_900)],
    }),
    exit(),
  ],
  'flaky-test': [
    turn('I could not find it.', {
      steps: [say({ type: 'error', class: 'overloaded', message: 'The engine is overloaded.' })],
      status: 'failed',
    }),
    exit(1, { stderr: 'overloaded' }),
  ],
  conductor: [turn('Three agents are at work.', { steps: [used('u1', 301_000)] }), hear('prompt'), hang()],
};

const scriptOf = ({ address }: Launched): readonly Steps[] =>
  scripts[address.slice(address.indexOf('/') + 1)] ?? [turn('Done.', { steps: [used('u1', 2400)] }), exit()];

export async function openScene(directory: string): Promise<Troupe<unknown>> {
  const troupe = await openTroupe({ directory, workers: 0, actors: [scriptedAgent(scriptOf), release] });
  const launch = { command: 'agent', stdio: 'pipe' } as const;
  const conductor = troupe.run('conductor');
  await conductor.start({ title: 'Sprint 14', launch, labels: { team: 'core' } });
  await conductor.prompt('Get version 2 out by Friday.');
  const titles = { 'fix-login': 'Fix the login', 'write-docs': 'Write the guide' };
  for (const [id, title] of Object.entries(titles)) {
    await troupe.run(id).start({ title, parent: conductor.address, launch, labels: { team: 'core' } });
    await troupe.run(id).prompt(`${title}. Ask before you run anything.`);
  }
  for (const [id, title] of [
    ['upgrade-deps', 'Upgrade dependencies'],
    ['flaky-test', 'Find the flaky test'],
    ['triage-811', 'Triage issue 811'],
    ['triage-812', 'Triage issue 812'],
    ['triage-815', 'Triage issue 815'],
  ] as const) {
    await troupe.run(id).start({ title, launch });
  }
  const two = troupe.actor('release', 'v2.0.0');
  await two.send({ type: 'release.broke' });
  await two.send({ type: 'release.retry' });
  await two.send({ type: 'release.tested' });
  const one = troupe.actor('release', 'v1.9.4');
  for (const type of ['release.tested', 'release.approve', 'release.abort'] as const)
    await one.send({ type });
  const outbox = troupe.outbox('conductor');
  for (const [childSeq, kind] of ['waiting', 'attention', 'attention'].entries()) {
    await outbox.post({ child: 'run/write-docs', childSeq: childSeq + 1, kind: kind as 'waiting' });
  }
  await outbox.drain({ max: 1, leaseMs: 600_000 });
  return troupe;
}
