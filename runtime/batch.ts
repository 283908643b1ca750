/**
 * Several sends to one actor as one: all of them are applied, as one commit, or none is. A refusal that is of
 * one of them says which by `index` in its details.
 */
import type { AnyEvent } from '../actors/fact.ts';
import { isTroupeError, TroupeError } from '../actors/troupeError.ts';
import { abortError } from './abort.ts';
import type { AnyDefinition } from './definition.ts';
import { invalidOption } from './invalidOption.ts';
import type { Call } from './link.ts';
import type { BatchRequest, SendRequest, WireReceipt } from './protocol.ts';
import type { Receipt, Ref } from './ref.ts';
import { receiptFrom, requestOf } from './sending.ts';
import type { Route, SendOptions } from './sending.ts';

/** One of them: its event, and what is to be known of its sending. */
export type BatchItem = readonly [event: AnyEvent, options: Omit<SendOptions, 'wait' | 'signal'>];

/** Of all of them: with its `key` a batch is the same when it is sent again. */
interface BatchOptions extends Pick<SendOptions, 'wait' | 'signal'> {
  readonly key?: string;
}

/** Resolves when all of them are durable, with their receipts in order. */
export async function sendBatch(
  { opened, address }: Ref<AnyDefinition>,
  items: readonly BatchItem[],
  { wait, signal, key }: BatchOptions = {},
): Promise<readonly Receipt[]> {
  const { router, plan, beforeSend, ptys } = opened;
  for (const [event] of items) ptys.assertTakes(address, event);
  const route: Route = { router, link: router.linkOf(address), limits: plan.limits, beforeSend, address };
  for (;;) {
    if (signal?.aborted === true) throw abortError(signal, 'none');
    try {
      return (await answered(route, batchOf(route, items, key), signal)).map((one) => receiptFrom(one));
    } catch (error) {
      // A refused batch left nothing behind, so that each attempt is a new one.
      if (wait !== true || !isTroupeError(error, 'MAILBOX_FULL')) throw error;
    }
    await router.room(signal);
  }
}

function batchOf(route: Route, items: readonly BatchItem[], key?: string): BatchRequest {
  // Before those of its sends: they are remembered until this one is answered.
  const n = route.router.next();
  const ids = new Set<string>();
  const sends = items.map(([event, options], index): SendRequest => {
    const { id = key === undefined ? undefined : `${key}/${index}` } = options;
    if (id !== undefined && ids.has(id)) {
      throw at(index, invalidOption('id', id, 'each send of a batch has one of its own'));
    }
    if (id !== undefined) ids.add(id);
    try {
      return requestOf(route, event, id === undefined ? options : { ...options, id });
    } catch (error) {
      throw at(index, error);
    }
  });
  return { op: 'batch', n, address: route.address, sends, ...(key !== undefined && { key }) };
}

function at(index: number, error: unknown): unknown {
  if (!isTroupeError(error)) return error;
  return new TroupeError(error.code, error.message, { ...error.details, index }, error);
}

async function answered(
  { router, link }: Route,
  request: BatchRequest,
  signal: AbortSignal | undefined,
): Promise<readonly WireReceipt[]> {
  return new Promise((resolve, reject) => {
    // One for each send, as protocol.ts has it.
    const told = (value: unknown): void => resolve(value as readonly WireReceipt[]);
    const call: Call & { readonly request: BatchRequest } = { request, resolve: told, reject };
    router.send(link, signal === undefined ? call : router.endedBy(signal, call, link));
  });
}
