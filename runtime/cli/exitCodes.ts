/**
 * What a verb's exit code tells scripts: the same for every verb, and shown by `troupe help exit-codes`.
 */
import { isTroupeError } from '../../actors/troupeError.ts';
import type { ErrorCode } from '../../actors/troupeError.ts';

export const exitCodes = {
  ok: { code: 0, about: 'it was done' },
  failed: { code: 1, about: 'something failed; the message has its code' },
  usage: { code: 2, about: 'the command line is not right' },
  notFound: { code: 3, about: 'no such actor, kind or directory, or it was erased' },
  refused: { code: 4, about: 'the actor, or a right that is lacking, refused it; nothing was changed' },
  found: { code: 5, about: 'a check found something: a history, a digest, a replay, the machine' },
  unreachable: { code: 6, about: 'no owner, no server, or not in time; the same call may work later' },
} as const;

const byCode: { readonly [code in ErrorCode]?: number } = {
  INVALID_OPTION: exitCodes.usage.code,
  INVALID_ADDRESS: exitCodes.usage.code,
  NOT_FOUND: exitCodes.notFound.code,
  UNKNOWN_KIND: exitCodes.notFound.code,
  CURSOR_GONE: exitCodes.notFound.code,
  NOT_ACCEPTED: exitCodes.refused.code,
  SEALED: exitCodes.refused.code,
  INVALID_EVENT: exitCodes.refused.code,
  CONFLICT: exitCodes.refused.code,
  ALREADY_ANSWERED: exitCodes.refused.code,
  LEASE_EXPIRED: exitCodes.refused.code,
  QUARANTINED: exitCodes.refused.code,
  UNAUTHORIZED: exitCodes.refused.code,
  FORBIDDEN: exitCodes.refused.code,
  CORRUPT: exitCodes.found.code,
  DIRECTORY_IN_USE: exitCodes.unreachable.code,
  PORT_IN_USE: exitCodes.unreachable.code,
  CLOSED: exitCodes.unreachable.code,
  TIMEOUT: exitCodes.unreachable.code,
  WORKER_LOST: exitCodes.unreachable.code,
};

export function exitCodeOf(error: unknown): number {
  const known = isTroupeError(error) ? byCode[error.code] : undefined;
  return known ?? exitCodes.failed.code;
}
