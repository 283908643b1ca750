/**
 * Errors of the client: what the server refused, with its code, and what became of a call that had no answer.
 * They are known by `isTroupeError` like the runtime's own; its class would bring all codes into every page.
 */
import type { ErrorCode, ErrorDetails, TroupeError } from '../../actors/troupeError.ts';

const brand = Symbol.for('troupe.error');

/** Of any copy of the package, as the runtime's own `isTroupeError`. */
export function isTroupeError(error: unknown, code?: ErrorCode): error is TroupeError {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false;
  return code === undefined || (error as unknown as TroupeError).code === code;
}

export function refusal(
  code: ErrorCode,
  message: string,
  details: ErrorDetails = {},
  retryable = false,
  cause?: unknown,
): TroupeError {
  const told = {
    name: 'TroupeError',
    code,
    retryable,
    details,
    [brand]: true,
    ...(cause !== undefined && { cause }),
  };
  return Object.assign(new Error(message), told) as unknown as TroupeError; // All of its fields.
}

/** Nothing came back, or something that is no answer of ours: what was sent may have been applied (P4). */
export function unanswered(what: string, cause: unknown, signal?: AbortSignal): TroupeError {
  if (signal?.aborted === true) return aborted(signal);
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  const text = `${what}${why}. What was sent may be applied: send it again with the same id.`;
  return refusal('UNREACHABLE', text, { outcome: 'unknown' }, true, cause);
}

/** As `abortError` of the runtime has it. */
export function aborted({ reason }: AbortSignal): TroupeError {
  const isTimeout = reason instanceof Error && reason.name === 'TimeoutError';
  const text = isTimeout ? 'No answer came in time.' : 'The signal ended the call.';
  return refusal(isTimeout ? 'TIMEOUT' : 'ABORTED', text, { outcome: 'unknown' }, isTimeout, reason);
}
