/**
 * What a parent is told of an end (contract R6), and what the door lets in.
 */
import { describe, expect, test } from 'vitest';
import { report } from '../../../actors/agentRun/report.ts';
import { schemas } from '../../../actors/agentRun/schemas.ts';
import { issueOf } from '../../../runtime/schema.ts';
import { attached, delta, exit, started, turn } from './play.ts';
import type { Event } from './play.ts';

describe('R6: the report', () => {
  test('goes to the parent: outcome, summary, cost, at most 4 KiB of the result', () => {
    const run = started({ parent: 'run/conductor', title: 'T' }).all(
      turn('t1'),
      delta('m', 'y'.repeat(9000)),
    );
    run.all({ type: 'run.end', cause: 'completed' });
    expect(report(run.context, run.digest, 'completed')).toEqual([
      {
        to: 'outbox/conductor',
        event: {
          type: 'outbox.post',
          kind: 'finished',
          outcome: 'completed',
          summary: 'T completed (1 turn)',
          costMicroUsd: 0,
          result: 'y'.repeat(4096),
        },
      },
    ]);
  });

  test.each([
    ['crashed', 'crashed'],
    ['lost', 'crashed'],
    ['timedOut', 'failed'],
    ['selfStopped', 'stopped'],
    ['superseded', 'stopped'],
    ['error', 'failed'],
  ])('an end as %s is posted as %s', (cause, kind) => {
    const { digest } = attached().all(exit(1));
    expect(report({ outbox: 'outbox/a' }, digest, cause)[0]?.event).toMatchObject({ kind, outcome: cause });
  });

  test('nobody is told if nobody was named', () => {
    const run = started().all({ type: 'run.end', cause: 'failed' });
    expect(report(run.context, run.digest, 'failed')).toEqual([]);
  });
});

describe('the schemas', () => {
  const issue = (event: Event): string | undefined =>
    issueOf(schemas[event.type as keyof typeof schemas], event);

  test('let fields pass that they do not name, and change nothing', () => {
    const event = { ...delta('m', 'x'), mine: { a: 1 } };
    expect(schemas['message.delta']['~standard'].validate(event)).toEqual({ value: event });
  });

  test.each<[string, Event]>([
    ['budget.costMicroUsd: must be integer', { type: 'run.start', budget: { costMicroUsd: 0.5 } }],
    ['deadlineMs: must be >= 1', { type: 'run.start', deadlineMs: 0 }],
    ['launch.stdio: ', { type: 'run.start', launch: { command: 'c', stdio: 'tty' } }],
    ['must have required properties turnId', { type: 'turn.start' }],
    [
      'options.0.effect: ',
      {
        type: 'permission.ask',
        requestId: 'r',
        kind: 'tool',
        title: '',
        options: [{ optionId: 'a', label: '', effect: 'perhaps' }],
      },
    ],
    [
      'input: must be >= 0',
      { type: 'usage', key: 'k', model: 'm', mode: 'delta', scope: 'turn', input: -1, output: 0 },
    ],
    ['cause: ', { type: 'run.end', cause: 'crashed' }],
    ['promptId: ', { type: 'run.prompt', promptId: 'x'.repeat(129), content: '' }],
  ])('say "%s"', (text, event) => expect(issue(event)).toContain(text));

  test('let nobody say what only a timer says', () => {
    expect(issue({ type: 'timer.deadline' })).toBe('only a timer of the actor itself says this');
  });
});
