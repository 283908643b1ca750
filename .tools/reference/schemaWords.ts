/**
 * A schema in a few words, for a cell of a table.
 */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly not?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema | readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

export function wordsOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.not !== undefined) return 'never: it would be recorded';
  if (schema.anyOf !== undefined) return schema.anyOf.map(wordsOf).join(' or ');
  switch (schema.type) {
    case 'array':
      return listWords(schema);
    case 'object':
      return objectWords(schema);
    case 'string':
      return `text${lengthWords(schema)}`;
    case 'integer':
      return `whole number${rangeWords(schema)}`;
    case 'boolean':
    case 'null':
      return schema.type;
    default:
      return 'any value';
  }
}

function listWords({ items, minItems, maxItems }: Schema): string {
  if (Array.isArray(items)) return `[${(items as readonly Schema[]).map(wordsOf).join(', ')}]`;
  const bounds = boundsWords(minItems, maxItems);
  // No list of schemas, which is a tuple.
  return `list of (${wordsOf((items ?? {}) as Schema)})${bounds === '' ? '' : `, ${bounds}`}`;
}

function objectWords({ properties, patternProperties, required = [] }: Schema): string {
  const [values] = Object.values(patternProperties ?? {});
  if (values !== undefined) return `record of (${wordsOf(values)})`;
  const fields = Object.entries(properties ?? {});
  const named = fields.map(([name, field]) => {
    return `\`${name}${required.includes(name) ? '' : '?'}\`: ${wordsOf(field)}`;
  });
  return `{ ${named.join('; ')} }`;
}

function lengthWords({ minLength, maxLength, pattern }: Schema): string {
  if (pattern !== undefined) return ` like \`${pattern}\``;
  const bounds = boundsWords(minLength, maxLength);
  return bounds === '' ? '' : `, ${bounds} characters`;
}

function rangeWords({ minimum, maximum }: Schema): string {
  const bounds = boundsWords(minimum, maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum);
  return bounds === '' ? '' : `, ${bounds}`;
}

function boundsWords(min: number | undefined, max: number | undefined): string {
  if (max === undefined) return min === undefined ? '' : `≥ ${min}`;
  return min === undefined ? `≤ ${max}` : `${min} to ${max}`;
}
