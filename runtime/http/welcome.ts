/**
 * Q3: whoever has a stream open, or gives one, is asked for again who they are.
 */
import { TroupeError } from '../../actors/troupeError.ts';
import { assertCan, isRefused } from './access.ts';
import type { Access, Right } from './access.ts';
import type { Call } from './route.ts';

/** Throws what they are told when what they may do, or see, is not what it was. */
export async function assertWelcome(
  { desk, incoming, access }: Pick<Call, 'desk' | 'incoming' | 'access'>,
  right: Right,
  isVisible?: (access: Access) => Promise<boolean>,
): Promise<void> {
  const told = await desk.admit(incoming);
  if (isRefused(told)) throw new TroupeError('UNAUTHORIZED', 'You are not known here any more.', {});
  assertCan(told, right);
  if (JSON.stringify(told.labels ?? {}) !== JSON.stringify(access.labels ?? {})) throw changed();
  if ((await isVisible?.(told)) === false) throw changed();
}

const changed = (): TroupeError =>
  new TroupeError('FORBIDDEN', 'What you may see is not what it was: ask again.', {});
