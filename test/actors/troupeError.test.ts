/**
 * The one error: known by its brand, and whole on the other side of a thread.
 */
import { describe, expect, test } from 'vitest';
import { TroupeError, errorCodes, errorOf, isTroupeError, outcomeOf } from '../../actors/troupeError.ts';
import type { ErrorCode } from '../../actors/troupeError.ts';

const codes = Object.keys(errorCodes) as ErrorCode[];

describe('an error', () => {
  test.each(codes)('%s says whether a retry can help', (code) => {
    const error = new TroupeError(code, 'It happened. Do this.', { seq: 3 });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'TroupeError',
      code,
      message: 'It happened. Do this.',
      details: { seq: 3 },
    });
    expect(error.retryable).toBe(errorCodes[code].retryable);
  });

  test('can be tried again exactly for what passes by itself', () => {
    expect(codes.filter((code) => errorCodes[code].retryable)).toEqual([
      'MAILBOX_FULL',
      'DIRECTORY_IN_USE',
      'PORT_IN_USE',
      'JOURNAL_FULL',
      'WORKER_LOST',
      'TIMEOUT',
      'TOO_MANY_REQUESTS',
      'UNREACHABLE',
    ]);
  });

  test('keeps its cause, and has none of its own', () => {
    const cause = new Error('below');
    expect(new TroupeError('CORRUPT', 'x', {}, cause).cause).toBe(cause);
    expect('cause' in new TroupeError('CORRUPT', 'x')).toBe(false);
  });
});

describe('isTroupeError', () => {
  test('knows the error, and its code', () => {
    const error = new TroupeError('SEALED', 'x');
    expect([isTroupeError(error), isTroupeError(error, 'SEALED'), isTroupeError(error, 'FENCED')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('knows the error of another copy of the package', () => {
    const other = Object.assign(new Error('x'), { code: 'SEALED', [Symbol.for('troupe.error')]: true });
    expect([isTroupeError(other), isTroupeError(other, 'SEALED')]).toEqual([true, true]);
  });

  test.each([
    undefined,
    null,
    'SEALED',
    new Error('x'),
    { code: 'SEALED' },
    Object.assign(new Error('x'), { code: 'SEALED' }),
  ])('does not take %s for one', (value) => expect(isTroupeError(value)).toBe(false));
});

describe('an outcome', () => {
  test('crosses a thread as plain data and is the same error again', () => {
    const error = new TroupeError('TOO_LARGE', 'Too large. Split it.', { bytes: 9, max: 3 });
    const back = errorOf(structuredClone(outcomeOf(error)));
    expect(isTroupeError(back, 'TOO_LARGE')).toBe(true);
    expect([back.message, back.details, back.retryable]).toEqual([
      error.message,
      error.details,
      error.retryable,
    ]);
  });

  test.each([
    [new RangeError('beyond'), 'beyond'],
    ['a text', 'a text'],
    [undefined, 'undefined'],
  ])('of a foreign error keeps its message under the code it is given', (foreign, message) => {
    expect(outcomeOf(foreign)).toEqual({ code: 'MACHINE_FAILED', message, details: {} });
    expect(outcomeOf(foreign, 'WORKER_LOST')).toEqual({ code: 'WORKER_LOST', message, details: {} });
  });
});
