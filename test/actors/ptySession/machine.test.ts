/** The statechart of a session, on values. */
import { describe, expect, test } from 'vitest';
import { commandsMax } from '../../../actors/ptySession/limits.ts';
import { ptyMachine } from '../../../actors/ptySession/machine.ts';
import type { PtyContext, PtyOrder } from '../../../actors/ptySession/machine.ts';
import type { PtyEvent } from '../../../actors/ptySession/vocabulary.ts';
import type { Snapshot, Step } from '../../../actors/statechart.ts';
import { given, stepped } from '../statechart/given.ts';

const session = given(ptyMachine);
const after = (...events: readonly PtyEvent[]): Step => session.after(...events);
const when = (before: Step, event: PtyEvent): Step => stepped(session.step(before.snapshot, event));

const opening: PtyEvent = { type: 'pty.open', command: 'bash', cols: 100, ends: 'prompt' };
const opened: PtyEvent = { type: 'pty.opened', pid: 7, startTime: 99 };
const prompt: PtyEvent = { type: 'pty.prompt', status: 0 };
const exit: PtyEvent = { type: 'pty.exit', code: 3, signal: null };
const command = (commandId: string): PtyEvent => ({ type: 'command.start', commandId, command: 'make' });
const end = (commandId: string): PtyEvent => ({
  type: 'command.end',
  commandId,
  outcome: 'completed',
  exitCode: 0,
  offset: 5,
});
const input: PtyEvent = { type: 'pty.input', bytes: Uint8Array.of(97) };

const contextOf = ({ snapshot }: { readonly snapshot: Snapshot }): PtyContext =>
  snapshot.context as unknown as PtyContext;
const tagsOf = ({ snapshot }: { readonly snapshot: Snapshot }): readonly string[] => [...snapshot.tags];

/** What the driver is told by a step. */
function ordersOf({ effects }: Step): readonly PtyOrder[] {
  return effects.flatMap((effect) => ('event' in effect ? [effect.event as unknown as PtyOrder] : []));
}

describe('a session', () => {
  test('takes nothing but its opening', () => {
    for (const event of [opened, input, exit, command('a')]) {
      expect(when(session.first, event).accepted, event.type).toBe(false);
    }
    expect(after(opening).snapshot.value).toEqual({ attached: 'opening' });
    expect(contextOf(after(opening)).size).toEqual({ cols: 100, rows: 24 });
  });

  test('invokes its PTY from its opening to its end', () => {
    expect(after(opening).effects).toEqual([
      expect.objectContaining({
        id: 'pty',
        src: 'pty',
        input: expect.objectContaining({ size: { cols: 100, rows: 24 } }) as unknown,
      }),
    ]);
    expect(after(opening, opened, exit).effects).toEqual([expect.objectContaining({ id: 'pty' })]);
  });

  test('whose ends are told by its prompt is ready with its first prompt', () => {
    expect(tagsOf(after(opening, opened))).toEqual(['busy']);
    expect(tagsOf(after(opening, opened, prompt))).toEqual(['ready']);
  });

  test('of any other program is ready as soon as it is open', () => {
    expect(tagsOf(after({ type: 'pty.open', command: 'ssh' }, opened))).toEqual(['ready']);
  });

  test('refuses input before it is open, and after', () => {
    for (const before of [after(opening), after(opening, opened, { type: 'pty.close' })]) {
      expect(when(before, input).accepted).toBe(false);
    }
  });
});

describe('inputs', () => {
  test('are told to the driver with their ordinal, commands among them (B3, H1)', () => {
    const ready = after(opening, opened, prompt);
    const first = when(ready, input);
    expect(ordersOf(first)).toEqual([{ type: 'write', bytes: Uint8Array.of(97) }]);
    const second = when(first, command('a'));
    expect(ordersOf(second)).toEqual([{ type: 'run', commandId: 'a', command: 'make' }]);
    expect(ordersOf(when(second, input))).toEqual([{ type: 'write', bytes: Uint8Array.of(97) }]);
  });

  test('of other kinds are told too', () => {
    const ready = after(opening, opened, prompt);
    const resize = when(ready, { type: 'pty.resize', cols: 10, rows: 5 });
    expect(ordersOf(resize)).toEqual([{ type: 'resize', cols: 10, rows: 5 }]);
    expect(contextOf(resize).size).toEqual({ cols: 10, rows: 5 });
    const signal = when(ready, { type: 'pty.signal', signal: 'SIGINT' });
    expect(ordersOf(signal)).toEqual([{ type: 'signal', signal: 'SIGINT' }]);
  });
});

describe('commands', () => {
  test('keep a session busy until the last of them has ended (C4)', () => {
    const two = after(opening, opened, prompt, command('a'), command('b'));
    expect(contextOf(two).commands).toEqual(['a', 'b']);
    expect(tagsOf(two)).toEqual(['busy']);
    const one = when(two, end('a'));
    expect(tagsOf(one)).toEqual(['busy']);
    expect(tagsOf(when(one, end('b')))).toEqual(['ready']);
  });

  test('end once each, and only if they run', () => {
    const one = after(opening, opened, prompt, command('a'), end('a'));
    expect(when(one, end('a')).accepted).toBe(false);
    expect(when(one, end('never')).accepted).toBe(false);
  });

  test('have names of their own among those under way', () => {
    const one = after(opening, opened, prompt, command('a'));
    expect(when(one, command('a')).accepted).toBe(false);
    expect(when(when(one, end('a')), command('a')).accepted).toBe(true);
  });

  test('are refused beyond their bound', () => {
    const many = Array.from({ length: commandsMax }, (_, i) => command(`c${i}`));
    const full = after(opening, opened, prompt, ...many);
    expect(when(full, command('more')).accepted).toBe(false);
    expect(when(when(full, end('c0')), command('more')).accepted).toBe(true);
  });
});

describe('every end seals', () => {
  const live = after(opening, opened, prompt, command('a'));

  test.each([
    ['its exit', live, exit, 'exited'],
    ['its exit before it was known to be open', after(opening), exit, 'exited'],
    [
      'an opening that failed',
      after(opening),
      { type: 'pty.openFailed', code: 'START_FAILED', message: 'no' },
      'openFailed',
    ],
    ['the loss of its host', live, { type: 'pty.lost', reason: 'killed' }, 'lost'],
    ['an exit after its closing', when(live, { type: 'pty.close' }), exit, 'killed'],
    [
      'a loss while it closes',
      when(live, { type: 'pty.close' }),
      { type: 'pty.lost', reason: 'killed' },
      'lost',
    ],
  ] as const)('%s', (_, before, event, state) => {
    const { snapshot } = when(before, event);
    expect([snapshot.value, snapshot.status, [...snapshot.tags]]).toEqual([state, 'done', ['final']]);
    expect(snapshot.output).toEqual(
      event.type === 'pty.exit' ? { code: 3, signal: null } : { code: null, signal: null },
    );
  });

  test('closing asks the driver to end the child, even one that opens only then', () => {
    expect(ordersOf(when(live, { type: 'pty.close' }))).toEqual([{ type: 'end' }]);
    const early = when(after(opening), { type: 'pty.close' });
    expect(ordersOf(when(early, opened))).toEqual([{ type: 'end' }]);
  });
});
