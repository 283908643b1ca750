/**
 * One actor for a bundle: its last facts, and how it stood after each of them, as the API tells them to who
 * asks. What does not fit is left out from the beginning, and said.
 */
import { isTroupeError } from '../../../actors/troupeError.ts';
import type { Ask } from '../../http/asking.ts';
import type { BundledActor, BundledScreens, Delta } from '../page/bundle/bundled.ts';
import type { Digest, Fact, Lead, Page, Row, Snapshot } from '../page/told.ts';
import type { Budget } from './budget.ts';
import { deltaOf } from './deltaOf.ts';
import { messagesMax } from './limits.ts';

/** What the API does not tell. */
export interface Beside {
  /** Of these facts. */
  readonly commits: (from: number, to: number) => Promise<BundledActor['commits']>;
  /** As the API tells each, by its seq; those that nobody can tell are left out. */
  readonly snapshots: (from: number, to: number) => Promise<ReadonlyMap<number, Snapshot>>;
  readonly screens: (from: number, to: number) => Promise<BundledScreens>;
}

/** How an actor stood is worked out for so many facts at once: each time from a snapshot before them. */
const windowFacts = 128;
const leadsFacts = 500;

export async function bundledActor(
  ask: Ask,
  row: Row,
  beside: Beside,
  budget: Budget,
): Promise<BundledActor> {
  const { kind, id } = row;
  const path = `/v1/actors/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
  const last = (await ask(`${path}/snapshot`)) as Snapshot;
  const { facts, before } = await factsBack(ask, path, last, { beside, budget });
  const [first, head] = [facts[0]?.seq ?? last.seq, last.seq];
  if (first > 1) budget.left.push(`Of ${row.address} it holds the facts from ${first} on.`);
  const digest = (await ask(`${path}/digest`)) as Digest;
  const leads = await leadsOf(ask, path, first, head);
  budget.weigh(digest, leads);
  return {
    row,
    head,
    facts,
    last,
    before,
    commits: await beside.commits(first, head),
    leads,
    digest,
    ...(kind === 'run' && { messages: await messagesOf(ask, id, budget) }),
    ...(kind === 'outbox' && { deadLetters: await deadLettersOf(ask, id) }),
    ...(kind === 'pty' && { screens: await beside.screens(first, head) }),
  };
}

/** From the last one backwards, until there is no room. */
async function factsBack(
  ask: Ask,
  path: string,
  last: Snapshot,
  { beside, budget }: { readonly beside: Beside; readonly budget: Budget },
): Promise<Pick<BundledActor, 'facts' | 'before'>> {
  const facts: Fact[] = [];
  const before: (Delta | null)[] = [];
  let known = last;
  budget.weigh(last);
  for (let end = last.seq + 1; end > 1;) {
    const { items } = (await ask(`${path}/events?before=${end}&reverse=true&limit=${windowFacts}`)) as Page;
    const stood = await snapshotsOf(ask, path, beside, items);
    for (const fact of items) {
      if (facts.length > 0) {
        if (budget.isSpent) return { facts: facts.toReversed(), before };
        const older = stood.get(fact.seq);
        const delta = older === undefined ? null : (deltaOf(known, older) ?? null);
        known = older ?? known;
        before.push(delta);
        budget.spend(fact, delta);
      } else budget.spend(fact);
      facts.push(fact);
    }
    end = items.at(-1)?.seq ?? 1;
  }
  return { facts: facts.toReversed(), before };
}

/** In one go; one by one where some of them cannot be told. */
async function snapshotsOf(
  ask: Ask,
  path: string,
  beside: Beside,
  facts: readonly Fact[],
): Promise<ReadonlyMap<number, Snapshot>> {
  const [first, last] = [facts.at(-1)?.seq ?? 0, facts[0]?.seq ?? 0];
  try {
    return first === 0 ? new Map() : await beside.snapshots(first, last);
  } catch (error) {
    if (!isTroupeError(error, 'CURSOR_GONE')) throw error;
  }
  const told = new Map<number, Snapshot>();
  for (const { seq } of facts) {
    const snapshot = await snapshotAt(ask, path, seq);
    if (snapshot !== undefined) told.set(seq, snapshot);
  }
  return told;
}

/** What is erased leaves nothing to tell how it stood. */
async function snapshotAt(ask: Ask, path: string, seq: number): Promise<Snapshot | undefined> {
  try {
    return (await ask(`${path}/snapshot?at=${seq}`)) as Snapshot;
  } catch (error) {
    if (isTroupeError(error, 'CURSOR_GONE') || isTroupeError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

async function leadsOf(ask: Ask, path: string, first: number, head: number): Promise<readonly Lead[]> {
  const leads = new Map<string, Lead>();
  for (let after = first - 1; after < head; after += leadsFacts) {
    const range = `after=${after}&before=${Math.min(head, after + leadsFacts) + 1}`;
    const { items } = (await ask(`${path}/leads?${range}`)) as { readonly items: readonly Lead[] };
    // What reaches from one page into another is told twice.
    for (const lead of items) leads.set(JSON.stringify(lead), lead);
  }
  return [...leads.values()];
}

interface MessagesPage {
  readonly messages: readonly unknown[];
  readonly asks: readonly unknown[];
  readonly before: string | null;
}

async function messagesOf(ask: Ask, id: string, budget: Budget): Promise<Omit<MessagesPage, 'before'>> {
  const path = `/v1/runs/${encodeURIComponent(id)}/messages?last=${messagesMax}`;
  const { messages, asks, before } = (await ask(path)) as MessagesPage;
  if (before !== null)
    budget.left.push(`Of what was said in run/${id} it holds the last ${messages.length}.`);
  budget.weigh(messages);
  return { messages, asks };
}

async function deadLettersOf(ask: Ask, id: string): Promise<readonly unknown[]> {
  const path = `/v1/outboxes/${encodeURIComponent(id)}/dead-letters`;
  return ((await ask(path)) as { readonly items: readonly unknown[] }).items;
}
