/**
 * Labels as a caller gives them: checked and copied at once, because a caller without types gives anything,
 * and may change what it gave. How many there may be, and how long, the host knows (refusals.ts).
 */
import { TroupeError } from '../actors/troupeError.ts';
import type { Labels } from './protocol.ts';

/** A copy; null takes a label away. */
export function labelsOf(address: string, labels: unknown): Labels {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) throw refused(address, '');
  const entries = Object.entries(labels) as [string, unknown][];
  for (const [name, value] of entries) {
    const isValue = value === null || (typeof value === 'string' && value.isWellFormed());
    if (!isValue || !name.isWellFormed() || name === '__proto__') throw refused(address, name);
  }
  return Object.fromEntries(entries) as Labels; // Just checked.
}

function refused(address: string, name: string): TroupeError {
  const text = 'Labels are an object of texts, names and values without half characters.';
  return new TroupeError('INVALID_EVENT', text, { address, name: name.slice(0, 100).toWellFormed() });
}
