/**
 * Labels as a caller gives them: checked and copied at once, because a caller without types gives anything,
 * and may change what it gave. How many there may be, and how long, the host knows (refusals.ts).
 */
import { invalidOption, isRecord } from './invalidOption.ts';
import type { Labels } from './protocol.ts';

const allowed = 'names and values are texts without half characters; null takes one away, with label()';

/** A copy. */
export function labelsOf(labels: unknown, mayTakeAway: boolean): Labels {
  if (!isRecord(labels)) throw invalidOption('labels', labels, `it is an object; ${allowed}`);
  const entries = Object.entries(labels);
  for (const [name, value] of entries) {
    const isValue = (value === null && mayTakeAway) || (typeof value === 'string' && value.isWellFormed());
    if (!isValue || !name.isWellFormed() || name === '__proto__')
      throw invalidOption(`labels["${name.slice(0, 100).toWellFormed()}"]`, value, allowed);
  }
  return Object.fromEntries(entries) as Labels; // Just checked.
}
