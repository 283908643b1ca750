/** What `erase` was asked for. */
import { invalidOption, isRecord } from './invalidOption.ts';

/** What cannot be undone is done only when it was meant. */
export function erasedOf(what: unknown): 'bodies' | 'history' {
  const [name, more] = isRecord(what) ? Object.keys(what) : [];
  const isMeant = isRecord(what) && more === undefined && name !== undefined && what[name] === true;
  if (isMeant && (name === 'bodies' || name === 'history')) return name;
  throw invalidOption('what to erase', what, 'it is { bodies: true } or { history: true }');
}
