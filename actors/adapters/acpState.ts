/**
 * What is remembered of an ACP session: whether what comes is history, and the readings of its counters.
 */
import { startTalk } from './talk.ts';
import type { Talk, Telling } from './talk.ts';

/** Readings of the session's counters, which come apart and are told together. */
export interface AcpCounters {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly costMicroUsd: number;
}

export interface AcpState extends Talk {
  /** What comes is history: of the request with this id, or until any answer. */
  readonly replay: string | true | null;
  readonly counters: AcpCounters;
  readonly isPriced: boolean;
}

export type Acp = Telling<AcpState>;

const nothing: AcpCounters = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, costMicroUsd: 0 };

export function startAcp(source: string): AcpState {
  return { ...startTalk(source), replay: null, counters: nothing, isPriced: false };
}

/** The session's counters go up; what is not told now is as it was. */
export function countersTold(telling: Acp, readings: Partial<AcpCounters>): void {
  const { isPriced, model } = telling.talk;
  const priced = isPriced || readings.costMicroUsd !== undefined;
  telling.set({ counters: { ...telling.talk.counters, ...readings }, isPriced: priced });
  const { costMicroUsd, ...tokens } = telling.talk.counters;
  telling.tell({
    type: 'usage',
    key: telling.mint('usage'),
    model,
    mode: 'cumulative',
    scope: 'process',
    ...tokens,
    ...(priced && { costMicroUsd }),
  });
}
