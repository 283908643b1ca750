/**
 * A live fleet, for people who look: agents that talk, ask, fail and are tried again, a session on a
 * terminal, and a conductor whose outbox they all report to.
 *   - Ending it ends every actor that it started, so that all of them are sealed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { isTroupeError } from '../../../actors/troupeError.ts';
import type { Run } from '../../run.ts';
import { newId } from '../../newId.ts';
import type { Troupe } from '../../troupe.ts';
import { command } from './agents.ts';
import { conduct } from './conductor.ts';
import { operate } from './operator.ts';
import { workOnTerminals } from './terminals.ts';
import type { Story } from './stories.ts';

export interface Crew {
  /** Ends what works, and seals it; `hurry` waits for nobody. */
  readonly end: () => Promise<void>;
  readonly hurry: () => void;
  /** Rejects when a part of it failed. */
  readonly failed: Promise<never>;
}

/** What one part of the fleet works with. */
export interface Stage {
  readonly troupe: Troupe<unknown>;
  readonly conductor: Run;
  /** Of everything that belongs to this demonstration. */
  readonly labels: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Waits, so many times as long as it is meant for people. */
  readonly rest: (ms: number) => Promise<void>;
  readonly pace: number;
  note(text: string): void;
}

const tasks: readonly (readonly [title: string, story: Story, team: string])[] = [
  ['Check who logs in', 'feature', 'web'],
  ['Move the users over', 'flaky', 'data'],
  ['Review the cache', 'review', 'core'],
  ['Tidy the imports', 'endless', 'core'],
];
const lanes = 3;
const betweenMs = 2_000;
const endMs = 5_000;

export async function openCrew(
  troupe: Troupe<unknown>,
  note: (text: string) => void,
  pace = 1,
): Promise<Crew> {
  const ending = new AbortController();
  const hurrying = new AbortController();
  const session = newId();
  const conductor = troupe.run(`conductor.${session}`);
  const labels = { demo: session };
  await conductor.start({ title: 'Conducts the demonstration', engine: 'demo', labels });
  const { signal } = ending;
  const rest = async (ms: number): Promise<void> => pause(Math.round(ms * pace), undefined, { signal });
  const stage: Stage = { troupe, conductor, labels, signal, rest, pace, note };
  const parts = [
    ...Array.from({ length: lanes }, async (_, lane) => work(stage, lane)),
    workOnTerminals(stage),
    conduct(stage),
    operate(stage),
  ].map(async (part) => untilEnd(part, ending.signal));
  const failed = Promise.race(parts.map(async (part) => part.then(never)));
  // It is told to whoever waits for it; the end tells it, too.
  failed.catch(() => undefined);
  let ended: Promise<void> | undefined;
  const endOnce = async (): Promise<void> => {
    ending.abort();
    await Promise.race([Promise.allSettled(parts), aborted(hurrying.signal)]);
    if (!hurrying.signal.aborted)
      await sealAll(stage, AbortSignal.any([hurrying.signal, AbortSignal.timeout(endMs)]));
  };
  const end = async (): Promise<void> => (ended ??= endOnce());
  return { end, hurry: () => hurrying.abort(), failed };
}

/** One run after the other, each from another task. */
async function work(stage: Stage, lane: number): Promise<void> {
  const { signal, rest } = stage;
  await rest(lane * 1_500);
  for (let round = lane; ; round++) {
    const [title, story, team] = tasks[round % tasks.length] ?? ['', 'feature', ''];
    const run = await launch(stage, { title, story, team });
    const { cause } = await run.result({ signal });
    if (cause === 'crashed') {
      const again = await launch(stage, {
        title: `${title} (again)`,
        story: 'retried',
        team,
        continues: run.address,
      });
      await again.result({ signal });
    }
    await rest(betweenMs);
  }
}

async function launch(
  { troupe, conductor, labels, pace }: Stage,
  { title, story, team, ...more }: { title: string; story: Story; team: string; continues?: string },
): Promise<Run> {
  const run = troupe.run();
  await run.start({
    title,
    parent: conductor.address,
    engine: 'demo',
    model: 'demo-large',
    labels: { ...labels, team, story },
    launch: { command, args: [story, String(pace)], stdio: 'pipe' },
    ...more,
  });
  return run;
}

/** What still lives is stopped, the conductor last: the others report to it. */
async function sealAll({ troupe, conductor, labels }: Stage, signal: AbortSignal): Promise<void> {
  try {
    const stopped: Promise<unknown>[] = [];
    for await (const { address, kind, id } of troupe.list({ labels, status: 'live' })) {
      if (kind === 'run' && address !== conductor.address) stopped.push(stop(troupe.run(id), signal));
      if (kind === 'pty') stopped.push(troupe.pty(id).close({ signal }));
    }
    await Promise.all(stopped);
    await conductor.end({ cause: 'completed', result: { text: 'The demonstration was ended.' } }, { signal });
    await troupe.outbox(conductor.address.slice('run/'.length)).seal();
  } catch (error) {
    // Out of time, or hurried: what is left is not lost, and goes on or ends at the next open.
    if (!signal.aborted) throw error;
  }
}

async function stop(run: Run, signal: AbortSignal): Promise<void> {
  try {
    await run.stop({ by: 'demo', reason: 'The demonstration was ended.', drainMs: 1_000 }, { signal });
    await run.result({ signal });
  } catch (error) {
    // It ended by itself meanwhile, or was told to before.
    if (!isTroupeError(error, 'SEALED') && !isTroupeError(error, 'NOT_ACCEPTED')) throw error;
  }
}

/** A part ends when all of it ends; another end is a failure. */
async function untilEnd(part: Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await part;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function never(): Promise<never> {
  return new Promise(() => undefined);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return undefined;
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
