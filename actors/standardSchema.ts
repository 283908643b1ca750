/**
 * TypeBox schemas as Standard Schemas (https://standardschema.dev), which is what the runtime checks events
 * with. An issue names the path of what is wrong. Schemas are compiled when first used: most actors use few.
 */
import { Compile } from 'typebox/compile';
import type { TSchema } from 'typebox';

interface Issue {
  readonly message: string;
  readonly path?: readonly PropertyKey[];
}

/** A schema with the face that the runtime knows. */
export interface EventSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    validate(value: unknown): { readonly value: unknown; readonly issues?: undefined } | { issues: Issue[] };
    /** https://standardschema.dev/json-schema; absent: nobody else may say it. */
    readonly jsonSchema?: JsonSchemaFace;
  };
}

interface JsonSchemaFace {
  input(): Record<string, unknown>;
  output(): Record<string, unknown>;
}

/** The value passes as it is: nothing is converted or taken away. */
export function standardOf(schema: TSchema): EventSchema {
  let compiled: ReturnType<typeof Compile> | undefined;
  return standard(
    (value) => {
      compiled ??= Compile(schema);
      if (compiled.Check(value)) return [];
      return compiled
        .Errors(value)
        .map(({ message, instancePath }) => ({ message, path: pathOf(instancePath) }));
    },
    schema as Record<string, unknown>,
  ); // As TypeBox says: a JSON Schema.
}

/** Each schema of a vocabulary. */
export function standardsOf<K extends string>(
  vocabulary: Readonly<Record<K, TSchema>>,
): Readonly<Record<K, EventSchema>> {
  const entries = Object.entries<TSchema>(vocabulary).map(([type, schema]) => [type, standardOf(schema)]);
  return Object.fromEntries(entries) as Record<K, EventSchema>; // The same keys.
}

/** The same for whoever may not say this field: the actor itself sets it. */
export function without(field: string, schema: EventSchema): EventSchema {
  const { properties, ...rest } = schema['~standard'].jsonSchema?.input() ?? {};
  const { [field]: _, ...others } = (properties ?? {}) as Record<string, unknown>;
  return standard(
    (value) => {
      const message = 'only the actor itself says this';
      if (typeof value === 'object' && value !== null && field in value) return [{ message, path: [field] }];
      return schema['~standard'].validate(value).issues ?? [];
    },
    { ...rest, properties: others },
  );
}

/** Of what only a timer of the actor itself says. */
export const refused: EventSchema = standard(() => [
  { message: 'only a timer of the actor itself says this' },
]);

function standard(issuesOf: (value: unknown) => Issue[], jsonSchema?: Record<string, unknown>): EventSchema {
  const validate: EventSchema['~standard']['validate'] = (value) => {
    const issues = issuesOf(value);
    return issues.length === 0 ? { value } : { issues };
  };
  const face = jsonSchema && { jsonSchema: { input: () => jsonSchema, output: () => jsonSchema } };
  return { '~standard': { version: 1, vendor: 'troupe', validate, ...face } };
}

/** A JSON pointer as its parts. */
function pathOf(pointer: string): string[] {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
