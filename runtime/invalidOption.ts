/**
 * What callers without types get wrong in options: refused where it is given, with what is allowed, and
 * before anything is opened or sent.
 */
import { inspect } from 'node:util';
import { TroupeError } from '../actors/troupeError.ts';

/** `allowed` ends the sentence "<option> is <what was given>; …". */
export function invalidOption(option: string, given: unknown, allowed: string): TroupeError {
  const text = inspect(given, { depth: 0, breakLength: Infinity, maxStringLength: 60 });
  return new TroupeError('INVALID_OPTION', `${option} is ${text}; ${allowed}.`, { option });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Refuses names that are none of these: most are misspelt. */
export function assertNames(of: string, given: unknown, names: object): void {
  if (!isRecord(given)) {
    throw invalidOption(of, given, `it is an object with ${Object.keys(names).join(', ')}`);
  }
  // Every send comes here: nothing is made unless something is wrong.
  for (const name in given) {
    if (Object.hasOwn(names, name) || given[name] === undefined) continue;
    const known = Object.keys(names);
    const text = `${of} knows no "${name}"; it takes ${known.join(', ')}.`;
    throw new TroupeError('INVALID_OPTION', text, { option: name, known });
  }
}

/** A whole number in a range; absent is as good as right. */
export function assertWhole(option: string, given: unknown, min = 1, max: number = Infinity): void {
  if (given === undefined) return;
  if (Number.isSafeInteger(given) && (given as number) >= min && (given as number) <= max) return;
  const range = max === Infinity ? `${min} or more` : `${min} to ${max}`;
  throw invalidOption(option, given, `it is a whole number, ${range}`);
}

/** As a bound of a list or range: a whole number, or Infinity for none. */
export function assertBound(option: string, given: unknown): void {
  if (given !== Infinity) assertWhole(option, given, 0);
}

export function assertTexts(option: string, given: unknown): void {
  if (given === undefined) return;
  if (Array.isArray(given) && given.every((text) => typeof text === 'string')) return;
  throw invalidOption(option, given, 'it is a list of texts');
}

export function assertOneOf(option: string, given: unknown, allowed: readonly unknown[]): void {
  if (given === undefined || allowed.includes(given)) return;
  throw invalidOption(option, given, `it is ${allowed.map((one) => JSON.stringify(one)).join(' or ')}`);
}

/** Milliseconds; absent is as good as right, and Infinity means never. */
export function assertMs(option: string, given: unknown, min = 0): void {
  if (given === undefined || (typeof given === 'number' && given >= min)) return;
  throw invalidOption(option, given, `it is a number of milliseconds, ${min} or more`);
}

export function assertFunction(option: string, given: unknown, what = 'it is a function'): void {
  if (given !== undefined && typeof given !== 'function') throw invalidOption(option, given, what);
}
