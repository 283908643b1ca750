/** A listener misses nothing: neither a lost piece, nor a doubled one, nor half of one. */
import { expect, test } from 'vitest';
import { Listener, pieceLength, pieceOf } from '../../load/site/pieces.ts';

const now = 1_750_000_000_500;

test('pieces are as long as each other, and tell their number and when they were due', () => {
  expect(pieceOf(7, 1_750_000_000_123.9)).toBe('000000071750000000123');
  expect(pieceLength).toBe(21);
  const filled = pieceOf(7, 1_750_000_000_123.9, 30);
  expect(filled).toBe('000000071750000000123.........');
  const listener = new Listener(30);
  expect(listener.hear(pieceOf(1, now - 5, 30) + pieceOf(2, now, 30), now)).toEqual([5, 0]);
});

test('merged pieces are heard one by one, each with how late it is', () => {
  const listener = new Listener();
  expect(listener.hear(pieceOf(1, now - 30) + pieceOf(2, now - 10), now)).toEqual([30, 10]);
  expect(listener.hear(pieceOf(3, now), now)).toEqual([0]);
  expect(listener).toMatchObject({ last: 3, heard: 3 });
});

test('a piece that is lost, doubled or cut is an error', () => {
  const heard = (): Listener => {
    const listener = new Listener();
    listener.hear(pieceOf(1, now), now);
    return listener;
  };
  expect(() => heard().hear(pieceOf(3, now), now)).toThrow('none is lost or doubled');
  expect(() => heard().hear(pieceOf(1, now), now)).toThrow('none is lost or doubled');
  expect(() => heard().hear(pieceOf(2, now).slice(1), now)).toThrow('whole pieces');
});

test('after a reset it goes on where the next piece is, never before', () => {
  const listener = new Listener();
  listener.hear(pieceOf(1, now), now);
  listener.skipTo(41);
  expect(listener.hear(pieceOf(42, now), now)).toEqual([0]);
  expect(listener.heard).toBe(2);
  expect(() => listener.skipTo(3)).toThrow('a reset leads forward');
});
