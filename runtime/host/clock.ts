/**
 * Time as a host knows it. Everything of it that waits goes through here, so that a test's clock can make
 * hours pass at once. No wait keeps the process alive: what is unanswered does (link.ts), and the rest is
 * durable.
 */
import { timerMsMax } from '../limits.ts';

/** Calls `work` once after `ms`; the function it gives calls that off. */
export type Wait = (ms: number, work: () => void) => () => void;

export const realWait: Wait = (ms, work) => {
  let timeout: NodeJS.Timeout | undefined;
  const arm = (left: number): void => {
    // Node takes what is longer for 1 ms.
    const later = left > timerMsMax;
    timeout = setTimeout(later ? () => arm(left - timerMsMax) : work, later ? timerMsMax : left);
    timeout.unref();
  };
  arm(ms);
  return () => clearTimeout(timeout);
};
