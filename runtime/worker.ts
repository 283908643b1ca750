/**
 * What runs in a thread of the pool: joins the journal, imports the user's definitions, and hosts the shards
 * of its slot behind one port. What goes wrong at the start is returned as a value: classes and codes are
 * lost between threads.
 */
import { hostedWith } from './builtIn.ts';
import { threadId } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { outcomeOf } from '../actors/troupeError.ts';
import type { Refusal } from '../actors/troupeError.ts';
import { joinJournal } from '../storage/open.ts';
import type { JournalShare } from '../storage/open.ts';
import { definitionsIn } from './actorsModule.ts';
import { Host } from './host/host.ts';
import type { Limits } from './limits.ts';
import type { Answer } from './protocol.ts';
import { shapesOf } from './shape.ts';
import type { Shape } from './shape.ts';
import { markThread } from './threadMark.ts';
import { answerBatches, unpackRequests } from './wire.ts';

export interface StartTask {
  readonly share: JournalShare;
  readonly slot: number;
  readonly shards: readonly number[];
  /** URL of the actors module; absent: no definitions but the built-in ones. */
  readonly actors: string | undefined;
  readonly limits: Limits;
  readonly indexLabels: readonly string[];
  /** Requests come, and answers go, as packed batches. */
  readonly port: MessagePort;
  readonly breadcrumb: SharedArrayBuffer;
  readonly quarantined: readonly string[];
}

export type StartOutcome = { readonly shapes: readonly Shape[] } | { readonly refusal: Refusal };

/** The task of a thread: it returns once the host is ready, and the host goes on. */
export async function start(task: StartTask): Promise<StartOutcome> {
  markThread(task.breadcrumb, threadId);
  try {
    return { shapes: await hosted(task) };
  } catch (error) {
    return { refusal: outcomeOf(error, 'ACTORS_NOT_LOADED') };
  }
}

async function hosted(task: StartTask): Promise<readonly Shape[]> {
  const { port, actors, limits, indexLabels, slot, shards, breadcrumb, quarantined } = task;
  const definitions = hostedWith(actors === undefined ? [] : await definitionsIn(actors));
  const shapes = shapesOf(definitions);
  const journal = joinJournal(task.share);
  const host = new Host({
    journal,
    writer: await journal.writer(slot),
    definitions,
    shards,
    post: (answers) => posted(port, answers),
    now: Date.now,
    limits,
    indexLabels,
    quarantined,
    breadcrumb,
  });
  await host.start();
  port.on('message', (batch: ArrayBuffer) => host.receive(unpackRequests(batch)));
  return shapes;
}

function posted(port: MessagePort, answers: readonly Answer[]): void {
  for (const batch of answerBatches(answers)) port.postMessage(batch, [batch]);
}
