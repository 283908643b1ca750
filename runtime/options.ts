/**
 * What openTroupe takes, and what it comes to: every default in one place, contradictions refused by name.
 */
import type { ResourceLimits } from 'node:worker_threads';
import { TroupeError } from '../actors/troupeError.ts';
import type { JournalOptions } from '../storage/open.ts';
import { moduleUrlOf } from './actorsModule.ts';
import { assertOptions } from './assertOptions.ts';
import type { BeforeSend } from './beforeSend.ts';
import type { AnyDefinition } from './definition.ts';
import type { Effects } from './effects.ts';
import { realWait } from './host/clock.ts';
import type { Wait } from './host/clock.ts';
import { limitsOf } from './limits.ts';
import type { Limits } from './limits.ts';
import { silent } from './logger.ts';
import type { Logger } from './logger.ts';
import type { SpawnHost } from './processHost/launch.ts';
import type { RetentionOptions } from './retention.ts';
import type { OwnEngineOptions } from './runProcess/ownEngines.ts';

export type MemoryJournalOptions = Extract<JournalOptions, { readonly kind: 'memory' }>;

/** Where time comes from, and timers. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `work` once after `ms`; the function it gives calls that off. Absent: real time. */
  wait?(ms: number, work: () => void): () => void;
}

export interface Options extends BeforeSend {
  /** Where histories are kept. */
  readonly directory?: string;
  /** Instead of a directory: gone with the process, or with `memory`. */
  readonly journal?: MemoryJournalOptions;
  /** What an `invoke` runs that the machine does not implement: here, in this thread. */
  readonly effects?: Effects;
  /** Engines of your own, by the names that `run.start({ engine, launch })` gives. */
  readonly engines?: OwnEngineOptions;
  /** What the host takes for the time; only in this thread. */
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly limits?: Partial<Limits>;
  /** Labels, four at most, that usage is told apart by, beside model and engine; see `troupe.usage`. */
  readonly indexLabels?: readonly string[];
  /** After how many days what has ended goes by itself; absent: never. Counters of usage stay. */
  readonly retention?: RetentionOptions;
  /** Memory of each worker, as `node:worker_threads` has it. */
  readonly resourceLimits?: ResourceLimits;
  /**
   * Starts the process that owns all children, where this program cannot start itself as Node again: in
   * Electron, `(path, args) => utilityProcess.fork(path, args)`. Absent: this Node.
   */
  readonly spawnHost?: SpawnHost;
}

/** Definitions as values: hosted in this thread. */
export interface ValueOptions<A extends readonly AnyDefinition[]> extends Options {
  readonly actors: A;
  readonly workers?: 0;
}

/** Definitions as a module: loaded in every worker; `workers: 0` loads it in this thread. */
export interface ModuleOptions extends Options {
  readonly actors?: URL | string;
  readonly workers?: number;
}

export type AnyOptions = ValueOptions<readonly AnyDefinition[]> | ModuleOptions;

/** The options with their defaults, without contradictions. */
export interface Plan {
  readonly medium: { readonly directory: string; readonly readOnly?: boolean } | MemoryJournalOptions;
  /** As openReading has it: its host runs nothing. */
  readonly isReadOnly: boolean;
  readonly actors: readonly AnyDefinition[] | string | undefined;
  readonly workers: number;
  readonly effects: Effects;
  readonly engines: OwnEngineOptions;
  readonly clock: Clock | undefined;
  readonly now: () => number;
  readonly wait: Wait;
  readonly logger: Logger;
  readonly limits: Limits;
  readonly indexLabels: readonly string[];
  readonly retention: RetentionOptions;
  readonly resourceLimits: ResourceLimits | undefined;
  readonly beforeSend: BeforeSend;
  readonly spawnHost: SpawnHost | undefined;
}

export function planOf(options: AnyOptions): Plan {
  assertOptions(options);
  const { directory, journal, actors, effects = {}, clock, logger = silent, resourceLimits } = options;
  const { price, redact } = options;
  if ((directory === undefined) === (journal === undefined)) {
    throw refused(
      'directory',
      "Say where histories are kept: either directory: '…' or journal: { kind: 'memory' }.",
    );
  }
  const areValues = Array.isArray(actors);
  const workers = options.workers ?? (areValues || journal !== undefined || clock !== undefined ? 0 : 1);
  const pinned = areValues
    ? 'definitions as values'
    : journal === undefined
      ? 'a clock'
      : 'a journal in memory';
  if (workers > 0 && (areValues || journal !== undefined || clock !== undefined)) {
    const text = `${pinned} cannot cross threads: leave workers out, or set it to 0.`;
    throw refused('workers', text[0]?.toUpperCase() + text.slice(1));
  }
  return {
    isReadOnly: false,
    medium: journal ?? { directory: directory ?? '' },
    actors: actors === undefined ? undefined : areValues ? actors : moduleUrlOf(actors as URL | string),
    workers,
    effects,
    engines: options.engines ?? {},
    clock,
    now: clock === undefined ? Date.now : () => clock.now(),
    wait: clock?.wait?.bind(clock) ?? realWait,
    logger,
    limits: limitsOf(options.limits),
    indexLabels: options.indexLabels ?? [],
    retention: options.retention ?? {},
    resourceLimits,
    spawnHost: options.spawnHost,
    beforeSend: { ...(price && { price }), ...(redact && { redact }) },
  };
}

function refused(option: string, text: string): TroupeError {
  return new TroupeError('UNSUPPORTED', text, { option });
}
