/**
 * Any value of an app as JSON holds it, bounded, and without a throw: contexts hold functions, references to
 * actors, elements of pages, circles. What JSON has no word for is tagged as the API tags it (`$date`,
 * `$map`, `$set`, `$bigint`, `$number`); what cannot be shown is named in brackets.
 */

export const safeLimits = { depth: 8, entries: 200, characters: 10_000 } as const;

type Json = Readonly<Record<string, unknown>>;

export function safeValue(value: unknown): unknown {
  return safe(value, 0, []);
}

function safe(value: unknown, depth: number, above: readonly object[]): unknown {
  try {
    return typeof value === 'object' && value !== null
      ? safeObject(value, depth, above)
      : safePrimitive(value);
  } catch (error) {
    // A getter, a proxy, or an end of a page that is not ours to read.
    return `[unreadable: ${String((error as Partial<Error> | undefined)?.message).slice(0, 100)}]`;
  }
}

function safePrimitive(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return value.length > safeLimits.characters ? cut(value) : value;
    case 'number':
      return Number.isFinite(value) ? value : { $number: String(value) };
    case 'bigint':
      return { $bigint: String(value) };
    case 'function':
      return `[function ${value.name}]`;
    case 'symbol':
      return `[${String(value)}]`;
    default:
      return value;
  }
}

function cut(text: string): string {
  return `${text.slice(0, safeLimits.characters)}… (${text.length} characters)`;
}

function safeObject(value: object, depth: number, above: readonly object[]): unknown {
  if (above.includes(value)) return '[circular]';
  if (value instanceof Date) return { $date: isNaN(+value) ? null : value.toISOString() };
  if (value instanceof Error) return { name: value.name, message: cutIfLong(value.message) };
  const actor = actorIn(value);
  if (actor !== undefined) return `[actor ${actor}]`;
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= safeLimits.depth) return Array.isArray(value) ? '[list]' : '[object]';
  const inner = (one: unknown): unknown => safe(one, depth + 1, [...above, value]);
  if (Array.isArray(value)) return safeList(value, inner);
  if (value instanceof Map) {
    return { $map: safeList([...value], (pair) => (pair as readonly unknown[]).map(inner)) };
  }
  if (value instanceof Set) return { $set: safeList([...value], inner) };
  if (!isPlain(value) && typeof (value as { nodeType?: unknown }).nodeType === 'number') {
    return `[${Object.prototype.toString.call(value).slice(8, -1)}]`;
  }
  return safeFields(value, inner);
}

const cutIfLong = (text: string): string => (text.length > safeLimits.characters ? cut(text) : text);

/** By what every reference to an actor has. */
function actorIn(value: object): string | undefined {
  const { sessionId, send } = value as { readonly sessionId?: unknown; readonly send?: unknown };
  return typeof sessionId === 'string' && typeof send === 'function' ? sessionId : undefined;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function safeList(list: readonly unknown[], inner: (one: unknown) => unknown): readonly unknown[] {
  const shown = list.slice(0, safeLimits.entries).map(inner);
  const left = list.length - shown.length;
  return left > 0 ? [...shown, `[and ${left} more]`] : shown;
}

function safeFields(value: object, inner: (one: unknown) => unknown): Json {
  const names = Object.keys(value);
  const shown = names.slice(0, safeLimits.entries).map((name): [string, unknown] => {
    // Each by itself: one that throws takes the others with it otherwise.
    let field: unknown;
    try {
      field = (value as Json)[name];
    } catch {
      field = '[unreadable]';
    }
    return [name.slice(0, 200), inner(field)];
  });
  const left = names.length - shown.length;
  return Object.fromEntries(left > 0 ? [...shown, ['…', `[and ${left} more]`]] : shown);
}
