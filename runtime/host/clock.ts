/**
 * Time as a host knows it. Everything of it that waits goes through here, so that a test's clock can make
 * hours pass at once. No wait keeps the process alive: what is unanswered does (link.ts), and the rest is
 * durable.
 */

/** Calls `work` once after `ms`; the function it gives calls that off. */
export type Wait = (ms: number, work: () => void) => () => void;

export const realWait: Wait = (ms, work) => {
  const timeout = setTimeout(work, ms);
  timeout.unref();
  return () => clearTimeout(timeout);
};
