/**
 * A terminal on a live session: what it shows (runtime/ptySession/attach.ts), and who answers the programs
 * that ask it something. That is the session, with everything it answers in its history, whether somebody
 * looks or not; what an attached terminal would send for the same queries must not be written then. A
 * terminal whose own answers are wanted says `answers`: while one such is attached the session is silent, and
 * whatever the terminal sends is to be written. What is asked in the moment of attaching has no answer,
 * because twice would be worse: nobody waits for the second one, and it is typed to whoever reads next.
 */
import { assertNames } from '../invalidOption.ts';
import type { Opened } from '../opened.ts';
import { attach } from '../ptySession/attach.ts';
import type { Attached, AttachOptions } from '../ptySession/attach.ts';
import type { SessionFacts } from '../ptySession/sessionFacts.ts';

/** How a terminal attaches. */
export interface PtyAttach extends AttachOptions {
  /** This terminal answers what programs ask, and what it sends is written to the session. */
  readonly answers?: boolean;
}

const names: Record<keyof PtyAttach, true> = { answers: true, signal: true };

export async function* attached(
  session: SessionFacts,
  { ptys, looks }: Opened,
  given: PtyAttach = {},
): AsyncGenerator<Attached, void, undefined> {
  assertNames('attach', given, names);
  const { answers = false, ...options } = given;
  const leave = answers ? ptys.answeredByTerminal(session.address) : undefined;
  try {
    yield* attach(session, looks.screens, options);
  } finally {
    leave?.();
  }
}
