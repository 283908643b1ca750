/**
 * Tool calls: counted when they are made, timed when their result comes, looked for when the turn ends.
 */
import { nameBytesMax, openCallsMax, toolNamesMax } from '../limits.ts';
import { clipped, markOf } from '../text.ts';
import type { RunEventOf } from '../vocabulary.ts';
import type { OpenCall, ToolCounts } from './digest.ts';
import { sampleOf } from './findings.ts';
import { carried, counted, failed, flagged } from './folding.ts';
import type { Folding } from './folding.ts';
import { tallied } from './tally.ts';

export function ofTool(at: Folding, event: RunEventOf<'tool.call'> | RunEventOf<'tool.end'>): Folding {
  return event.type === 'tool.call' ? called(at, event) : answered(at, event);
}

function called(at: Folding, event: RunEventOf<'tool.call'>): Folding {
  const name = clipped(event.name, nameBytesMax);
  const { tools } = at.digest;
  const { calls, callsUntold } = at.carry;
  const { seq, now } = at;
  const call = { mark: markOf(event.callId), seq, at: now, name, isGate: event.gate === true };
  const after = counted(at, { tools: { ...named(tools, name, { calls: 1 }), total: tools.total + 1 } });
  return calls.length < openCallsMax
    ? carried(after, { calls: [...calls, call] })
    : carried(after, { callsUntold: callsUntold + 1 });
}

function answered(at: Folding, event: RunEventOf<'tool.end'>): Folding {
  const mark = markOf(event.callId);
  const { calls } = at.carry;
  const call = calls.find((open) => open.mark === mark);
  const matched =
    call === undefined ? withoutCall(at) : carried(at, { calls: calls.filter((open) => open !== call) });
  const { tools } = matched.digest;
  const totalMs = call === undefined ? 0 : at.now - call.at;
  const name = call?.name;
  const timed = name === undefined ? tools : named(tools, name, { totalMs, failed: event.ok ? 0 : 1 });
  const done = counted(matched, { tools: { ...timed, failed: tools.failed + (event.ok ? 0 : 1) } });
  if (event.ok) return done;
  // D5: the call is the cause; a result without one names itself, if it can.
  return failed(done, 'tool_error', sampleOf(call ?? at, name ?? nameIn(event)));
}

/** A call of which no more is to be told. */
export function forgotten(at: Folding, mark: string): Folding {
  return carried(at, { calls: at.carry.calls.filter((call) => call.mark !== mark) });
}

/** An engine may repeat the tool's name with the result. */
function nameIn(event: RunEventOf<'tool.end'> & { readonly name?: unknown }): string {
  return typeof event.name === 'string' ? event.name : '';
}

function withoutCall(at: Folding): Folding {
  const { callsUntold, orphans, turn } = at.carry;
  if (callsUntold > 0) return carried(at, { callsUntold: callsUntold - 1 });
  if (turn === null) return flagged(at, 'orphan_tool_result', sampleOf(at));
  // D4: none while a turn is open.
  return carried(at, { orphans: { count: orphans.count + 1, first: orphans.first ?? sampleOf(at) } });
}

function named(
  tools: Folding['digest']['tools'],
  name: string,
  more: Partial<ToolCounts>,
): Folding['digest']['tools'] {
  const one = { calls: 0, failed: 0, totalMs: 0, ...more };
  return { ...tools, byName: tallied(tools.byName, name, one, toolCountsSum, toolNamesMax) };
}

export function toolCountsSum(a: ToolCounts, b: ToolCounts): ToolCounts {
  return { calls: a.calls + b.calls, failed: a.failed + b.failed, totalMs: a.totalMs + b.totalMs };
}

/**
 * D4, at the end of a turn and of the run: calls without a result, in call order. What waited for an answer
 * (a gate, or the call that an ask was about) is told as that, once.
 */
export function unanswered(at: Folding, asked: ReadonlySet<string>): Folding {
  const { calls, callsUntold, orphans } = at.carry;
  let after = at;
  for (const call of calls) {
    if (asked.has(call.mark)) continue;
    const name = call.isGate ? 'unanswered_permission' : 'missing_tool_result';
    after = flagged(after, name, sampleOf(call, call.name));
  }
  if (callsUntold > 0) after = flagged(after, 'missing_tool_result', sampleOf(at), callsUntold);
  if (orphans.first !== null) after = flagged(after, 'orphan_tool_result', orphans.first, orphans.count);
  const none: readonly OpenCall[] = [];
  return carried(after, { calls: none, callsUntold: 0, orphans: { count: 0, first: null } });
}
