/**
 * The messages of a run over any number of connections. Each begins anew, at what may have changed since the
 * one before; what the reader knows already is left out.
 */
import type { Message } from '../../actors/agentRun/transcript/message.ts';
import type { MessagesPage } from '../messages.ts';
import { followed } from './following.ts';
import type { Remote } from './remote.ts';

type Wire = Omit<MessagesPage, 'before'> & { readonly before: string | null };

export async function* liveMessages(
  remote: Remote,
  path: string,
  query: object,
  signal: AbortSignal,
): AsyncGenerator<MessagesPage, void, undefined> {
  /** As JSON, by id: what is new is told by comparing. */
  const known = new Map<string, string>();
  /** Those that may change, with where they began. */
  const open = new Map<string, number>();
  let [asks, last]: [string, number | undefined] = ['', undefined];
  let start: string | undefined;
  const since = (): object =>
    last === undefined ? query : { ...query, from: Math.min(last, ...open.values()) };
  for await (const { item, isFirst } of followed(remote, `${path}/stream`, { query: since, signal })) {
    const page = told(item as Wire); // As the route has it.
    const isBack = isFirst && last !== undefined;
    if (!isBack) start ??= page.before;
    const messages = page.messages.filter((message) => isNews(message, known, open));
    last = page.seq;
    const asked = JSON.stringify(page.asks);
    const isNew = !isBack || messages.length > 0 || page.sealed || asked !== asks;
    asks = asked;
    if (isNew) yield { ...page, messages, before: start };
    if (page.sealed) return;
  }
}

function isNews(message: Message, known: Map<string, string>, open: Map<string, number>): boolean {
  const { messageId, seq, finish, isWaiting, parts } = message;
  const text = JSON.stringify(message);
  const isSame = known.get(messageId) === text;
  known.set(messageId, text);
  const isRunning = parts.some((part) => part.type === 'tool' && part.result === undefined);
  if (finish === undefined || isWaiting === true || isRunning) open.set(messageId, seq);
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
