/** What the tests of runs with processes share: runtimes, stand-ins for engines, what they heard. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { openTroupe } from '../../../runtime/index.ts';
import type { ModuleOptions, Run, RunStart, Troupe } from '../../../runtime/index.ts';
import type { Act } from './standIn.ts';

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Closed after its test. */
export async function openRuntime(options: ModuleOptions = {}): Promise<Troupe> {
  const directory = options.directory ?? newFolder();
  const troupe = await openTroupe({ ...options, directory });
  onTestFinished(async () => troupe.close());
  return troupe;
}

type Launch = NonNullable<RunStart['launch']>;

interface Entry {
  readonly started?: readonly string[];
  readonly pid?: number;
  readonly key?: number;
  readonly heard?: string;
  readonly deafTo?: string;
}

export const program = fileURLToPath(new URL('standIn.ts', import.meta.url));

/** A program that plays these acts, one list a launch. */
export class StandIn {
  readonly #log: string;
  readonly launch: Launch;

  constructor(...launches: readonly (readonly Act[])[]) {
    const folder = newFolder();
    this.#log = join(folder, 'log');
    writeFileSync(join(folder, 'acts'), JSON.stringify(launches));
    const env = { STAND_IN: join(folder, 'acts'), STAND_IN_LOG: this.#log };
    this.launch = { command: process.execPath, args: [program], env, cwd: tmpdir(), stdio: 'pipe' };
  }

  get entries(): readonly Entry[] {
    if (!existsSync(this.#log)) return [];
    const lines = readFileSync(this.#log, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Entry);
  }

  /** Its arguments, launch by launch. */
  get started(): readonly (readonly string[])[] {
    return this.entries.flatMap(({ started }) => (started === undefined ? [] : [started]));
  }

  get pids(): readonly number[] {
    return this.entries.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** The lines it was told. */
  get heard(): readonly string[] {
    return this.entries.flatMap(({ heard }) => (heard === undefined ? [] : [heard]));
  }
}

/** What was recorded, as far as it has one of these types. */
export async function eventsOf(run: Run, ...types: readonly string[]): Promise<readonly { type: string }[]> {
  const events: { type: string }[] = [];
  for await (const { event } of run.history()) {
    if (types.length === 0 || types.includes(event.type)) events.push(event);
  }
  return events;
}

/** Resolves when the run has an open turn, or `count` that have ended. */
export async function turnsEnded(run: Run, count: number): Promise<void> {
  await run.until(({ context: { book } }) => book.used.turns >= count && book.turnId === null);
}

/** Lines of JSON. */
export const parsed = (lines: readonly string[]): readonly Record<string, unknown>[] =>
  lines.map((line) => JSON.parse(line) as Record<string, unknown>);

// A turn of Claude Code -------------------------------------------------------------------------------------

export const init = (session = 's1'): Act => ({
  say: { type: 'system', subtype: 'init', session_id: session, model: 'opus' },
});

export const says = (id: string, text: string): Act => ({
  say: { type: 'assistant', message: { id, content: [{ type: 'text', text }] } },
});

export const result = (subtype = 'success', more: object = {}): Act => ({
  say: { type: 'result', subtype, total_cost_usd: 0.001, stop_reason: 'end_turn', ...more },
});

export const turn = (id: string, text: string, session = 's1'): readonly Act[] => [
  init(session),
  says(id, text),
  result(),
];
