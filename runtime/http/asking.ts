/**
 * Questions that a route asks of other routes, for the one who asks it: they get what they would get.
 */
import { assertCan } from './access.ts';
import { matcherOf } from './matching.ts';
import { queryOf } from './query.ts';
import type { Answer } from './incoming.ts';
import type { Call } from './route.ts';

/** The JSON (or the text, of what is text) that a path with its query answers; throws as its route does. */
export type Ask = (target: string) => Promise<unknown>;

export function askingAs({ desk, access, incoming }: Pick<Call, 'desk' | 'access' | 'incoming'>): Ask {
  const match = matcherOf(desk.table);
  return async (target) => {
    const [path = '', search = ''] = target.split('?', 2);
    const { route, params } = match('GET', path);
    assertCan(access, 'read');
    const call: Call = {
      desk,
      access,
      params,
      query: queryOf(route.query, search),
      body: undefined,
      incoming,
    };
    // What a route takes was checked against its own schemas.
    const { body, headers = {} } = await (route.run as (call: Call) => Answer | Promise<Answer>)(call);
    const text = typeof body === 'string' ? body : '';
    return headers['content-type']?.startsWith('application/json') === true
      ? (JSON.parse(text) as unknown)
      : text;
  };
}
