/**
 * Errors as RFC 9457 problems: our code, the status that fits it, and what the error says.
 */
import { isTroupeError } from '../../actors/troupeError.ts';
import type { ErrorCode } from '../../actors/troupeError.ts';
import type { Answer } from './incoming.ts';
import { plain } from './plain.ts';

export const statusOf: Readonly<Record<ErrorCode, number>> = {
  INVALID_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  UNKNOWN_KIND: 404,
  NOT_ACCEPTED: 409,
  CONFLICT: 409,
  ALREADY_ANSWERED: 409,
  LEASE_EXPIRED: 409,
  QUARANTINED: 409,
  SEALED: 410,
  CURSOR_GONE: 410,
  TOO_LARGE: 413,
  INVALID_EVENT: 422,
  INVALID_ADDRESS: 422,
  INVALID_OPTION: 422,
  NOT_STORABLE: 422,
  UNSUPPORTED: 422,
  MAILBOX_FULL: 429,
  TOO_MANY_REQUESTS: 429,
  MACHINE_FAILED: 500,
  ACTORS_NOT_LOADED: 500,
  DEFINITION_MISMATCH: 500,
  CORRUPT: 500,
  START_FAILED: 500,
  PTY_UNAVAILABLE: 500,
  FENCED: 503,
  DIRECTORY_IN_USE: 503,
  PORT_IN_USE: 503,
  JOURNAL_FULL: 503,
  JOURNAL_FAILED: 503,
  WORKER_LOST: 503,
  PROCESS_LOST: 503,
  CLOSED: 503,
  TIMEOUT: 503,
  UNREACHABLE: 503,
  ABORTED: 503,
};

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly details?: unknown;
}

/** Another status than the code's own: requests that no code tells apart. */
const statusKey = 'status';
const retryAfterSeconds = '1';

export function problemOf(error: unknown): Problem {
  if (!isTroupeError(error)) {
    // What it says may hold what nobody outside is to know; the log has it.
    const detail = 'Something went wrong that has no code. The log of the server says what.';
    return {
      type: 'about:blank',
      title: 'INTERNAL',
      status: 500,
      detail,
      code: 'INTERNAL',
      retryable: false,
    };
  }
  const { code, message, retryable, details } = error;
  const { [statusKey]: own, ...rest } = details;
  const status = typeof own === 'number' ? own : statusOf[code];
  const more = Object.keys(rest).length === 0 ? {} : { details: plain(rest) };
  return { type: `urn:troupe:${code}`, title: code, status, detail: message, code, retryable, ...more };
}

/** The answer that an error is; `more` stands beside the problem's own members. */
export function problem(error: unknown, more?: Readonly<Record<string, unknown>>): Answer {
  const told = problemOf(error);
  return {
    status: told.status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(told.retryable && { 'retry-after': retryAfterSeconds }),
      ...(told.status === 401 && { 'www-authenticate': 'Bearer' }),
      ...allowOf(error),
    },
    body: JSON.stringify({ ...told, ...more }),
  };
}

function allowOf(error: unknown): Readonly<Record<string, string>> {
  const allow = isTroupeError(error) ? error.details['allow'] : undefined;
  return typeof allow === 'string' ? { allow } : {};
}
