/**
 * What follows from a fact, counted: turns and asks that opened and closed, what was used.
 */
import { modelNamesMax } from '../limits.ts';
import type { AskClosing, News } from '../news.ts';
import { storedKey } from '../../storedKey.ts';
import { usageSum } from '../usage.ts';
import { latencyBounds } from './digest.ts';
import type { RunDigest } from './digest.ts';
import { sampleOf } from './findings.ts';
import { carried, counted, failed, flagged } from './folding.ts';
import type { Folding } from './folding.ts';
import { tallied } from './tally.ts';
import { unanswered } from './toolCounts.ts';

/** All news of one fact, in order. */
export function countedNews(at: Folding, news: readonly News[]): Folding {
  const asked = new Set(news.flatMap((one) => (one.type === 'ask.closed' ? callOf(one) : [])));
  return news.reduce((before, one) => {
    switch (one.type) {
      case 'turn.opened':
        return turnOpened(before);
      case 'turn.closed':
        return turnClosed(before, one, asked);
      case 'ask.opened':
        return askOpened(before, one.ask.requestId);
      case 'ask.closed':
        return askClosed(before, one);
      case 'used':
        return used(before, one);
      case 'ended':
        return unanswered(incomplete(before), asked);
      default:
        return before;
    }
  }, at);
}

function callOf({ ask, how }: Extract<News, { readonly type: 'ask.closed' }>): readonly string[] {
  return isUnanswered(how) && ask.call !== null ? [ask.call] : [];
}

const isUnanswered = (how: AskClosing): boolean => how === 'ended' || how === 'lost';

// D2
function turnOpened(at: Folding): Folding {
  const { turns } = at.digest;
  const turn = { seq: at.seq, at: at.now, hasToken: false };
  return carried(counted(at, { turns: { ...turns, count: turns.count + 1 } }), { turn });
}

function turnClosed(
  at: Folding,
  { status, reason }: Extract<News, { readonly type: 'turn.closed' }>,
  asked: ReadonlySet<string>,
): Folding {
  const { turns } = at.digest;
  const turn = at.carry.turn ?? { ...at, at: at.now };
  const byStatus = { ...turns.byStatus, [status]: turns.byStatus[status] + 1 };
  const latency = withLatency(turns.latency, at.now - turn.at);
  const closed = carried(counted(at, { turns: { ...turns, byStatus, latency } }), { turn: null });
  const swept = unanswered(closed, asked);
  const sample = sampleOf(turn, reason ?? '');
  if (status === 'failed' || status === 'lost') return failed(swept, 'failed_turn', sample); // D3
  const isOdd = status === 'ok' && reason !== null && !normalStops.has(reason);
  return isOdd ? flagged(swept, 'abnormal_stop', sample) : swept;
}

/** Reasons that engines give for the end of a turn that went well. */
const normalStops: ReadonlySet<string> = new Set([
  '',
  'success',
  'end_turn',
  'completed',
  'stop',
  'cancelled',
]);

function withLatency(latency: readonly number[], ms: number): readonly number[] {
  const found = latencyBounds.findIndex((bound) => ms <= bound);
  const bucket = found < 0 ? latencyBounds.length : found;
  return latency.map((count, i) => (i === bucket ? count + 1 : count));
}

function askOpened(at: Folding, requestId: string): Folding {
  const { permissions } = at.digest;
  const asks = { ...at.carry.asks, [storedKey(requestId)]: { seq: at.seq, at: at.now } };
  return carried(counted(at, { permissions: { ...permissions, asked: permissions.asked + 1 } }), { asks });
}

const outcomeOf = {
  allow: 'allowed',
  deny: 'denied',
  other: 'other',
  interrupted: 'cancelled',
  lost: 'cancelled',
  ended: 'cancelled',
  expired: 'cancelled',
} as const satisfies Readonly<Record<AskClosing, keyof RunDigest['permissions']>>;

function askClosed(at: Folding, { ask, how }: Extract<News, { readonly type: 'ask.closed' }>): Folding {
  const { permissions } = at.digest;
  const key = storedKey(ask.requestId);
  const known = Object.hasOwn(at.carry.asks, key) ? at.carry.asks[key] : undefined;
  const place = known ?? { seq: at.seq, at: at.now };
  const { [key]: _, ...asks } = at.carry.asks;
  const outcome = outcomeOf[how];
  const waitedMs = permissions.waitedMs + (at.now - place.at);
  const after = counted(at, {
    permissions: { ...permissions, [outcome]: permissions[outcome] + 1, waitedMs },
  });
  const closed = carried(after, { asks });
  // The run's own ask about its budget is answered by the end, too.
  if (!isUnanswered(how) || ask.isBudget) return closed;
  return flagged(closed, 'unanswered_permission', sampleOf(place, ask.kind));
}

function used(at: Folding, { model, counts }: Extract<News, { readonly type: 'used' }>): Folding {
  const { total, byModel } = at.digest.usage;
  return counted(at, {
    usage: {
      total: usageSum(total, counts),
      byModel: tallied(byModel, model, counts, usageSum, modelNamesMax),
    },
  });
}

/** The run ended in the middle of a turn that nobody ended: that is no failure of the turn. */
function incomplete(at: Folding): Folding {
  const { turn } = at.carry;
  return turn === null ? at : flagged(at, 'incomplete_turn', sampleOf(turn));
}
