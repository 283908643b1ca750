/**
 * Q3: whoever has a stream open, or gives one, is asked for again who they are.
 */
import { TroupeError } from '../../actors/troupeError.ts';
import { assertCan, isRefused } from './access.ts';
import type { Access, Right } from './access.ts';
import type { Call } from './route.ts';

/** What they may do now; throws what they are told when that is not what it was. */
export async function welcome(
  { desk, incoming, access }: Pick<Call, 'desk' | 'incoming' | 'access'>,
  right: Right,
): Promise<Access> {
  const told = await desk.admit(incoming);
  if (isRefused(told)) throw new TroupeError('UNAUTHORIZED', 'You are not known here any more.', {});
  assertCan(told, right);
  if (JSON.stringify(told.labels ?? {}) !== JSON.stringify(access.labels ?? {})) throw changed();
  return told;
}

export const changed = (): TroupeError =>
  new TroupeError('FORBIDDEN', 'What you may see is not what it was: ask again.', {});
