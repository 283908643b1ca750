/**
 * Digests of several runs as one (contract D8): what a parent's children did, or a chain of runs of which
 * each continues the one before. A monoid: `startDigest` is its identity, and how a list is split into
 * parts does not matter. Counts add up; where a run stands is told of the last one, who it is of the first.
 */
import { exitNamesMax, modelNamesMax, toolNamesMax } from '../limits.ts';
import { usageSum } from '../usage.ts';
import { turnStatuses } from '../vocabulary.ts';
import type { TurnStatus } from '../vocabulary.ts';
import type { RunDigest, Turns } from './digest.ts';
import { errorsSum, issuesSum } from './findings.ts';
import { tallySum } from './tally.ts';
import { toolCountsSum } from './toolCounts.ts';

/** The digest of several runs together, as if they had been one; in any order, in any grouping. */
export function mergeDigests(a: RunDigest, b: RunDigest): RunDigest {
  if (a.seq === 0) return b;
  if (b.seq === 0) return a;
  const [firstAt, lastAt] = [leastOf(a.firstAt, b.firstAt), mostOf(a.lastAt, b.lastAt)];
  return {
    schema: Math.max(a.schema, b.schema),
    runs: a.runs + b.runs,
    identity: a.identity,
    seq: a.seq + b.seq,
    firstAt,
    lastAt,
    // From the first fact to the last: runs beside each other do not take longer.
    durationMs: firstAt === null || lastAt === null ? 0 : lastAt - firstAt,
    state: b.state,
    outcome: b.outcome,
    result: b.result,
    turns: turnsSum(a.turns, b.turns),
    messages: messagesSum(a.messages, b.messages),
    tools: {
      total: a.tools.total + b.tools.total,
      failed: a.tools.failed + b.tools.failed,
      byName: tallySum(a.tools.byName, b.tools.byName, toolCountsSum, toolNamesMax),
    },
    usage: {
      total: usageSum(a.usage.total, b.usage.total),
      byModel: tallySum(a.usage.byModel, b.usage.byModel, usageSum, modelNamesMax),
    },
    errors: {
      count: a.errors.count + b.errors.count,
      byClass: errorsSum(a.errors.byClass, b.errors.byClass),
    },
    issues: {
      count: a.issues.count + b.issues.count,
      byClass: issuesSum(a.issues.byClass, b.issues.byClass),
    },
    permissions: countsSum(a.permissions, b.permissions),
    prompts: {
      sent: a.prompts.sent + b.prompts.sent,
      removed: a.prompts.removed + b.prompts.removed,
      // Those of the last run: whoever continues an earlier one has taken its own over.
      waiting: b.prompts.waiting,
    },
    processes: {
      started: a.processes.started + b.processes.started,
      lost: a.processes.lost + b.processes.lost,
      byExit: tallySum(a.processes.byExit, b.processes.byExit, plus, exitNamesMax),
    },
    carry: b.carry,
  };
}

function turnsSum(a: Turns, b: Turns): Turns {
  const byStatus = turnStatuses.map((status) => [status, a.byStatus[status] + b.byStatus[status]] as const);
  return {
    count: a.count + b.count,
    byStatus: Object.fromEntries(byStatus) as Record<TurnStatus, number>,
    activeMs: a.activeMs + b.activeMs,
    idleMs: a.idleMs + b.idleMs,
    latency: a.latency.map((count, i) => count + (b.latency[i] ?? 0)),
  };
}

const rolesMax = 4;

function messagesSum(a: RunDigest['messages'], b: RunDigest['messages']): RunDigest['messages'] {
  return {
    byRole: tallySum(a.byRole, b.byRole, plus, rolesMax),
    textBytes: a.textBytes + b.textBytes,
    reasoningBytes: a.reasoningBytes + b.reasoningBytes,
    firstToken: {
      count: a.firstToken.count + b.firstToken.count,
      totalMs: a.firstToken.totalMs + b.firstToken.totalMs,
      maxMs: Math.max(a.firstToken.maxMs, b.firstToken.maxMs),
    },
  };
}

function countsSum<C extends Readonly<Record<keyof C, number>>>(a: C, b: C): C {
  const names = Object.keys(a) as (keyof C)[];
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as C;
}

const plus = (a: number, b: number): number => a + b;

function leastOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function mostOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
