/**
 * The vocabulary as Standard Schemas (https://standardschema.dev), which is what the runtime checks events
 * with. An issue names the path of what is wrong. Schemas are compiled when first used: most runs use few.
 */
import { Compile } from 'typebox/compile';
import type { TSchema } from 'typebox';
import { timerTypes, vocabulary } from './vocabulary.ts';
import type { RunEventType, TimerType } from './vocabulary.ts';

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
  };
}

/** A TypeBox schema as a Standard Schema. The value passes as it is: nothing is converted or taken away. */
export function standardOf(schema: TSchema): EventSchema {
  let compiled: ReturnType<typeof Compile> | undefined;
  return standard((value) => {
    compiled ??= Compile(schema);
    if (compiled.Check(value)) return [];
    return compiled
      .Errors(value)
      .map(({ message, instancePath }) => ({ message, path: pathOf(instancePath) }));
  });
}

const refused = standard(() => [{ message: 'only a timer of the run itself says this' }]);

function standard(issuesOf: (value: unknown) => Issue[]): EventSchema {
  const validate: EventSchema['~standard']['validate'] = (value) => {
    const issues = issuesOf(value);
    return issues.length === 0 ? { value } : { issues };
  };
  return { '~standard': { version: 1, vendor: 'troupe', validate } };
}

/** A JSON pointer as its parts. */
function pathOf(pointer: string): string[] {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** By event type; what only timers say is refused from anybody else. */
export const schemas: Readonly<Record<RunEventType | TimerType, EventSchema>> = {
  ...mapped(vocabulary),
  ...(Object.fromEntries(timerTypes.map((type) => [type, refused])) as Record<TimerType, EventSchema>),
};

function mapped<K extends string>(given: Readonly<Record<K, TSchema>>): Record<K, EventSchema> {
  const entries = Object.entries<TSchema>(given).map(([type, schema]) => [type, standardOf(schema)]);
  return Object.fromEntries(entries) as Record<K, EventSchema>; // The same keys.
}
