/** A run that a signal ends leaves like any other program: what waits for its exit is done. */
import { constants } from 'node:os';

/** From now on: exit code 130 for SIGINT, 143 for SIGTERM, as shells have it. */
export function exitAtSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}
