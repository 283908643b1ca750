/**
 * Pages of facts. `next` goes on in the order that was asked for, `prev` turns round: both are relative
 * references, to be resolved against the address of the page, so that they hold wherever it is mounted.
 */
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { json } from '../incoming.ts';
import { pageBytesMax, pageDefault, pageMax } from '../limits.ts';
import { historyOf, notFound } from '../../history.ts';
import { plain } from '../plain.ts';
import { recordOf } from '../reach.ts';
import { route } from '../route.ts';
import type { AnyRoute } from '../route.ts';
import { fact, nullableText, seq, texts } from '../schemas.ts';

const query = Type.Object({
  after: Type.Optional(seq),
  before: Type.Optional(seq),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageMax })),
  reverse: Type.Optional(Type.Boolean()),
  types: Type.Optional(texts),
});
type Query = Static<typeof query>;

export const readEvents: AnyRoute = route({
  name: 'readEvents',
  method: 'GET',
  path: '/v1/actors/{kind}/{id}/events',
  summary: 'Facts of an actor, page by page',
  needs: 'read',
  query,
  answers: {
    200: Type.Object({ items: Type.Array(fact), head: seq, next: nullableText, prev: nullableText }),
  },
  run: async (call) => {
    const { query: asked } = call;
    const { limit = pageDefault, ...range } = asked;
    const {
      address,
      opened: { journal },
    } = await recordOf(call);
    const head = (await journal.last(address))?.seq;
    if (head === undefined) throw notFound(address);
    const items: string[] = [];
    const seqs: number[] = [];
    let [bytes, hasMore] = [0, false];
    for await (const one of historyOf(journal, address, range)) {
      hasMore = items.length === limit || bytes > pageBytesMax;
      if (hasMore) break;
      const text = JSON.stringify(plain(one));
      bytes += text.length;
      items.push(text);
      seqs.push(one.seq);
    }
    const places = {
      next: hasMore ? onwards(asked, limit, seqs) : null,
      prev: backwards(asked, limit, seqs),
    };
    // Encoded once, to know how large the page is.
    const rest = JSON.stringify({ head, ...places }).slice(1);
    return { ...json(null), body: `{"items":[${items.join(',')}],${rest}` };
  },
});

function onwards({ after, before, reverse, types }: Query, limit: number, seqs: readonly number[]): string {
  const last = seqs.at(-1);
  return reverse === true
    ? placeOf({ after, before: last, reverse, types, limit })
    : placeOf({ after: last, before, types, limit });
}

/** Null: nothing lies there. In the order of time it is what comes before the first, newest first. */
function backwards({ reverse, types }: Query, limit: number, seqs: readonly number[]): string | null {
  const [first] = seqs;
  if (first === undefined || (reverse !== true && first === 1)) return null;
  return reverse === true
    ? placeOf({ after: first, types, limit })
    : placeOf({ before: first, reverse: true, types, limit });
}

function placeOf(asked: { readonly [name in keyof Query]: Query[name] | undefined }): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) params.append(name, String(one));
  }
  return `?${params.toString()}`;
}
