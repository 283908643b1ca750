/**
 * What led from one fact to another, read from what commits say they set in motion: messages between actors,
 * children, timers, tasks, and what drivers say.
 *   B1. A lead is what is recorded: the intent of one commit, and the fact that answers it.
 *   B2. A commit says what all of its facts set in motion together: where it holds several, a lead starts
 *       from the stretch of them.
 *   B3. Looking is bounded: an end that lies further away than `reachFacts` is left out, and so is one that
 *       has not come.
 */
import type { AnyEvent } from '../actors/fact.ts';
import type { Commit, StoredFact } from '../storage/commit.ts';
import type { Journal } from '../storage/journal.ts';
import { unpack } from '../storage/values.ts';
import { parcelsIn, tookIn } from './leadParcels.ts';
import type { Parcel, Took } from './leadParcels.ts';
import { sentBy, takenBy } from './leadPeers.ts';

/** A fact, or the facts of one commit. */
export interface LeadEnd {
  readonly address: string;
  readonly seq: number;
  readonly to: number;
  readonly at: number;
}

export interface Lead {
  readonly kind: 'message' | 'birth' | 'stop' | 'end' | 'timer' | 'task' | 'driver' | 'post';
  /** The type of a message's event, the id of a timer or child, the source of a task or driver. */
  readonly name: string;
  readonly from?: LeadEnd;
  readonly to?: LeadEnd;
  /** Whom a message goes to, or whose it is, also where that end is not known. */
  readonly peer?: string;
}

export interface LeadsRange {
  /** Exclusive, both. */
  readonly after: number;
  readonly before: number;
}

/** How far around the range its own actor is looked at. */
const reachFacts = 500;

/** Leads that start or end within the range, in no order. */
export async function leadsOf(
  journal: Journal,
  address: string,
  { after, before }: LeadsRange,
): Promise<readonly Lead[]> {
  const range = { after: Math.max(0, after - reachFacts), before: before + reachFacts };
  const commits = await commitsIn(journal, address, range);
  const isInside = (end: LeadEnd | undefined): boolean =>
    end !== undefined && end.address === address && end.to > after && end.seq < before;
  const own = [...ownLeads(commits), ...posts(commits)];
  const inside = commits.filter(({ seq, to }) => to > after && seq < before);
  const [sent, took] = await Promise.all([
    sentLeads(journal, inside.flatMap(parcelsIn)),
    tookLeads(journal, address, inside.flatMap(tookIn)),
  ]);
  return [...own.filter(({ from, to }) => isInside(from) || isInside(to)), ...sent, ...took];
}

async function sentLeads(journal: Journal, parcels: readonly Parcel[]): Promise<readonly Lead[]> {
  const taken = await takenBy(journal, parcels);
  return parcels.map((parcel) => {
    const { kind, name, to: peer, from } = parcel;
    const to = taken.get(parcel);
    return { kind, name, from, peer, ...(to !== undefined && { to }) };
  });
}

async function tookLeads(
  journal: Journal,
  address: string,
  tooks: readonly Took[],
): Promise<readonly Lead[]> {
  const sent = await sentBy(journal, address, tooks);
  return tooks.map((took) => {
    const parcel = sent.get(took);
    const { kind, name, end: to, from: peer } = took;
    return { kind: parcel?.kind ?? kind, name, to, peer, ...(parcel !== undefined && { from: parcel.from }) };
  });
}

async function commitsIn(journal: Journal, address: string, range: LeadsRange): Promise<readonly Commit[]> {
  const commits: Commit[] = [];
  for (let next: Parameters<Journal['read']>[1] = range; next !== undefined;) {
    const page = await journal.read(address, next);
    commits.push(...page.commits);
    next = page.next;
  }
  return commits;
}

/** Within one actor: what was started, and how it came back. */
function ownLeads(commits: readonly Commit[]): readonly Lead[] {
  const timers = new Map<string, LeadEnd>();
  const effects = new Map<string, { readonly kind: 'task' | 'driver'; readonly src: string }>();
  const facts = new Map(commits.flatMap((commit) => commit.facts.map((fact) => [fact.seq, fact])));
  const leads: Lead[] = [];
  for (const commit of commits) {
    const { address } = commit;
    for (const fact of commit.facts) {
      const lead = returned(address, fact, { timers, effects, facts });
      if (lead !== undefined) leads.push(lead);
    }
    for (const [word, id, one, other, , seq] of commit.intents as readonly (readonly unknown[])[]) {
      if (word === 'timer') timers.set(String(id), whole(commit));
      if (word === 'effect') {
        effects.set(`${String(id)}@${String(seq)}`, {
          kind: one === 'task' ? 'task' : 'driver',
          src: String(other),
        });
      }
    }
  }
  return leads;
}

interface Started {
  readonly timers: ReadonlyMap<string, LeadEnd>;
  readonly effects: ReadonlyMap<string, { readonly kind: 'task' | 'driver'; readonly src: string }>;
  readonly facts: ReadonlyMap<number, StoredFact>;
}

function returned(address: string, fact: StoredFact, { timers, effects, facts }: Started): Lead | undefined {
  const to = endOf(address, fact);
  const event = eventOf(fact);
  if (event?.type === 'timer.fired') {
    const from = timers.get(event.timer ?? '');
    return { kind: 'timer', name: event.timer ?? '', to, ...(from !== undefined && { from }) };
  }
  const own = `${address}#`;
  const run = fact.by?.startsWith(own) === true ? fact.by.slice(own.length) : event?.effect;
  if (run === undefined) return undefined;
  const started = facts.get(Number(run.slice(run.lastIndexOf('@') + 1)));
  // A promise may speak before it ends: then it is a driver to whoever looks.
  const kind = fact.by === undefined ? (effects.get(run)?.kind ?? 'task') : 'driver';
  const src = effects.get(run)?.src ?? run.slice(0, run.lastIndexOf('@'));
  return { kind, name: src, to, ...(started !== undefined && { from: endOf(address, started) }) };
}

/** A record of an outbox names the fact it is told of. */
function posts(commits: readonly Commit[]): readonly Lead[] {
  return commits.flatMap(({ address, facts }) =>
    facts.flatMap((fact): readonly Lead[] => {
      const event = eventOf(fact);
      if (event?.type !== 'outbox.post' || fact.by !== undefined) return [];
      const { child: peer, childSeq: seq } = event;
      if (peer === undefined || typeof seq !== 'number') return [];
      const from = { address: peer, seq, to: seq, at: fact.at };
      return [{ kind: 'post', name: event.type, from, to: endOf(address, fact), peer }];
    }),
  );
}

const endOf = (address: string, { seq, at }: StoredFact): LeadEnd => ({ address, seq, to: seq, at });

const whole = ({ address, seq, to, at }: Commit): LeadEnd => ({ address, seq, to, at });

/** The fields that the host's own words have, where the event has them. */
type Told = AnyEvent & {
  readonly timer?: string;
  readonly effect?: string;
  readonly child?: string;
  readonly childSeq?: unknown;
};

const told = /^(?:timer\.fired|effect\.(?:done|failed)|outbox\.post)$/;

function eventOf({ event }: StoredFact): Told | undefined {
  if (event === undefined) return undefined;
  const value = unpack(event, () => noBytes) as Told;
  return told.test(value.type) ? value : { type: value.type };
}

/** Large leaves are no part of where an event came from. */
const noBytes = new Uint8Array();
