/**
 * An actor from its history: the newest snapshot that belongs to it, then the facts after it, each applied
 * as it was when it was recorded. Replay runs nothing and guesses nothing.
 *   A1. A snapshot counts only if the commit at its seq has its chain.
 *   A2. Every commit's chain and state are compared; what differs quarantines the actor, with the seq.
 */
import { isTroupeError, outcomeOf, TroupeError } from '../../actors/troupeError.ts';
import type { AnyEvent } from '../../actors/fact.ts';
import { ignores, isFinal, Misfit } from '../../actors/statechart.ts';
import { chainAfter, sha256 } from '../../storage/chain.ts';
import type { Commit, StoredFact } from '../../storage/commit.ts';
import type { Journal, Standing } from '../../storage/journal.ts';
import { sealable } from '../../storage/sealable.ts';
import type { BodyOf } from '../../storage/values.ts';
import { unpack } from '../../storage/values.ts';
import { sealedDigestOf } from './account.ts';
import { fromSeal } from './fromSeal.ts';
import { HostedActor } from './hostedActor.ts';
import type { Kind, Kinds } from './kinds.ts';
import type { Intent } from './ledger.ts';
import { savedOf } from './saved.ts';
import type { Saved } from './saved.ts';
import { isWord, machineEventOf } from './words.ts';

/** As much of a journal as an activation reads. */
export type Histories = Pick<Journal, 'last' | 'read' | 'snapshot' | 'bodies' | 'seal'>;

export interface Sources {
  readonly journal: Histories;
  readonly kinds: Kinds;
}

/** Looks at an actor on its way: after each fact from `from` on. */
export interface Look {
  readonly from: number;
  readonly each: (actor: HostedActor) => void;
}

/** The actor as it stands, or stood after `upTo`; unborn when it has no history. */
export async function activate(
  sources: Sources,
  address: string,
  upTo = Infinity,
  look?: Look,
): Promise<HostedActor> {
  const kind = sources.kinds.of(address);
  const standing = await sources.journal.last(address);
  if (standing === undefined) return new HostedActor(address, kind);
  const end = Math.min(upTo, standing.seq);
  try {
    const actor = await replayed(sources, kind, standing, end, look);
    actor.due = standing.due;
    actor.labels = standing.row.labels;
    actor.rowFields = standing.row;
    if (actor.sealed && actor.ledger.unsent > 0) actor.sealHash = await sealHashOf(sources, address);
    return actor;
  } catch (error) {
    const isLast = standing.sealed && end === standing.seq;
    const seal = isLast && isErasure(error) ? await sources.journal.seal(address) : undefined;
    return seal === undefined ? quarantined(address, kind, standing, error) : fromSeal(kind, standing, seal);
  }
}

/** Reports of a sealed actor that are still to go out need it. */
async function sealHashOf({ journal }: Sources, address: string): Promise<string | undefined> {
  const seal = await journal.seal(address);
  return seal && Buffer.from(sha256(seal)).toString('hex');
}

function quarantined(address: string, kind: Kind, standing: Standing, error: unknown): HostedActor {
  const actor = new HostedActor(address, kind);
  const cause = outcomeOf(error);
  const text = `${address} cannot be brought back: ${cause.message} Mend the definition, then release it.`;
  actor.quarantine = {
    code: 'QUARANTINED',
    message: text,
    details: { address, ...cause.details, cause: cause.code },
  };
  actor.seq = standing.seq;
  actor.due = standing.due;
  return actor;
}

async function replayed(
  sources: Sources,
  kind: Kind,
  standing: Standing,
  end: number,
  look: Look | undefined,
): Promise<HostedActor> {
  const { journal } = sources;
  const { address } = standing;
  let actor = await restored(sources, kind, address, Math.min(end, look?.from ?? end));
  if (actor === undefined) {
    if ((standing.erased?.bodiesTo ?? 0) > 0) throw erased(address);
    actor = new HostedActor(address, kind);
  }
  if (actor.seq > 0 && actor.seq === look?.from) look.each(actor);
  for (let after = actor.seq; after < end; after = actor.seq) {
    const { commits } = await journal.read(address, { after, before: end + 1 });
    if (commits.length === 0) throw missing(address, after + 1);
    for (const commit of commits) await replay(journal, actor, commit, end, look);
  }
  return actor;
}

/** A1. The newest snapshot that fits, or none. */
async function restored(
  { journal }: Sources,
  kind: Kind,
  address: string,
  end: number,
): Promise<HostedActor | undefined> {
  for (let seq = end; seq > 0;) {
    const snapshot = await journal.snapshot(address, seq);
    if (snapshot === undefined) return undefined;
    const saved = savedOf(snapshot);
    if (saved !== undefined && (await hasChain(journal, address, snapshot.seq, snapshot.chain))) {
      const actor = actorFrom(kind, address, saved);
      if (actor !== undefined) return Object.assign(actor, { seq: snapshot.seq, chain: snapshot.chain });
    }
    seq = snapshot.seq - 1;
  }
  return undefined;
}

async function hasChain(
  journal: Histories,
  address: string,
  seq: number,
  chain: Uint8Array,
): Promise<boolean> {
  const { commits } = await journal.read(address, { after: seq - 1, limit: 1 });
  const [commit] = commits;
  // The facts before it may be erased: then nothing is left to compare with, nor to replay from. What follows
  // is chained to it, so a snapshot of another history is found with the next commit.
  if (commit === undefined || commit.seq > seq) return true;
  return commit.to === seq && Buffer.compare(commit.tag, chain.subarray(0, commit.tag.length)) === 0;
}

/** Undefined when the definition has another version and no way to bring the snapshot up to it. */
function actorFrom(kind: Kind, address: string, saved: Saved): HostedActor | undefined {
  const { definition, statechart, digest } = kind;
  let { persisted } = saved;
  if (saved.version !== definition.version) {
    if (definition.migrate === undefined) return undefined;
    persisted = { ...persisted, context: definition.migrate(persisted.context, saved.version) };
  }
  if (saved.digestSchema !== digest.schema) return undefined;
  const actor = new HostedActor(address, kind);
  actor.ledger = saved.ledger;
  actor.digest = saved.digest;
  actor.at = saved.at;
  actor.sealed = saved.sealed;
  try {
    actor.snapshot = statechart.restore(persisted, actor.selfAt(actor.seq));
    return actor;
  } catch (error) {
    // The machine has changed: its history tells from where on, or that it still fits.
    if (error instanceof Misfit) return undefined;
    throw error;
  }
}

/** One commit, fact by fact; stops inside of it when the actor as of `end` is asked for. */
async function replay(
  journal: Histories,
  actor: HostedActor,
  commit: Commit,
  end: number,
  look: Look | undefined,
): Promise<void> {
  const bodies = commit.bodies.length === 0 ? undefined : await journal.bodies(actor.address, commit.bodies);
  const chain = chainAfter(actor.chain, commit.header, commit.payloadHash());
  if (Buffer.compare(chain.subarray(0, commit.tag.length), commit.tag) !== 0)
    throw broken(actor.address, commit.seq);
  // What its facts were taken under stands before the first of them.
  for (const intent of commit.intents as readonly Intent[]) {
    if (intent[0] === 'version' || intent[0] === 'parent') actor.ledger.apply(intent);
  }
  // A commit that says nothing of its state stayed where the one before it led.
  const recorded = (commit.reached ?? actor.reached).paths;
  for (const fact of commit.facts) {
    if (fact.seq > end) return;
    replayFact(actor, fact, bodies);
    // After the last one the commit itself says more.
    if (look !== undefined && fact.seq >= look.from && fact.seq < commit.to) look.each(actor);
  }
  for (const intent of commit.intents) actor.ledger.apply(intent as Intent);
  actor.sealed = commit.seal !== undefined;
  // What its definition throws here it threw then, too.
  if (actor.sealed) actor.digest = sealable(sealedDigestOf(actor, () => undefined));
  actor.chain = chain;
  const ends = actor.snapshot !== undefined && isFinal(actor.snapshot);
  if (recorded.join() !== actor.reached.paths.join() || (ends && !actor.sealed)) {
    throw diverged(actor, commit.seq, recorded);
  }
  if (look !== undefined && actor.seq >= look.from) look.each(actor);
}

function replayFact(actor: HostedActor, fact: StoredFact, bodies: BodyOf | undefined): void {
  if (fact.event === undefined) throw erased(actor.address);
  const { kind, ledger } = actor;
  const event = upcast(actor, unpack(fact.event, bodies) as AnyEvent);
  const { seq, at, id, by, trace } = fact;
  const told = event.type === 'actor.born' ? undefined : machineEventOf(event, ledger);
  actor.count({
    seq,
    to: seq,
    at,
    event,
    ...(id === undefined ? {} : { id }),
    ...(by === undefined ? {} : { by }),
    ...(trace === undefined ? {} : { trace }),
  });
  if (id !== undefined) ledger.remember(id, seq, at);
  if (event.type === 'actor.born')
    return born(actor, event as AnyEvent & { input?: unknown; parent?: string });
  const isPassive =
    kind.passive.has(event.type) && actor.snapshot !== undefined && ignores(actor.snapshot, event.type);
  const isTimedSend =
    event.type === 'timer.fired' && isForOthers(actor, event as AnyEvent & { timer: string });
  if (told === undefined || isPassive || isTimedSend || actor.snapshot === undefined) return;
  const step = kind.statechart.step(actor.snapshot, told, actor.selfAt(seq));
  // Of what was sent nothing was recorded when it threw; only the host's own words end an actor so.
  if (step.failed && !isWord(event)) throw threw(actor, seq, step.error);
  actor.snapshot = step.snapshot;
}

function born(actor: HostedActor, { input, parent }: { input?: unknown; parent?: string }): void {
  actor.snapshot = actor.kind.statechart.start(input, { address: actor.address, parent, seq: 1 }).snapshot;
}

/** A delayed send to somebody else passes the machine by. */
function isForOthers({ ledger }: HostedActor, { timer }: { readonly timer: string }): boolean {
  const target = ledger.timers?.get(timer)?.to;
  return target !== undefined && target !== null;
}

/** An event recorded by an older definition, as today's. */
function upcast({ kind, ledger }: HostedActor, event: AnyEvent): AnyEvent {
  const { definition } = kind;
  if (definition.upcast === undefined || ledger.version === definition.version || isWord(event)) return event;
  return definition.upcast(event, ledger.version);
}

function broken(address: string, seq: number): TroupeError {
  return new TroupeError('CORRUPT', `the hash chain of ${address} breaks at seq ${seq}.`, {
    address,
    firstBadSeq: seq,
  });
}

function missing(address: string, seq: number): TroupeError {
  return new TroupeError('CORRUPT', `the fact ${seq} of ${address} is missing.`, {
    address,
    firstBadSeq: seq,
  });
}

const isErasure = (error: unknown): boolean =>
  isTroupeError(error, 'DEFINITION_MISMATCH') && error.details['erased'] === true;

function erased(address: string): TroupeError {
  const text = `its facts were erased, and no snapshot of this version is left to go on from.`;
  return new TroupeError('DEFINITION_MISMATCH', text, { address, erased: true });
}

function threw(actor: HostedActor, seq: number, error: unknown): TroupeError {
  const { message } = outcomeOf(error);
  const text = `the fact at seq ${seq} was taken when it was recorded, but this version throws: ${message}.`;
  return new TroupeError('DEFINITION_MISMATCH', text, { address: actor.address, firstBadSeq: seq });
}

function diverged(actor: HostedActor, seq: number, recorded: readonly string[]): TroupeError {
  const { paths } = actor.reached;
  const text =
    `the commit at seq ${seq} was recorded in state ${recorded.join(', ')}, ` +
    `but this version of "${actor.kind.name}" reaches ${paths.join(', ') || 'an error'}.`;
  return new TroupeError('DEFINITION_MISMATCH', text, { firstBadSeq: seq, recorded, reached: paths });
}
