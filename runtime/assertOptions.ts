/**
 * The values given to openTroupe, one by one; what they come to together is options.ts.
 */
import { isDefinition } from './definition.ts';
import {
  assertFunction,
  assertNames,
  assertTexts,
  assertWhole,
  invalidOption,
  isRecord,
} from './invalidOption.ts';
import { indexLabelsMax } from './limits.ts';
import type { ModuleOptions } from './options.ts';
import { assertEngines } from './runProcess/ownEngines.ts';
import { slotsMax } from '../storage/limits.ts';

type Named = Readonly<Record<string, unknown>>;

const names: Readonly<Record<keyof ModuleOptions, true>> = {
  directory: true,
  journal: true,
  actors: true,
  workers: true,
  effects: true,
  engines: true,
  price: true,
  redact: true,
  clock: true,
  logger: true,
  limits: true,
  indexLabels: true,
  retention: true,
  resourceLimits: true,
  spawnHost: true,
};
const resourceNames = {
  maxYoungGenerationSizeMb: true,
  maxOldGenerationSizeMb: true,
  codeRangeSizeMb: true,
  stackSizeMb: true,
};

/** Throws `INVALID_OPTION`, which says what is allowed. Limits are looked at in limits.ts. */
export function assertOptions(options: unknown): void {
  assertNames('openTroupe', options, names);
  const { directory, journal, actors, workers, effects, clock, logger, resourceLimits } = options as Named;
  const { price, redact, indexLabels, spawnHost } = options as Named;
  if (directory !== undefined && (typeof directory !== 'string' || directory === '')) {
    throw invalidOption('directory', directory, 'it is the path of a folder, which need not exist yet');
  }
  assertJournal(journal);
  assertActors(actors);
  if (workers !== undefined) assertWhole('workers (0: this thread)', workers, 0, slotsMax);
  assertEffects(effects);
  assertEngines((options as Named)['engines']);
  assertFunction('price', price);
  assertIndexLabels(indexLabels);
  assertFunction('redact', redact);
  assertFunction('spawnHost', spawnHost, 'it is a function: (modulePath, args) => the process it started');
  assertClock(clock);
  assertLogger(logger);
  assertRetention((options as Named)['retention']);
  if (resourceLimits !== undefined) assertNames('resourceLimits', resourceLimits, resourceNames);
}

/** Days may be parts of one. */
function assertRetention(retention: unknown): void {
  if (retention === undefined) return;
  assertNames('retention', retention, { sealedDays: true, digestDays: true });
  for (const [name, days] of Object.entries(retention as Named)) {
    if (days === undefined || (typeof days === 'number' && days > 0)) continue;
    throw invalidOption(`retention.${name}`, days, 'it is a number of days above 0');
  }
}

function assertIndexLabels(labels: unknown): void {
  assertTexts('indexLabels', labels);
  const isFew = labels === undefined || (labels as readonly string[]).length <= indexLabelsMax;
  if (!isFew) throw invalidOption('indexLabels', labels, `they are ${indexLabelsMax} at most`);
}

function assertJournal(journal: unknown): void {
  if (journal === undefined || (isRecord(journal) && journal['kind'] === 'memory')) return;
  const allowed = "it is { kind: 'memory' }; for one on disk give directory instead";
  throw invalidOption('journal', isRecord(journal) ? { ...journal } : journal, allowed);
}

function assertActors(actors: unknown): void {
  if (actors === undefined || actors instanceof URL || (typeof actors === 'string' && actors !== '')) return;
  const allowed =
    'it is a list of what defineActor returns, or the path or URL of a module that exports them';
  if (!Array.isArray(actors)) throw invalidOption('actors', actors, allowed);
  for (const [i, actor] of actors.entries()) {
    if (!isDefinition(actor)) throw invalidOption(`actors[${i}]`, actor, 'it is what defineActor returns');
  }
}

function assertEffects(effects: unknown): void {
  if (effects === undefined) return;
  if (!isRecord(effects)) throw invalidOption('effects', effects, 'it is an object of functions by source');
  for (const [src, effect] of Object.entries(effects)) {
    assertFunction(`effects["${src}"]`, effect ?? null, 'it is a function of { input, signal, … }');
  }
}

function assertClock(clock: unknown): void {
  if (clock === undefined) return;
  // `Date` itself will do.
  const { now, wait } = (clock ?? {}) as { readonly now?: unknown; readonly wait?: unknown };
  if (typeof now !== 'function') throw invalidOption('clock', clock, 'it has a method now()');
  assertFunction('clock.wait', wait, 'it is a function of (ms, work) that returns how to call it off');
}

function assertLogger(logger: unknown): void {
  if (logger === undefined) return;
  const methods = (logger ?? {}) as Named;
  for (const level of ['debug', 'info', 'warn', 'error']) {
    if (typeof methods[level] === 'function') continue;
    throw invalidOption(`logger.${level}`, methods[level], 'a logger has debug, info, warn and error');
  }
}
