/**
 * Sending to an actor: one event, or several of which each is applied before the next is looked at. The first
 * one that fails ends them; the answer names it, and gives the receipts of those before.
 */
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { kindOf } from '../../../actors/address.ts';
import { TroupeError } from '../../../actors/troupeError.ts';
import type { Receipt, Ref } from '../../ref.ts';
import type { AnyDefinition } from '../../definition.ts';
import { json } from '../incoming.ts';
import type { Answer } from '../incoming.ts';
import { plain } from '../plain.ts';
import { problem } from '../problem.ts';
import { admitted, refOf, sentAs } from '../reach.ts';
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
  summary: 'Send one event, or several in order; Idempotency-Key makes a retry the same send',
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

async function one(call: SendCall, ref: Ref<AnyDefinition>, body: Sending, index?: number): Promise<unknown> {
  const { incoming, query: asked } = call;
  const { event: said, ...own } = isWrapped(body) ? body : { event: body };
  const allowed = await admitted(call, kindOf(ref.address), said);
  const key = incoming.header('idempotency-key');
  const noted: Noted = {
    ...(key !== undefined && { id: index === undefined ? key : `${key}/${index}` }),
    ...(asked.ifSeq !== undefined && index === undefined && { ifSeq: asked.ifSeq }),
    ...(asked.wait === true && { wait: true, signal: incoming.gone() }),
    ...own,
  };
  // Its definition checks what it is.
  return told(await sentAs(call, ref, noted, async (options) => ref.send(allowed as never, options)));
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
  const receipts: unknown[] = [];
  for (const [index, item] of items.entries()) {
    try {
      receipts.push(await one(call, ref, item, index));
    } catch (error) {
      return problem(error, { index, receipts });
    }
  }
  return json({ receipts });
}
