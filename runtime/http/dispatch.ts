/**
 * From a request to its answer: whose it is, which route it is for, whether they fit, what the route says.
 * Every server uses this one.
 */
import { isTroupeError, TroupeError } from '../../actors/troupeError.ts';
import { assertCan, assertWhole, isRefused } from './access.ts';
import type { Access } from './access.ts';
import { assertStreams, bodyOf } from './body.ts';
import type { Answer, Incoming } from './incoming.ts';
import { matcherOf } from './matching.ts';
import type { Matched } from './matching.ts';
import { originRule } from './origin.ts';
import type { OriginOptions } from './origin.ts';
import { countAnswer } from './metrics.ts';
import { problem } from './problem.ts';
import { queryOf } from './query.ts';
import type { Call, Desk, Need } from './route.ts';

export type Dispatch = (incoming: Incoming) => Promise<Answer>;

const nobody: Access = { by: '', can: [] };

export function dispatchOf(desk: Desk, origins: OriginOptions): Dispatch {
  const match = matcherOf(desk.table);
  const { logger } = desk.troupe.opened.plan;
  return async (incoming) => {
    let name = 'none';
    let answer: Answer;
    try {
      const { isPreflight, headers } = originRule(origins, incoming);
      if (isPreflight) return { status: 204, headers };
      const { target, method } = incoming;
      const mark = target.indexOf('?');
      const matched = match(method, mark === -1 ? target : target.slice(0, mark));
      name = matched.route.name;
      answer = withHeaders(
        await answered(desk, incoming, matched, mark === -1 ? '' : target.slice(mark + 1)),
        headers,
      );
    } catch (error) {
      if (!isTroupeError(error))
        logger.error({ error, route: name }, 'A route failed in a way without a code');
      answer = withHeaders(problem(error), corsOf(origins, incoming));
    }
    countAnswer(desk.answered, name, answer.status);
    return answer;
  };
}

async function answered(
  desk: Desk,
  incoming: Incoming,
  { route, params }: Matched,
  search: string,
): Promise<Answer> {
  const { needs } = route;
  const access = needs === 'nothing' ? nobody : await desk.admit(incoming);
  if (isRefused(access)) return access;
  if (needs !== 'nothing') assertMay(access, needs);
  if (desk.isClosing()) throw new TroupeError('CLOSED', 'This server is closing: ask another.', {});
  const query = queryOf(route.query, search);
  if (route.streams !== undefined) assertStreams(incoming, route.streams);
  // Asked here, so that a request without a body waits for none.
  const body = route.body && (await bodyOf(incoming, route.body, route.isBodyOptional === true, desk.limits));
  const call: Call = { desk, access, params, query, body, incoming };
  // What a route takes was checked against its own schemas.
  return (route.run as (call: Call) => Answer | Promise<Answer>)(call);
}

function assertMay(access: Access, needs: Exclude<Need, 'nothing'>): void {
  if (needs !== 'name') assertCan(access, needs === 'whole' ? 'read' : needs);
  if (needs === 'whole') assertWhole(access);
}

function corsOf(origins: OriginOptions, incoming: Incoming): Answer['headers'] {
  try {
    return originRule(origins, incoming).headers;
  } catch {
    return {};
  }
}

function withHeaders(answer: Answer, headers: Answer['headers'] = {}): Answer {
  return Object.keys(headers).length === 0
    ? answer
    : { ...answer, headers: { ...answer.headers, ...headers } };
}
