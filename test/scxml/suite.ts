/**
 * The cases of @scion-scxml/test-framework: pairs of a document and the configurations it has to be in, first
 * and after each event. Those of the W3C have no events of their own, or one that only asks where it stands:
 * they have to come to `pass`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { convert } from './convert.ts';
import type { Converted } from './convert.ts';
import { nameOf } from './content.ts';

interface Fixture {
  readonly initialConfiguration: readonly string[];
  readonly events: readonly {
    /** Milliseconds before it. */
    readonly after?: number;
    readonly event: { readonly name: string };
    readonly nextConfiguration: readonly string[];
  }[];
}

export interface Sent {
  readonly afterMs: number;
  readonly type: string;
}

export interface SuiteCase {
  readonly title: string;
  readonly sends: readonly Sent[];
  /** At the beginning and after each send; of the W3C's only the last, as in XState's own run of them. */
  readonly expected: readonly (readonly string[])[];
  converted(): Converted;
}

const framework = createRequire(import.meta.url).resolve('@scion-scxml/test-framework/package.json');
const directory = join(dirname(framework), 'test');

/** A configuration as its leaf states, sorted. */
export const configuration = (ids: readonly string[]): string[] => ids.map(nameOf).toSorted();

export function suite(): SuiteCase[] {
  const groups = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return groups.flatMap(({ name }) => casesIn(name));
}

function casesIn(group: string): SuiteCase[] {
  const files = readdirSync(join(directory, group));
  const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
  return names.filter((name) => files.includes(`${name}.scxml`)).map((name) => caseOf(group, name));
}

function caseOf(group: string, name: string): SuiteCase {
  const read = (file: string): string => readFileSync(join(directory, group, file), 'utf8');
  const { initialConfiguration, events } = JSON.parse(read(`${name}.json`)) as Fixture;
  const sends = events.map(({ after = 0, event }) => ({ afterMs: after, type: event.name }));
  const all = [initialConfiguration, ...events.map((event) => event.nextConfiguration)].map(configuration);
  return {
    title: `${group}/${name.replace('.txml', '')}`,
    sends,
    expected: group === 'w3c-ecma' ? all.slice(-1) : all,
    converted: () => convert(read(`${name}.scxml`), { events: sends.map(({ type }) => type), read }),
  };
}
