/**
 * Ids for whoever has none: unique, and in the order of their making.
 */
import { randomBytes } from 'node:crypto';

/** Base 32 without letters that look alike; in the order of its digits. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz';
const timeDigits = 10;
const randomDigits = 12;

let lastMs = 0;

export function newId(): string {
  // Two in one millisecond keep their order.
  lastMs = Math.max(Date.now(), lastMs + 1);
  let time = '';
  for (let rest = lastMs, i = 0; i < timeDigits; i++, rest = Math.floor(rest / 32)) {
    time = (digits[rest % 32] ?? '') + time;
  }
  const random = Array.from(randomBytes(randomDigits), (byte) => digits[byte % 32]).join('');
  return `${time}-${random}`;
}
