/**
 * The messages of a run over any number of connections. A server begins anew with each: what the reader knows
 * already is left out, and what was told while nobody was connected is read.
 */
import type { Message } from '../../actors/agentRun/transcript/message.ts';
import type { MessagesPage } from '../messages.ts';
import { followed } from './following.ts';
import type { Remote } from './remote.ts';

/** Of one page; a live reader of the runtime goes on with as many. */
const lastMax = 1000;

type Wire = Omit<MessagesPage, 'before'> & { readonly before: string | null };

export async function* liveMessages(
  remote: Remote,
  path: string,
  query: object,
  signal: AbortSignal,
): AsyncGenerator<MessagesPage, void, undefined> {
  /** As JSON, by id: what is new is told by comparing. */
  const known = new Map<string, string>();
  /** Those that may change. */
  const open = new Set<string>();
  let asks = '';
  let start: string | undefined;
  for await (const { item, isFirst } of followed(remote, `${path}/stream`, { query, signal })) {
    const page = told(item as Wire); // As the route has it.
    const isBack = isFirst && known.size > 0;
    if (!isBack) start ??= page.before;
    const all = isBack ? await missed(remote, path, page, known, open, signal) : page.messages;
    const messages = all.filter((message) => isNews(message, known, open));
    const asked = JSON.stringify(page.asks);
    const isNew = !isBack || messages.length > 0 || page.sealed || asked !== asks;
    asks = asked;
    if (isNew) yield { ...page, messages, before: start };
    if (page.sealed) return;
  }
}

/**
 * A page that reaches back to all that is open, and to the last that was known. One page, however long: in an
 * earlier one, messages stand as they did at its end.
 */
async function missed(
  remote: Remote,
  path: string,
  page: MessagesPage,
  known: ReadonlyMap<string, string>,
  open: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly Message[]> {
  let { messages, before } = page;
  const isCovered = (): boolean => {
    const ids = new Set(messages.map(({ messageId }) => messageId));
    return [...open].every((id) => ids.has(id)) && [...ids].some((id) => known.has(id));
  };
  for (let last = 125; before !== undefined && last <= lastMax && !isCovered(); last *= 2) {
    ({ messages, before } = await pageOf(remote, path, { last }, signal));
  }
  return messages;
}

function isNews(message: Message, known: Map<string, string>, open: Set<string>): boolean {
  const { messageId, finish, isWaiting, parts } = message;
  const text = JSON.stringify(message);
  const isSame = known.get(messageId) === text;
  known.set(messageId, text);
  const isRunning = parts.some((part) => part.type === 'tool' && part.result === undefined);
  if (finish === undefined || isWaiting === true || isRunning) open.add(messageId);
  else open.delete(messageId);
  return !isSame;
}

export async function pageOf(
  remote: Remote,
  path: string,
  query: object,
  signal: AbortSignal,
): Promise<MessagesPage> {
  return told(await remote.ask<Wire>(path, { query, signal }));
}

function told(wire: Wire): MessagesPage {
  return { ...wire, before: wire.before ?? undefined };
}
