/**
 * A session on a terminal in the demonstration, one after the other: commands that work, one that fails.
 * Where the library for terminals is not installed, that is told once, and the rest goes on without.
 */
import { isTroupeError } from '../../../actors/troupeError.ts';
import type { Stage } from './crew.ts';

const commands = [
  'echo "Building $(pwd)"',
  'for step in fetch compile link; do echo "$step …"; sleep 1; done',
  'ls -a | head -n 5',
  'cat no-such-file',
  'date',
];
const betweenMs = 1_500;

export async function workOnTerminals({
  troupe,
  conductor,
  labels,
  signal,
  rest,
  ...stage
}: Stage): Promise<void> {
  for (;;) {
    const session = troupe.pty();
    try {
      await session.open(
        { shell: 'sh', parent: conductor.address, labels: { ...labels, team: 'build' } },
        { signal },
      );
    } catch (error) {
      if (!isTroupeError(error, 'PTY_UNAVAILABLE')) throw error;
      stage.note(`No terminals in this demonstration: ${error.message}`);
      return;
    }
    for (const command of commands) {
      await session.exec(command, { signal });
      await rest(betweenMs);
    }
    await session.close({ signal });
    await rest(4 * betweenMs);
  }
}
