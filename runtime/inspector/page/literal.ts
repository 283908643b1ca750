/**
 * Values of the API as TypeScript writes them: what it tags because JSON has no word for it (dates, bytes,
 * maps, …) is made anew.
 */

type Make = (value: unknown, indent: string) => string;

const tagged: Readonly<Record<string, Make>> = {
  $date: (value) => `new Date(${value === null ? 'NaN' : JSON.stringify(value)})`,
  $bytes: (value) => `new Uint8Array(Buffer.from(${JSON.stringify(value)}, 'base64'))`,
  $bigint: (value) => `${String(value)}n`,
  $map: (value, indent) => `new Map(${literalOf(value, indent)})`,
  $set: (value, indent) => `new Set(${literalOf(value, indent)})`,
  $number: (value) => `Number(${JSON.stringify(value)})`,
  $plain: (value, indent) => objectOf(value as object, indent),
};

const widthMax = 90;

export function literalOf(value: unknown, indent = ''): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return textOf(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    const items = (deeper: string): string[] => value.map((item) => literalOf(item, deeper));
    return wrapped('[', items, ']', indent);
  }
  const [first, second] = Object.entries(value);
  const make = first !== undefined && second === undefined ? tagged[first[0]] : undefined;
  return make === undefined ? objectOf(value, indent) : make(first?.[1], indent);
}

function objectOf(value: object, indent: string): string {
  const fields = (deeper: string): string[] =>
    Object.entries(value).map(([name, field]) => `${nameOf(name)}: ${literalOf(field, deeper)}`);
  return wrapped('{ ', fields, ' }', indent);
}

/** In one line where it fits. */
function wrapped(open: string, parts: (deeper: string) => string[], close: string, indent: string): string {
  const inline = parts(indent);
  if (inline.length === 0) return open.trim() + close.trim();
  const line = `${open}${inline.join(', ')}${close}`;
  if (indent.length + line.length <= widthMax && !line.includes('\n')) return line;
  const deeper = `${indent}  `;
  const lines = parts(deeper).map((part) => `${deeper}${part},\n`);
  return `${open.trim()}\n${lines.join('')}${indent}${close.trim()}`;
}

/** `__proto__` as a name would be no name. */
const nameOf = (name: string): string =>
  name === '__proto__' ? '["__proto__"]' : /^[A-Za-z_$][\w$]*$/.test(name) ? name : textOf(name);

function textOf(text: string): string {
  const inside = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inside}'`;
}
