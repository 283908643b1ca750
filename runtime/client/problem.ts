/**
 * Answers that are refusals: RFC 9457 problems as the errors that they were on the other side.
 */
import type { ErrorCode, TroupeError } from '../../actors/troupeError.ts';
import { refusal } from './refusal.ts';
import { revived } from './revived.ts';

interface Problem {
  readonly status: number;
  readonly code?: ErrorCode;
  readonly detail: string;
  readonly retryable: boolean;
  readonly details?: object;
}

/** What a problem (RFC 9457) stands for; `status` is told among the details. */
export function refusalOf(text: string, status: number, retryAfter?: string | null): TroupeError {
  const { code, detail, retryable, details, ...rest } = problemIn(text);
  if (code === undefined) return refusal('UNREACHABLE', `The server answered ${status}.`, { status }, true);
  const more = revived(details ?? {}) as object;
  const pause = retryAfter ? { retryAfterMs: Number(retryAfter) * 1000 } : {};
  return refusal(code, detail, { ...more, status: rest.status, ...pause }, retryable);
}

/** What stands between may answer in any words. */
function problemIn(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return { status: 0, detail: text, retryable: true };
  }
}

/** Whether the same call may be answered in a moment: nobody was there, or nobody had room. */
export function isPassing({ code, details }: TroupeError): boolean {
  const { status } = details as { readonly status?: number };
  if (code === 'UNREACHABLE') return status === undefined || status >= 500;
  // Room in a mailbox is the caller's to wait for, and what is waited for has a time of its own.
  return (status === 429 && code !== 'MAILBOX_FULL') || (status === 503 && code !== 'TIMEOUT');
}
