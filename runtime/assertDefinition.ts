/**
 * What is written down in `defineActor`, looked at when it is: what is wrong there would otherwise show when
 * the first actor needs it, or never.
 */
import { addressOf } from '../actors/address.ts';
import type { DefinitionOptions } from './definition.ts';
import {
  assertFunction,
  assertMs,
  assertNames,
  assertWhole,
  invalidOption,
  isRecord,
} from './invalidOption.ts';

type Named = Readonly<Record<string, unknown>>;
type Names<T> = Readonly<Record<keyof T, true>>;

const names: Names<DefinitionOptions<string, never, unknown, unknown>> = {
  kind: true,
  version: true,
  machine: true,
  digest: true,
  coalesce: true,
  commitWindowMs: true,
  passive: true,
  reply: true,
  replyNow: true,
  upcast: true,
  migrate: true,
  row: true,
  cause: true,
  report: true,
  usage: true,
  concludes: true,
  ids: true,
  schemas: true,
  tasks: true,
  drivers: true,
  driverTypes: true,
  idleMs: true,
};
const functions = [
  'coalesce',
  'reply',
  'upcast',
  'migrate',
  'row',
  'cause',
  'report',
  'usage',
  'ids',
] as const;
const policyNames = { attempts: true, backoffMs: true, timeoutMs: true };
const onLost: readonly unknown[] = ['restart', 'error', 'reattach'];

/** Throws `INVALID_OPTION` (`INVALID_ADDRESS` for the kind) and says what is allowed. */
export function assertDefinition(options: unknown): void {
  assertNames('defineActor', options, names);
  const given = options as Named; // As assertNames says.
  if (typeof given['kind'] !== 'string')
    throw invalidOption('kind', given['kind'], "it is a text like 'order'");
  addressOf(given['kind'], 'x');
  if (given['version'] === undefined) throw invalidOption('version', undefined, 'it counts up from 1');
  assertWhole(`the version of "${given['kind']}"`, given['version']);
  assertMachine(given['machine']);
  for (const name of functions) assertFunction(name, given[name]);
  assertDigest(given['digest']);
  assertMs('commitWindowMs', given['commitWindowMs']);
  assertMs('idleMs', given['idleMs']);
  assertTypes('passive', given['passive']);
  assertTypes('replyNow', given['replyNow']);
  assertTypes('driverTypes', given['driverTypes']);
  each('concludes', given['concludes'], (option, hook) => assertFunction(option, hook ?? null));
  each('schemas', given['schemas'], assertSchema);
  each('tasks', given['tasks'], assertPolicy);
  each('drivers', given['drivers'], assertDriver);
}

function assertMachine(machine: unknown): void {
  if (isRecord(machine) && isRecord(machine['root'])) return;
  throw invalidOption('machine', machine, 'it is what setup(…).createMachine(…) or createMachine(…) returns');
}

function assertDigest(digest: unknown): void {
  if (digest === undefined) return;
  if (!isRecord(digest)) throw invalidOption('digest', digest, 'it is { schema, start, fold }');
  assertWhole('digest.schema', digest['schema'] ?? NaN, 0);
  for (const name of ['start', 'fold']) {
    assertFunction(`digest.${name}`, digest[name] ?? null);
  }
  assertFunction('digest.shown', digest['shown']);
}

function assertTypes(option: string, types: unknown): void {
  if (types === undefined) return;
  if (Array.isArray(types) && types.every((type) => typeof type === 'string')) return;
  throw invalidOption(option, types, 'it is a list of event types');
}

function assertSchema(option: string, schema: unknown): void {
  // Some libraries' schemas are functions.
  const face = (schema as { readonly '~standard'?: unknown } | null | undefined)?.['~standard'];
  if (isRecord(face) && typeof face['validate'] === 'function') return;
  const text = 'it is a Standard Schema (zod, valibot, arktype; of TypeBox: standardOf(Type.Object(…)))';
  throw invalidOption(option, schema, text);
}

function assertPolicy(option: string, policy: unknown): void {
  assertNames(option, policy, policyNames);
  const { attempts, backoffMs, timeoutMs } = policy as Named; // As assertNames says.
  if (attempts !== Infinity) assertWhole(`${option}.attempts`, attempts);
  assertMs(`${option}.backoffMs`, backoffMs);
  assertMs(`${option}.timeoutMs`, timeoutMs, 1);
}

function assertDriver(option: string, policy: unknown): void {
  assertNames(option, policy, { onLost: true });
  const given = (policy as Named)['onLost']; // As assertNames says.
  if (!onLost.includes(given)) throw invalidOption(`${option}.onLost`, given, `it is ${onLost.join(', ')}`);
}

function each(option: string, given: unknown, assert: (option: string, value: unknown) => void): void {
  if (given === undefined) return;
  if (!isRecord(given)) throw invalidOption(option, given, 'it is an object by name');
  for (const [name, value] of Object.entries(given)) assert(`${option}["${name}"]`, value);
}
