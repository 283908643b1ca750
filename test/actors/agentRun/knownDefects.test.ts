/**
 * Defects found in other programs' run digests and message stores, each as a test that this one passes.
 */
import { describe, expect, test } from 'vitest';
import { coalesce } from '../../../actors/agentRun/coalesce.ts';
import type { RunDigest } from '../../../actors/agentRun/digest/digest.ts';
import { runFoldOf } from '../../../actors/agentRun/digest/fold.ts';
import { mergeDigests } from '../../../actors/agentRun/digest/merge.ts';
import { transcript } from '../../../actors/agentRun/transcript.ts';
import { attached, delta, exit, started, turn, turnEnd } from './play.ts';
import type { Event } from './play.ts';

const { start, fold } = runFoldOf();

describe('defects of a digest', () => {
  test('B1: two folders of the same facts count them once', () => {
    const { facts, digest } = started().all(turn('t1'), delta('m', 'x'), turnEnd('t1'));
    const twice = facts.flatMap((fact) => [fact, fact]).reduce(fold, start());
    expect(twice).toEqual(digest);
    expect(facts.reduce(fold, digest)).toBe(digest);
  });

  test('B2: a digest from before cannot be gone on from with facts of after', () => {
    const { facts } = started().all(turn('t1'), turnEnd('t1'));
    const old = fold(start(), facts[0]!);
    expect(() => fold(old, facts[3]!)).toThrow('Invariant broken');
  });

  test('B3: what comes after the seal changes nothing, folded then or from the beginning', () => {
    const { facts, digest } = started().all(turn('t1'), turnEnd('t1'), { type: 'run.stop' });
    const late = {
      seq: digest.seq + 1,
      to: digest.seq + 1,
      at: 9e12,
      event: { type: 'tool.end', callId: 'c', ok: true },
    };
    expect(fold(digest, late)).toBe(digest);
    expect([...facts, late].reduce(fold, start())).toEqual(digest);
    expect(digest.issues.count).toBe(0);
  });

  test('B4: what an engine says after a turn opens none, so idle time is no turn', () => {
    const run = started().all(turn('t1')).later(3000, turnEnd('t1'));
    const report = { model: 'm', mode: 'delta', scope: 'turn', input: 1, output: 1 };
    run.all({ type: 'usage', key: 'k', ...report }, { type: 'note', raw: 1 });
    run.later(3_600_000, turn('t2')).later(3000, turnEnd('t2')).all({ type: 'note' }, { type: 'run.stop' });
    expect(run.digest.turns).toMatchObject({ count: 2, activeMs: 6000, idleMs: 3_600_000 });
    expect(run.digest.issues.count).toBe(0);
  });

  test('B5: a run that another one takes over from is sealed, with its cause', () => {
    const { digest } = attached().all(turn('t1'), { type: 'run.stop', cause: 'superseded' }, exit(0));
    expect(digest).toMatchObject({ state: 'superseded', outcome: { cause: 'superseded' }, carry: null });
  });

  test('B6: one fold says cause and last turn, so no order of writers can tell them apart', () => {
    const { digest } = attached().all(turn('t1'), exit(null, 'SIGSEGV'));
    expect(digest.outcome).toEqual({ cause: 'crashed', lastTurn: 'lost', reason: 'SIGSEGV' });
  });

  test('B7: a digest that was put away goes on where it was', () => {
    const { facts, digest } = started().all(turn('t1'), delta('m', 'x'), turnEnd('t1', 'failed'));
    for (const [cut] of facts.entries()) {
      const stored = JSON.stringify(facts.slice(0, cut).reduce(fold, start()));
      expect(facts.slice(cut).reduce(fold, JSON.parse(stored) as RunDigest)).toEqual(digest);
    }
  });

  test('B8: nothing of an earlier fold is left over in a later one: the digest is one value', () => {
    const open = started().all(turn('t1'));
    const before = structuredClone(open.digest);
    fold(open.digest, { seq: 4, to: 4, at: 0, event: turnEnd('t1') });
    expect(open.digest).toEqual(before);
  });

  test('B9, B10: a cancelled turn is no failed one, and a completed one is ok', () => {
    const run = started().all(turn('1'), { ...turnEnd('1'), reason: 'completed' });
    run.all(turn('2'), { ...turnEnd('2', 'cancelled'), reason: 'cancelled' });
    expect([run.digest.errors.count, run.digest.issues.count]).toEqual([0, 0]);
  });

  test('B14: what two runs of one session did is counted in each run alone, and once in their merge', () => {
    const one = started().all(turn('t1'), turnEnd('t1')).digest;
    const other = started({ continues: 'run/1' }).all(
      turn('t1'),
      turnEnd('t1'),
      turn('t2'),
      turnEnd('t2'),
    ).digest;
    expect([one.turns.count, other.turns.count, mergeDigests(one, other).turns.count]).toEqual([1, 2, 3]);
  });

  test('B15: the text is stored once however it came: 500 chunks that came together are one event', () => {
    const chunks = Array.from({ length: 500 }, (_, i) => delta('m', `${i};`));
    const stored: Event[] = [];
    for (const chunk of chunks) {
      const last = stored.at(-1);
      const merged = last && coalesce(last, chunk);
      if (merged === undefined) stored.push(chunk);
      else stored[stored.length - 1] = merged;
    }
    expect(stored).toHaveLength(1);
    expect(stored[0]?.['text']).toBe(chunks.map(({ text }) => text).join(''));
    expect(started().all(stored[0]!).digest.messages.textBytes).toBe(1890);
  });
});

describe('holes of a message store', () => {
  const messages = (...events: readonly Event[]): unknown =>
    transcript(started().all(...events).facts).messages;

  test('J: a retry, a tool result and the end of a message are never taken for more text', () => {
    const text = delta('m', 'x');
    const others = [
      { type: 'attempt.start', attempt: 2, messageId: 'm', reason: 'net' },
      { type: 'tool.end', callId: 'c', ok: true },
      { type: 'message.end', messageId: 'm' },
      delta('m', 'x', 'reasoning'),
      delta('n', 'x'),
      { ...text, signature: 's' },
    ];
    for (const other of others) {
      expect(coalesce<object & { type: string }>(text, other)).toBeUndefined();
      expect(coalesce<object & { type: string }>(other, text)).toBeUndefined();
    }
  });

  test('K: a retry takes nothing away from who has read it: it supersedes by reference', () => {
    expect(
      messages(
        delta('m', 'first'),
        { type: 'attempt.start', attempt: 2, messageId: 'm', reason: 'net' },
        delta('m', 'second'),
      ),
    ).toMatchObject([
      {
        parts: [{ type: 'text', text: 'second' }],
        superseded: [{ attempt: 2, reason: 'net', parts: [{ type: 'text', text: 'first' }] }],
      },
    ]);
  });

  test('N: what a part carries beside its text is kept', () => {
    const signed = { ...delta('m', 'x', 'reasoning'), signature: 'abc' };
    expect(started().all(signed).facts.at(-1)?.event).toEqual(signed);
    expect(coalesce(signed, signed)).toEqual({ ...signed, text: 'xx' });
  });

  test('O: reasoning, text, a tool, text again stay four parts in their order', () => {
    expect(
      messages(
        delta('m', 'think', 'reasoning'),
        delta('m', 'say'),
        { type: 'tool.call', callId: 'c', name: 'sh', messageId: 'm' },
        delta('m', 'more'),
        delta('m', 'again', 'reasoning'),
      ),
    ).toMatchObject([
      { parts: [{ text: 'think' }, { text: 'say' }, { name: 'sh' }, { text: 'more' }, { text: 'again' }] },
    ]);
  });

  test('P: messages of the same millisecond stay in the order in which they came', () => {
    const ids = ['z', 'a', 'm'];
    expect(messages(...ids.map((id) => delta(id, id)))).toMatchObject(
      ids.map((messageId) => ({ messageId })),
    );
  });

  test('C: nothing comes to life again: after the end no event is accepted, so none is told', () => {
    const run = started().all(delta('m', 'x'), { type: 'run.stop' });
    expect(run.tell(delta('m', 'y'))).toBe(false);
  });

  test('D: a thousand messages that have ended leave nothing behind in the digest', () => {
    const run = started();
    for (let i = 0; i < 1000; i++) {
      run.all(
        { type: 'message.start', messageId: `m${i}`, role: 'user' },
        { type: 'message.end', messageId: `m${i}` },
      );
    }
    expect(run.digest.carry?.others).toEqual([]);
    expect(run.digest.messages.byRole).toEqual({ user: 1000 });
  });
});
