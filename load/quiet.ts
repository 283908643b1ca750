/**
 * Whether a machine is quiet enough for figures. `npm run bench` waits a while until it is, and keeps none of
 * a busy one; `npm run load` and `npm run soak` publish those only when they are told to. What was measured
 * on a busy machine all the same says so for as long as it is shown.
 */
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** Processes that wanted to run, on average of the last minute; a benchmark of its own makes some two. */
export const busyLoad = 3;

/** For so long a benchmark waits for it; the load of the one before it takes most of a minute to go. */
const waitMsMax = 120_000;
/** As often as Linux computes it. */
const lookMs = 5000;

export function loadNow(): number {
  return loadavg()[0] ?? 0;
}

export function isBusy(load: number): boolean {
  return load > busyLoad;
}

/** Undefined: go on. Otherwise why not, and what to do. */
export function refusalOf(load: number, isAllowed: boolean): string | undefined {
  if (!isBusy(load) || isAllowed) return undefined;
  const found = `The load of this machine is ${load.toFixed(1)}; above ${busyLoad} figures mislead.`;
  return `${found} Wait until it is quiet, or measure with --busy, which the page then says.`;
}

/** For beside a figure: empty when the machine was quiet. */
export function warningOf(load: number): string {
  if (!isBusy(load)) return '';
  return `**Measured on a busy machine (load ${load.toFixed(1)}): these figures mislead.**`;
}

/** What the wait is made of; a test has its own. */
export interface Waiting {
  readonly say: (text: string) => void;
  readonly look?: () => number;
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** Looks at the load until the machine is quiet, two minutes at most; gives what it found last. */
export async function untilQuiet({ say, look = loadNow, wait = pause }: Waiting): Promise<number> {
  let load = look();
  if (isBusy(load)) {
    const minutes = waitMsMax / 60_000;
    say(`the load is ${load.toFixed(1)}; waiting for ${busyLoad} or less, ${minutes} minutes at most`);
  }
  for (let waited = 0; isBusy(load) && waited < waitMsMax; waited += lookMs) {
    await wait(lookMs);
    load = look();
  }
  return load;
}

/** Of a benchmark for which the machine did not become quiet. */
export function leftOutOf(load: number): string {
  const found = `left out, the load is still ${load.toFixed(1)}; above ${busyLoad} figures mislead.`;
  return `${found} For a look that is not kept: --busy.`;
}
