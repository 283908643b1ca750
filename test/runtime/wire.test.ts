/** Batches come back as they were packed, flat or not. */
import { describe, expect, test } from 'vitest';
import type { Answer, Request } from '../../runtime/protocol.ts';
import {
  answerBatches,
  packAnswers,
  packRequests,
  unpackAnswers,
  unpackRequests,
} from '../../runtime/wire.ts';

const event = Uint8Array.of(1, 2, 3);
const session = 's1';

const requests: readonly Request[] = [
  { op: 'send', n: 1, stamp: { session, n: 1 }, address: 'order/a', event },
  { op: 'send', n: 2, stamp: { session, n: 2 }, address: 'order/a', event, ifSeq: 0 },
  {
    op: 'send',
    n: 3,
    stamp: { session, n: 3 },
    address: 'order/b',
    event,
    id: 'x',
    by: 'ann',
    trace: 't',
    labels: { tenant: 'acme' },
    input: event,
    bodies: [{ hash: 'ab', bytes: event }],
  },
  { op: 'snapshot', n: 4, address: 'order/a', seq: 2 },
  { op: 'until', n: 5, address: 'order/a', state: 'paid.shipped' },
  { op: 'delivered', n: 6, refusal: { code: 'SEALED', message: 'no', details: { seq: 3 } } },
];

const answers: readonly Answer[] = [
  { op: 'receipt', n: 1, receipt: { seq: 1, state: ['a.b'], tags: [], final: false, duplicate: false } },
  {
    op: 'receipt',
    n: 2,
    receipt: { seq: 9, state: [], tags: ['x'], final: true, duplicate: true, reply: event },
  },
  { op: 'ok', n: 3, value: { deep: [1, 'two'] } },
  { op: 'refused', n: 4, refusal: { code: 'NOT_ACCEPTED', message: 'no', details: { accepts: ['a'] } } },
  { op: 'log', level: 'info', details: {}, text: 'hello' },
];

describe('a batch', () => {
  test('of requests comes back equal, stamps included', () => {
    expect(unpackRequests(packRequests(session, requests))).toEqual(requests);
  });

  test('with large events, which stand behind its list, comes back equal', () => {
    const sized = (bytes: number): Uint8Array => new Uint8Array(bytes).map((_, i) => i % 251);
    const events = [3, 2047, 2048, 0, 70_000, 5, 4096].map(sized);
    const given = events.map((own, i): Request => {
      const n = i + 1;
      return {
        op: 'send',
        n,
        stamp: { session, n },
        address: 'order/a',
        event: own,
        ...(i > 4 && { by: 'ann' }),
      };
    });
    expect(unpackRequests(packRequests(session, given))).toEqual(given);
    expect(unpackRequests(packRequests(session, [...requests, ...given]))).toEqual([...requests, ...given]);
  });

  test('of answers comes back equal', () => {
    expect(unpackAnswers(packAnswers(answers))).toEqual(answers);
  });

  test('has its bytes to itself, so that handing them over takes nothing along', () => {
    const one = packAnswers(answers);
    const two = packAnswers(answers);
    structuredClone(one, { transfer: [one] });
    expect(unpackAnswers(two)).toEqual(answers);
  });
});

describe('an answer that cannot be packed', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const details = { why: 'x', symbol: Symbol('x'), cyclic, huge: 10n ** 40n };
  const told = { ...details, symbol: text(), cyclic: text(), huge: text() };
  const refusal = { code: 'CONFLICT' as const, message: 'mine', details };
  const quarantine = { op: 'quarantine' as const, address: 'a/1' };
  const log = { op: 'log' as const, level: 'info' as const, text: 'said' };

  test('is told without what cannot, and those beside it as they are, in order', () => {
    const given: Answer[] = [
      ...answers,
      { op: 'refused', n: 5, refusal },
      { ...quarantine, reason: refusal },
      { ...log, details },
      ...answers,
    ];
    const batches = answerBatches(given);
    expect(batches.flatMap((batch) => unpackAnswers(batch))).toEqual([
      ...answers,
      { op: 'refused', n: 5, refusal: { ...refusal, details: told } },
      { ...quarantine, reason: { ...refusal, details: told } },
      { ...log, details: told },
      ...answers,
    ]);
    expect(answerBatches(answers)).toHaveLength(1);
  });

  function text(): string {
    return '[cannot be packed]';
  }
});
