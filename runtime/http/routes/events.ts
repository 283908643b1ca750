/**
 * Sending to an actor: one event, or several that are applied in order, as one commit, or not at all. Where
 * one of them is refused the answer says which.
 */
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { kindOf } from '../../../actors/address.ts';
import type { AnyEvent } from '../../../actors/fact.ts';
import { isTroupeError, TroupeError } from '../../../actors/troupeError.ts';
import { sendBatch } from '../../batch.ts';
import type { BatchItem } from '../../batch.ts';
import type { Receipt, Ref } from '../../ref.ts';
import type { AnyDefinition } from '../../definition.ts';
import { json } from '../incoming.ts';
import type { Answer } from '../incoming.ts';
import { plain } from '../plain.ts';
import { problem } from '../problem.ts';
import type { SendOptions } from '../../sending.ts';
import { admitted, allSentAs, claimOutbox, refOf, sentAs } from '../reach.ts';
import type { Noted } from '../reach.ts';
import { route } from '../route.ts';
import type { AnyRoute, Call } from '../route.ts';
import { event, labels, receipt, seq } from '../schemas.ts';

const note = Type.String({ minLength: 1, maxLength: 512 });

const wrapped = Type.Object(
  {
    event,
    id: Type.Optional(note),
    trace: Type.Optional(note),
    ifSeq: Type.Optional(seq),
    labels: Type.Optional(labels),
    input: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);

/** An event alone, or with what is to be known of its sending. */
const sending = Type.Union([event, wrapped]);
type Sending = Static<typeof sending>;

const query = Type.Object({
  ifSeq: Type.Optional(seq),
  /** Instead of `MAILBOX_FULL`: wait for room. */
  wait: Type.Optional(Type.Boolean()),
});

export const sendEvents: AnyRoute = route({
  name: 'sendEvents',
  method: 'POST',
  path: '/v1/actors/{kind}/{id}/events',
  summary: 'Send one event, or several as one commit; Idempotency-Key makes a retry the same send',
  needs: 'name',
  query,
  body: Type.Union([sending, Type.Array(sending, { minItems: 1 })]),
  answers: { 200: Type.Union([receipt, Type.Object({ receipts: Type.Array(receipt) })]) },
  run: async (call) => {
    const { body } = call;
    return Array.isArray(body) ? several(call, body) : json(await one(call, refOf(call), body));
  },
});

type SendCall = Call<Static<typeof query>>;

async function one(call: SendCall, ref: Ref<AnyDefinition>, body: Sending): Promise<unknown> {
  const { event: said, ...own } = partsOf(body);
  const allowed = await admitted(call, kindOf(ref.address), said);
  await claimOutbox(call, kindOf(ref.address), allowed);
  const noted = { ...notedIn(call), ...patienceIn(call), ...own };
  // Its definition checks what it is.
  return told(await sentAs(call, ref, noted, async (options) => ref.send(allowed as never, options)));
}

function partsOf(body: Sending): Static<typeof wrapped> {
  return isWrapped(body) ? body : { event: body };
}

function notedIn({ incoming, query: { ifSeq } }: SendCall): Noted {
  const id = incoming.header('idempotency-key');
  return { ...(id !== undefined && { id }), ...(ifSeq !== undefined && { ifSeq }) };
}

function patienceIn({ incoming, query: { wait } }: SendCall): Pick<Noted, 'wait' | 'signal'> {
  return wait === true ? { wait, signal: incoming.gone() } : {};
}

function isWrapped(body: Sending): body is Static<typeof wrapped> {
  return !('type' in body);
}

/** A receipt as JSON. */
export function told(given: Receipt): unknown {
  return plain(given);
}

async function several(call: SendCall, items: readonly Sending[]): Promise<Answer> {
  const { batch } = call.desk.limits;
  if (items.length > batch) {
    const text = `${items.length} events are in one body, at most ${batch} may be. Send them in parts.`;
    throw new TroupeError('TOO_LARGE', text, { items: items.length, max: batch });
  }
  const ref = refOf(call);
  const events: AnyEvent[] = [];
  try {
    for (const item of items) events.push(await admitted(call, kindOf(ref.address), partsOf(item).event));
  } catch (error) {
    return problem(error, { index: events.length });
  }
  const { ifSeq } = notedIn(call);
  const notes = items.map((item, index): Noted => {
    const { event: _, ...own } = partsOf(item);
    return {
      // Of the first: the others follow it.
      ...(ifSeq !== undefined && index === 0 && { ifSeq }),
      ...own,
    };
  });
  for (const said of events) await claimOutbox(call, kindOf(ref.address), said);
  return together(call, ref, events, notes);
}

async function together(
  call: SendCall,
  ref: Ref<AnyDefinition>,
  events: readonly AnyEvent[],
  notes: readonly Noted[],
): Promise<Answer> {
  const { id: key } = notedIn(call);
  const send = async (options: readonly SendOptions[]): Promise<readonly Receipt[]> =>
    sendBatch(
      ref,
      events.map((said, index): BatchItem => [said, options[index] ?? {}]),
      { ...patienceIn(call), ...(key !== undefined && { key }) },
    );
  try {
    return json({ receipts: (await allSentAs(call, ref, notes, send)).map(told) });
  } catch (error) {
    const index = isTroupeError(error) ? error.details['index'] : undefined;
    return problem(error, index === undefined ? {} : { index });
  }
}
