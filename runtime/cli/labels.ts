/**
 * Labels as a command line has them: `--label team=core`, as often as need be.
 */
import { wrong } from './commandLine.ts';
import type { Flag } from './verb.ts';

export const labelFlag = (about: string): Flag => ({ type: 'texts', value: 'NAME=VALUE', about });

export function labelsIn(given: readonly string[]): Readonly<Record<string, string>> {
  const pairs = given.map((label): readonly [string, string] => {
    const equals = label.indexOf('=');
    if (equals < 1) throw wrong(`--label is NAME=VALUE, not "${label}".`);
    return [label.slice(0, equals), label.slice(equals + 1)];
  });
  return Object.fromEntries(pairs);
}
