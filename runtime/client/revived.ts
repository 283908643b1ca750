/**
 * What JSON has no word for, both ways: answers hold it tagged (`{ "$date": … }`), and what is sent must not
 * hold it, because a server takes JSON as it is.
 */
import { refusal } from './refusal.ts';

type Fields = Record<string, unknown>;

/** Tagged values are nearly never there: a text without any costs one search. */
export function parsed(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return text.includes('"$') ? revived(value) : value;
}

export function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== 'object' || value === null) return value;
  const [name = '', second] = Object.keys(value);
  const held = (value as Fields)[name];
  if (second === undefined) {
    if (name === '$plain') return fieldsOf(held as Fields);
    if (name === '$date') return new Date((held as string | null) ?? NaN);
    if (name === '$bigint') return BigInt(held as string);
    if (name === '$number') return Number(held);
    if (name === '$bytes') return Uint8Array.from(atob(held as string), (char) => char.charCodeAt(0));
    if (name === '$map') return new Map(revived(held) as [unknown, unknown][]);
    if (name === '$set') return new Set(revived(held) as unknown[]);
  }
  return fieldsOf(value as Fields);
}

function fieldsOf(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, revived(field)]));
}

/** Throws `NOT_STORABLE` for what would arrive as something else. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, function (this: Fields, name: string, told: unknown) {
    const held = this[name];
    const isPlain =
      typeof held === 'object'
        ? held === null || Array.isArray(held) || Object.prototype.toString.call(held) === '[object Object]'
        : typeof held === 'number'
          ? Number.isFinite(held)
          : !/bigint|function|symbol/.test(typeof held);
    if (isPlain) return told;
    const text = `"${name}" is nothing that JSON has a word for.`;
    throw refusal('NOT_STORABLE', text, { path: name });
  });
}
