/** Older values out of newer ones, as a bundle says what was different; the newer ones stay as they are. */
import type { Delta } from './bundled.ts';

export function patched(value: unknown, delta: Delta): unknown {
  if (delta[0] === 'was') return delta[1];
  if (delta[0] === 'cut') return (value as string | readonly unknown[]).slice(0, delta[1]);
  const [, fields, length] = delta;
  const had = (name: string): unknown => (value as Readonly<Record<string, unknown>>)[name];
  if (Array.isArray(value)) {
    const list: unknown[] = value.slice(0, length);
    for (const [i, one] of Object.entries(fields)) list[Number(i)] = one && patched(list[Number(i)], one);
    return list;
  }
  // Entries, not assignments: a field may be called __proto__.
  const entries = new Map(Object.entries(value as object));
  for (const [name, one] of Object.entries(fields)) {
    if (one === null) entries.delete(name);
    else entries.set(name, patched(had(name), one));
  }
  return Object.fromEntries(entries);
}
