/**
 * The one error of Troupe: a stable code, what happened and what to do, and whether a retry can help.
 * It is known by `isTroupeError`, never by instanceof (two copies of the package may be loaded), and it
 * crosses threads as a plain value (`outcomeOf` / `errorOf`), because class and code are lost there.
 */

export const errorCodes = {
  NOT_ACCEPTED: { retryable: false },
  NOT_FOUND: { retryable: false },
  SEALED: { retryable: false },
  INVALID_EVENT: { retryable: false },
  INVALID_ADDRESS: { retryable: false },
  INVALID_OPTION: { retryable: false },
  NOT_STORABLE: { retryable: false },
  ACTORS_NOT_LOADED: { retryable: false },
  UNKNOWN_KIND: { retryable: false },
  MACHINE_FAILED: { retryable: false },
  UNSUPPORTED: { retryable: false },
  MAILBOX_FULL: { retryable: true },
  CONFLICT: { retryable: false },
  FENCED: { retryable: false },
  DIRECTORY_IN_USE: { retryable: true },
  PORT_IN_USE: { retryable: true },
  DEFINITION_MISMATCH: { retryable: false },
  CORRUPT: { retryable: false },
  JOURNAL_FULL: { retryable: true },
  JOURNAL_FAILED: { retryable: false },
  TOO_LARGE: { retryable: false },
  WORKER_LOST: { retryable: true },
  START_FAILED: { retryable: false },
  PTY_UNAVAILABLE: { retryable: false },
  PROCESS_LOST: { retryable: false },
  QUARANTINED: { retryable: false },
  CLOSED: { retryable: false },
  TIMEOUT: { retryable: true },
  ABORTED: { retryable: false },
  ALREADY_ANSWERED: { retryable: false },
  CURSOR_GONE: { retryable: false },
  LEASE_EXPIRED: { retryable: false },
  INVALID_REQUEST: { retryable: false },
  UNAUTHORIZED: { retryable: false },
  FORBIDDEN: { retryable: false },
  TOO_MANY_REQUESTS: { retryable: true },
  UNREACHABLE: { retryable: true },
} as const satisfies Record<string, { readonly retryable: boolean }>;

/** docs/ERRORS.md says what each one means, and what helps. */
export type ErrorCode = keyof typeof errorCodes;
/** What an error says for programs. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** A failed outcome as plain data: what travels between threads and over HTTP. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

const brand = Symbol.for('troupe.error');

/** A coded error; see docs/ERRORS.md for every code. */
export class TroupeError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: ErrorDetails;
  readonly [brand] = true;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TroupeError';
    this.code = code;
    this.retryable = errorCodes[code].retryable;
    this.details = details;
  }
}

/** Whether `error` is Troupe's, of any copy of the package, and has this code if one is given. */
export function isTroupeError(error: unknown, code?: ErrorCode): error is TroupeError {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false;
  return code === undefined || (error as TroupeError).code === code;
}

/** The error as a value that survives a thread boundary; a foreign one keeps its message under `fallback`. */
export function outcomeOf(error: unknown, fallback: ErrorCode = 'MACHINE_FAILED'): Refusal {
  if (isTroupeError(error)) return { code: error.code, message: error.message, details: error.details };
  return { code: fallback, message: messageOf(error), details: {} };
}

/** In words, whatever was thrown: some things have none, and some throw when they are asked. */
function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'something was thrown that has no words';
  }
}

/** The error a refusal stands for, on this side of the thread boundary. */
export function errorOf(refusal: Refusal): TroupeError {
  return new TroupeError(refusal.code, refusal.message, refusal.details);
}
