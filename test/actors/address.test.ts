/**
 * Addresses: what is one, and how a child gets its own.
 */
import { describe, expect, test } from 'vitest';
import { addressOf, childAddressOf, idOf, isAddress, kindOf } from '../../actors/address.ts';
import { isTroupeError } from '../../actors/troupeError.ts';

function refusalOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return isTroupeError(error, 'INVALID_ADDRESS') ? 'INVALID_ADDRESS' : error;
  }
}

describe('an address', () => {
  test.each([
    ['run', 'a'],
    ['run', '0'],
    ['ptySession', 'fix-login'],
    ['my_kind-2', 'A.b_c:d@e-f'],
    ['k'.repeat(64), 'i'.repeat(128)],
  ])('of %s and %s is both with a slash', (kind, id) => {
    const address = addressOf(kind, id);
    expect(address).toBe(`${kind}/${id}`);
    expect([kindOf(address), idOf(address), isAddress(address)]).toEqual([kind, id, true]);
  });

  test.each(['', '1run', 'a/b', 'a b', 'ä', 'k'.repeat(65), '-a', 'a\n'])('has no kind "%s"', (kind) => {
    expect(refusalOf(() => addressOf(kind, 'a'))).toBe('INVALID_ADDRESS');
  });

  test.each(['', '.a', '-a', 'a/b', 'a b', 'ü', 'i'.repeat(129), 'a\0', 'a\n', '😀'])(
    'has no id "%s"',
    (id) => {
      expect(refusalOf(() => addressOf('run', id))).toBe('INVALID_ADDRESS');
    },
  );

  test('is refused with what is wrong and what is allowed, however long it is', () => {
    expect(() => addressOf('run', `a b${'x'.repeat(500)}`)).toThrow(
      /^Invalid id "a bx{54}…": allowed is a letter or digit, /,
    );
  });

  test.each(['', 'run', '/a', 'run/', 'run/ a', 'run/a b', '1/a', `run/${'a'.repeat(509)}`, 'run/a\n'])(
    '"%s" is none',
    (text) => expect(isAddress(text)).toBe(false),
  );

  test('of a child is one, up to 512 characters', () => {
    expect(isAddress('task/run/a/fetch@12')).toBe(true);
    expect(isAddress(`run/${'a'.repeat(508)}`)).toBe(true);
  });
});

describe('the address of a child', () => {
  test('is its kind, its parent, the name of its invoke and the seq of its start', () => {
    const child = childAddressOf('task', 'run/a', 'fetch', 12);
    expect(child).toBe('task/run/a/fetch@12');
    expect([kindOf(child), idOf(child), isAddress(child)]).toEqual(['task', 'run/a/fetch@12', true]);
  });

  test('of a child grows by one part', () => {
    expect(childAddressOf('step', 'task/run/a/fetch@12', 'x', 1)).toBe('step/task/run/a/fetch@12/x@1');
  });

  test('differs for each name, however odd, and is an address', () => {
    const names = [
      'a',
      'a_b',
      'a@1',
      'a/b',
      'a b',
      'a_5fb',
      'a.b',
      'a:b',
      'é1',
      '\u{e91}',
      '\u{1f600}',
      '_',
      '__',
      '\t',
    ];
    const addresses = names.map((name) => childAddressOf('task', 'run/a', name, 1));
    expect(new Set(addresses).size).toBe(names.length);
    expect(addresses.filter((address) => !isAddress(address))).toEqual([]);
  });

  test('of the same name differs by parent and by seq', () => {
    const addresses = [
      childAddressOf('task', 'run/a', 'x', 1),
      childAddressOf('task', 'run/a', 'x', 11),
      childAddressOf('task', 'pty/a', 'x', 1),
      childAddressOf('task', 'run/a', 'x@1', 1),
    ];
    expect(new Set(addresses).size).toBe(4);
  });

  test('of more than 512 characters is refused', () => {
    expect(refusalOf(() => childAddressOf('task', `run/${'a'.repeat(490)}`, 'x'.repeat(20), 1))).toBe(
      'INVALID_ADDRESS',
    );
  });
});
