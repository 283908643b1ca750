/**
 * Standard Schema (https://standardschema.dev), as far as Troupe uses it: TypeBox, zod, valibot and arktype
 * schemas have this face. Only the types are needed, so nothing is imported.
 */

export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    validate(value: unknown): StandardResult | Promise<StandardResult>;
    /** Where the library tells its schemas as JSON Schema too. */
    readonly jsonSchema?: { input(options: { readonly target: 'draft-2020-12' }): object };
  };
}

export type StandardResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What is wrong with `value`, path first; undefined when nothing is. */
export function issueOf(schema: StandardSchema, value: unknown): string | undefined {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) return 'its schema is asynchronous; Troupe checks events at once';
  const [issue] = result.issues ?? [];
  if (issue === undefined) return undefined;
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

/** What it takes, as JSON Schema; undefined where its library has no words for it. */
export function jsonSchemaOf(schema: StandardSchema): unknown {
  try {
    const told = schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' });
    return told && (JSON.parse(JSON.stringify(told)) as unknown);
  } catch {
    // A library throws where JSON Schema cannot say it: whoever asks does without.
    return undefined;
  }
}
