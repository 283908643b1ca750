/**
 * Reading a run as messages: pages from the end, over the runs that it goes on with, and then live with only
 * what changed. A page costs what is in it, however long the run is: it is read backwards from its end.
 */
import { transcribed, transcript } from '../actors/agentRun/transcript.ts';
import type { Message, OpenAsk, Transcript } from '../actors/agentRun/transcript/message.ts';
import type { Fact } from '../actors/fact.ts';
import { TroupeError } from '../actors/troupeError.ts';
import { historyOf } from './history.ts';
import { assertNames } from './invalidOption.ts';
import type { Opened } from './opened.ts';
import type { SubscribeOptions } from './subscribeOptions.ts';

/** Which messages of a run, and how a live reader is served. */
export interface MessagesOptions extends Pick<SubscribeOptions, 'signal' | 'windowMs' | 'maxBytes'> {
  /** How many messages a page has. */
  readonly last?: number;
  /** `before` of a later page: that page alone, nothing live. */
  readonly before?: string;
  /** For a reader that comes back: the first page has all messages since this fact, 1000 at most. */
  readonly from?: number;
}

/** Messages, in order. */
export interface MessagesPage {
  /** In the order in which they began; of a live page those that are new or not as they were. */
  readonly messages: readonly Message[];
  /** What waits for an answer. */
  readonly asks: readonly OpenAsk[];
  /** The place of the page before; undefined when there is none. */
  readonly before: string | undefined;
  /** The last fact in it. */
  readonly seq: number;
  /** The run has ended: nothing comes any more. */
  readonly sealed: boolean;
}

/** A run, as much of it as is read here. */
export interface ReadRun {
  readonly address: string;
  readonly opened: Opened;
  subscribe(
    options: SubscribeOptions,
  ): AsyncIterable<{ readonly facts: readonly Fact[]; readonly to: number; readonly sealed: boolean }>;
}

/** Runs that one goes on with, at most: of two that continue each other there is an end as well. */
export const chainMax = 1000;

const names: Readonly<Record<keyof MessagesOptions, true>> = {
  signal: true,
  windowMs: true,
  maxBytes: true,
  last: true,
  before: true,
  from: true,
};
const lastDefault = 50;
/** Messages that a live reader goes on folding. */
const keptMax = 1000;

export async function* messagesOf(
  run: ReadRun,
  options: MessagesOptions,
): AsyncGenerator<MessagesPage, void, undefined> {
  assertNames('messages', options, names);
  const { last = lastDefault, before, from } = options;
  if (!Number.isSafeInteger(last) || last < 1) {
    throw new TroupeError('INVALID_OPTION', `A page has 1 message or more, not ${last}.`, { last });
  }
  const standing = await run.opened.journal.last(run.address);
  const end =
    before === undefined ? { address: run.address, seq: (standing?.seq ?? 0) + 1, runs: 0 } : placeOf(before);
  const page = await pageBefore(run.opened, end, last, from);
  const isLive = before === undefined && standing?.sealed !== true;
  const asks = isLive ? await openAsks(run.opened, end, page.transcript.asks) : [];
  const seq = end.seq - 1;
  yield { messages: page.messages, asks, before: page.before, seq, sealed: !isLive && before === undefined };
  if (isLive) yield* live(run, options, { ...page.transcript, asks }, seq, page.before);
}

async function* live(
  run: ReadRun,
  { signal, windowMs, maxBytes }: MessagesOptions,
  start: Transcript,
  after: number,
  before: string | undefined,
): AsyncGenerator<MessagesPage, void, undefined> {
  const options = {
    after,
    ...(signal !== undefined && { signal }),
    ...(windowMs !== undefined && { windowMs }),
    ...(maxBytes !== undefined && { maxBytes }),
  };
  let folded = start;
  for await (const { facts, to, sealed } of run.subscribe(options)) {
    const known = new Set(folded.messages);
    const asks = folded.asks;
    for (const fact of facts) folded = transcribed(folded, fact);
    const messages = folded.messages.filter((message) => !known.has(message));
    if (messages.length > 0 || folded.asks !== asks || sealed) {
      yield { messages, asks: sealed ? [] : folded.asks, before, seq: to, sealed };
    }
    folded = { ...folded, messages: folded.messages.slice(-keptMax) };
  }
}

interface Place {
  readonly address: string;
  /** Exclusive. */
  readonly seq: number;
  /** Runs that lie behind it: the first page's, and those that it went on with. */
  readonly runs: number;
}

interface Page {
  readonly messages: readonly Message[];
  /** Of the facts of the run that was asked for. */
  readonly transcript: Transcript;
  readonly before: string | undefined;
}

/** The last messages before a place, also of the runs that this one goes on with. */
async function pageBefore(opened: Opened, end: Place, last: number, from = Infinity): Promise<Page> {
  const stretches: (readonly Message[])[] = [];
  let [own, count]: [Transcript | undefined, number] = [undefined, 0];
  let place = end;
  for (;;) {
    const isEnough = (begun: number, seq: number): boolean =>
      begun >= last - count && (own !== undefined || seq <= from || begun >= keptMax);
    const stretch = await stretchBefore(opened, place, isEnough);
    const told = transcript(stretch.facts);
    own ??= told;
    stretches.unshift(told.messages);
    count += told.messages.length;
    const next = stretch.isStart ? stretch.continues : { ...place, seq: stretch.from };
    if (next === undefined || count >= last) {
      const before = next && textOf(next);
      return { messages: stretches.flat(), transcript: own, before };
    }
    place = next;
  }
}

interface Stretch {
  /** Oldest first. */
  readonly facts: readonly Fact[];
  readonly from: number;
  /** Nothing of this run lies before it. */
  readonly isStart: boolean;
  readonly continues: Place | undefined;
}

/** Facts backwards until enough messages have begun. */
async function stretchBefore(
  opened: Opened,
  { address, seq, runs }: Place,
  isEnough: (begun: number, seq: number) => boolean,
): Promise<Stretch> {
  const facts: Fact[] = [];
  let [begun, isStart] = [0, true];
  let continues: string | undefined;
  for await (const fact of historyOf(opened.journal, address, { before: seq, reverse: true })) {
    facts.push(fact);
    const { type } = fact.event;
    if (type === 'run.start') ({ continues } = fact.event as { type: string; continues?: string });
    isStart = !((type === 'message.start' || type === 'run.prompt') && isEnough(++begun, fact.seq));
    if (!isStart) break;
  }
  const from = facts.at(-1)?.seq ?? 0;
  const on = runs + 1 < chainMax ? continues : undefined;
  const earlier = on === undefined ? undefined : await opened.journal.last(on);
  return {
    facts: facts.toReversed(),
    from,
    isStart,
    continues: earlier && { address: earlier.address, seq: earlier.seq + 1, runs: runs + 1 },
  };
}

/** Those of the page, and before them those that were asked earlier: the row knows which are open. */
async function openAsks(
  opened: Opened,
  { address }: Place,
  known: readonly OpenAsk[],
): Promise<readonly OpenAsk[]> {
  const row = (await opened.journal.last(address))?.row;
  const open = new Set((row?.asks ?? []) as readonly string[]);
  for (const { requestId } of known) open.delete(requestId);
  if (open.size === 0) return known;
  const earlier: OpenAsk[] = [];
  const options = { reverse: true, types: ['permission.ask'] };
  for await (const { seq, at, event } of historyOf(opened.journal, address, options)) {
    const ask = event as unknown as Omit<OpenAsk, 'seq' | 'at'>;
    if (!open.delete(ask.requestId)) continue;
    earlier.unshift({ ...ask, seq, at });
    if (open.size === 0) break;
  }
  return [...earlier, ...known];
}

/** As `address@seq`, and `~runs` where there are any. */
function textOf({ address, seq, runs }: Place): string {
  return `${address}@${seq}${runs === 0 ? '' : `~${runs}`}`;
}

function placeOf(before: string): Place {
  const found = /^(.+)@([1-9]\d{0,14})(?:~([1-9]\d{0,2}))?$/s.exec(before);
  const [, address, seq, runs = 0] = found ?? [];
  if (address !== undefined) return { address, seq: Number(seq), runs: Number(runs) };
  throw new TroupeError('INVALID_OPTION', `"${before}" is no place: take \`before\` of a page.`, { before });
}
