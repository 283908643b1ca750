/**
 * The server that load is put on, in a process of its own: `node load/site/server.ts <directory> [settings]`.
 * What only an application inside can do it does when its parent asks: it streams, and says what it holds.
 */
import { closeAtSignals, openServer } from '../../runtime/http.ts';
import { openTroupe } from '../../runtime/index.ts';
import type { Limits } from '../../runtime/index.ts';
import { collectGarbage } from '../measure.ts';
import { leak } from './leaking.ts';
import type * as served from './served.ts';
import { stream } from './streaming.ts';
import type { Streaming } from './streaming.ts';

/** What a load needs to be otherwise than by default. */
export interface Settings {
  readonly limits?: Partial<Limits>;
  /** So many streams may be open. */
  readonly streams?: number;
  /** Requests may start processes. */
  readonly launch?: true;
}

export type Asked =
  | ({ readonly op: 'stream' } & Streaming)
  | { readonly op: 'held' }
  | { readonly op: 'restarts' };

/** What the server's main thread holds when its garbage is gone, and what its runtime counts. */
export interface Held {
  readonly heapBytes: number;
  readonly restarts: number;
  readonly residents: number;
  readonly failures: number;
  /** Facts that subscribers have not taken yet. */
  readonly unread: number;
}

export type Answered = { readonly n: number; readonly value?: unknown; readonly failed?: string };

const [directory = '', given = '{}'] = process.argv.slice(2);
const { limits = {}, streams, launch } = JSON.parse(given) as Settings;
leak(Number(process.env['LOAD_LEAK_BYTES'] ?? 0));
const troupe = await openTroupe<typeof served>({
  directory,
  actors: new URL('./served.ts', import.meta.url),
  workers: 1,
  limits,
});
const server = await openServer(troupe, {
  closeMs: 60_000,
  can: ['read', 'send', 'answer', ...(launch === true ? (['launch'] as const) : [])],
  ...(streams !== undefined && { limits: { streams } }),
});
const { closed } = closeAtSignals(server, troupe);
// Nobody is there any more to end it.
const orphaned = (): boolean => process.kill(process.pid, 'SIGTERM');
process.once('disconnect', orphaned);

process.on('message', ({ n, asked }: { readonly n: number; readonly asked: Asked }) => {
  answer(asked).then(
    (value) => tell({ n, value }),
    (error: unknown) => tell({ n, failed: String(error) }),
  );
});
tell({ n: 0, value: server.url });
await closed;
process.off('disconnect', orphaned);
if (process.connected) process.disconnect();

async function answer(asked: Asked): Promise<Held | number | undefined> {
  if (asked.op === 'held') return held();
  if (asked.op === 'restarts') return (await troupe.stats()).workers.reduce(plusRestarts, 0);
  await stream((id) => troupe.actor('speaker', id), asked);
  return undefined;
}

async function held(): Promise<Held> {
  const { workers, failures, subscriptions } = await troupe.stats();
  // Of a heap with room nobody can tell what is held from what is not collected yet.
  collectGarbage();
  return {
    heapBytes: process.memoryUsage().heapUsed,
    restarts: workers.reduce(plusRestarts, 0),
    residents: workers.reduce((sum, { actors = 0 }) => sum + actors, 0),
    failures,
    unread: subscriptions.facts,
  };
}

function plusRestarts(sum: number, { restarts }: { readonly restarts: number }): number {
  return sum + restarts;
}

function tell(answered: Answered): void {
  process.send?.(answered);
}
