/**
 * Waits that keep the process alive: somebody pulls, and what is pulled comes from a thread or a timer
 * that keeps nothing alive by itself. Without it a script that reads a subscription would end in the middle,
 * with "unsettled top-level await". What nobody reads keeps nothing alive.
 */
let waiting = 0;
let hold: NodeJS.Timeout | undefined;

/** As the promise, and the process stays until then. */
export async function awake<T>(wait: Promise<T>): Promise<T> {
  if (waiting++ === 0) hold = setInterval(() => undefined, 2 ** 30);
  try {
    return await wait;
  } finally {
    if (--waiting === 0) clearInterval(hold);
  }
}
