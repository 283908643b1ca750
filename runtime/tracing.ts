/**
 * Tracing channels of `node:diagnostics_channel`, for whoever measures or debugs from outside:
 * `tracing:troupe.send`, `.commit`, `.effect`, `.timer` (its start only) and `.recovery`. A channel without
 * subscribers costs one look. What happens in a worker is told in that worker: subscribe there (in the actors
 * module), or host with `workers: 0`.
 */
import { tracingChannel } from 'node:diagnostics_channel';

type Context = Readonly<Record<string, unknown>>;

export const traces = {
  send: tracingChannel<unknown, Context>('troupe.send'),
  commit: tracingChannel<unknown, Context>('troupe.commit'),
  effect: tracingChannel<unknown, Context>('troupe.effect'),
  timer: tracingChannel<unknown, Context>('troupe.timer'),
  recovery: tracingChannel<unknown, Context>('troupe.recovery'),
};

/** The work, told to whoever listens. */
export async function traced<T>(
  name: keyof typeof traces,
  work: () => PromiseLike<T>,
  context: () => Context,
): Promise<T> {
  const channel = traces[name];
  if (!isHeard(name)) return work();
  return channel.tracePromise(async () => work(), { ...context() });
}

/** Whether anybody listens. */
export function isHeard(name: keyof typeof traces): boolean {
  const { start, asyncEnd, error } = traces[name];
  return start.hasSubscribers || asyncEnd.hasSubscribers || error.hasSubscribers;
}
