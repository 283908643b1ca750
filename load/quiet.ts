/**
 * Whether a machine is quiet enough for figures: `npm run bench` measures nothing on a busy one unless it is
 * told to, and what was measured on one all the same says so for as long as it is shown.
 */
import { loadavg } from 'node:os';

/** Processes that wanted to run, on average of the last minute; a benchmark of its own makes some two. */
export const busyLoad = 3;

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
