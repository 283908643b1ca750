/**
 * Looking at sessions: the screens of a runtime and the waits on them, for whoever has a reference, opened
 * when the first is asked for and closed with the runtime.
 */
import { TroupeError } from '../../actors/troupeError.ts';
import { waitersMax } from './limits.ts';
import { Screens } from './screen.ts';
import type { Screen } from './screenOf.ts';
import type { SessionClock, SessionFacts } from './sessionFacts.ts';
import { waitFor } from './waiting.ts';
import type { WaitOptions } from './waiting.ts';
import type { WaitCondition } from './watch.ts';

export class Looks {
  readonly screens = new Screens();
  /** Each has an emulator of its own. */
  #waiting = 0;

  async waitFor(
    session: SessionFacts & SessionClock,
    condition: WaitCondition,
    options?: WaitOptions,
  ): Promise<Screen> {
    if (this.#waiting >= waitersMax) throw tooMany();
    this.#waiting += 1;
    try {
      return await waitFor(session, this.screens, condition, options);
    } finally {
      this.#waiting -= 1;
    }
  }

  close(): void {
    this.screens.close();
  }
}

function tooMany(): TroupeError {
  const text = `${waitersMax} waits on screens are running; each has a screen of its own. Wait again later.`;
  return new TroupeError('TOO_MANY_REQUESTS', text, { max: waitersMax });
}
