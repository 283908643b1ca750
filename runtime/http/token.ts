/**
 * A token, compared in a time that does not tell how much of it was right.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { TroupeError } from '../../actors/troupeError.ts';
import type { Access, Admit } from './access.ts';

/** Everybody who has the token, as this access; without a token: everybody. */
export function admitByToken(token: string | undefined, access: Access): Admit {
  if (token === undefined) return () => access;
  const wanted = hashOf(token);
  return (incoming) => {
    const given = /^Bearer +(.+)$/i.exec(incoming.header('authorization') ?? '')?.[1] ?? '';
    if (timingSafeEqual(hashOf(given), wanted)) return access;
    const text = 'The request has no token, or not the right one.';
    throw new TroupeError('UNAUTHORIZED', text, {});
  };
}

/** Of one length, whatever was given. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
