/**
 * A query string as the values that a route's schema names. Lists are repeated or split at commas, objects
 * are `labels[team]=core` (OpenAPI's deepObject); a name that no schema knows is refused, because a misspelt
 * filter would look like an empty answer.
 */
import type { TObject, TSchema } from 'typebox';
import { TroupeError } from '../../actors/troupeError.ts';
import { checked } from './checked.ts';

type Kinds = Readonly<{ type?: string; items?: { type?: string } }>;

const empty: Readonly<Record<string, unknown>> = {};

/** Throws `INVALID_OPTION`. */
export function queryOf(schema: TObject | undefined, text: string): Readonly<Record<string, unknown>> {
  if (schema === undefined && text === '') return empty;
  const properties: Readonly<Record<string, TSchema>> = schema?.properties ?? {};
  const query: Record<string, unknown> = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const { name, field } = namedBy(key);
    const kinds = Object.hasOwn(properties, name) ? (properties[name] as Kinds) : undefined;
    if (kinds === undefined || (kinds.type === 'object') !== (field !== undefined)) {
      throw unknown(key, Object.keys(properties));
    }
    put(query, name, field, value, kinds);
  }
  if (schema === undefined) return query;
  return checked(schema, query, (path, message) => {
    return new TroupeError('INVALID_OPTION', `${path || 'the query'} ${message}.`, { option: path });
  }) as Readonly<Record<string, unknown>>;
}

function namedBy(key: string): { readonly name: string; readonly field?: string } {
  const { name, field } = /^(?<name>[^[]+)\[(?<field>.+)\]$/.exec(key)?.groups ?? {};
  return name === undefined || field === undefined ? { name: key } : { name, field };
}

function put(
  query: Record<string, unknown>,
  name: string,
  field: string | undefined,
  value: string,
  { type, items }: Kinds,
): void {
  if (field !== undefined) {
    const before = (query[name] ?? {}) as Readonly<Record<string, string>>;
    query[name] = Object.fromEntries([...Object.entries(before), [field, value]]);
  } else if (type === 'array') {
    const before = (query[name] ?? []) as readonly unknown[];
    query[name] = [...before, ...value.split(',').map((item) => valueOf(item, items?.type))];
  } else query[name] = valueOf(value, type);
}

/** As the schema has it; what is none stays text, and the check says so. */
function valueOf(text: string, type: string | undefined): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function unknown(key: string, known: readonly string[]): TroupeError {
  const text = `The query knows no "${key.slice(0, 100)}"; it takes ${known.join(', ') || 'nothing'}.`;
  return new TroupeError('INVALID_OPTION', text, { option: key, known });
}
