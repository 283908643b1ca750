/**
 * The end of a process that serves: the first signal closes the server and then the runtime, in good order; a
 * second one hurries.
 */
import type { Server } from './openServer.ts';

/** What is closed when the process is told to end. */
export interface Closing extends Disposable {
  /** Settles when all is closed after a signal; never without one. */
  readonly closed: Promise<void>;
}

export function closeAtSignals(
  server: Pick<Server, 'close' | 'hurry'>,
  troupe: { close(): Promise<void> },
  signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'],
): Closing {
  let [isClosing, settle]: [boolean, ((work: Promise<void>) => void) | undefined] = [false, undefined];
  const closed = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const heard = (): void => {
    if (isClosing) {
      server.hurry();
      return;
    }
    isClosing = true;
    settle?.(ended());
  };
  const dispose = (): void => {
    for (const signal of signals) process.off(signal, heard);
  };
  const ended = async (): Promise<void> => {
    try {
      await server.close();
      await troupe.close();
    } finally {
      dispose();
    }
  };
  for (const signal of signals) process.on(signal, heard);
  return { closed, [Symbol.dispose]: dispose };
}
