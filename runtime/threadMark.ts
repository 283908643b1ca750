/**
 * Which thread works on a breadcrumb (host/breadcrumb.ts leaves the last word of it free): the one way to
 * know it when a start never returned.
 */

const markAt = 1020 / 4;

/** 0 while no thread has begun. */
export function threadOf(breadcrumb: SharedArrayBuffer): number {
  return Atomics.load(new Int32Array(breadcrumb), markAt);
}

export function markThread(breadcrumb: SharedArrayBuffer, thread: number): void {
  Atomics.store(new Int32Array(breadcrumb), markAt, thread);
}
