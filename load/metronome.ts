/**
 * A thread that appends one small commit a beat to a slot of its own, and remembers how long each took: what
 * another thread does to it shows as a long beat.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { joinJournal } from '../storage/index.ts';
import type { JournalShare } from '../storage/index.ts';
import { Crew } from './crew.ts';
import { duration } from './measure.ts';

/** What the thread is started with. */
export interface MetronomeData {
  readonly share: JournalShare;
  readonly slot: number;
  readonly beatMs: number;
}

const { share, slot, beatMs } = workerData as MetronomeData;
const journal = joinJournal(share);
const writer = await journal.writer(slot);
const crew = new Crew(10, 'beat');
let beats: number[] = [];
/** Until the word `end`. */
const life = new AbortController();

// `take` answers with the beats since the last one; `end` closes the journal in this thread.
parentPort?.on('message', (word: 'take' | 'end') => {
  parentPort?.postMessage(beats);
  beats = [];
  if (word === 'end') life.abort();
});

while (!life.signal.aborted) {
  await pause(beatMs);
  const commits = crew.encoded(crew.turn(10));
  beats.push(await duration(async () => writer.append(commits)));
}
await crew.assertStored(journal);
await journal.close();
// A port that listens keeps its thread alive.
parentPort?.close();
