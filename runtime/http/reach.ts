/**
 * What of a runtime a request reaches: references to actors that its sender may see, and sends that are its
 * sender's (Q1, Q2).
 */
import { addressAt, idOf, isAddress, isChild } from '../../actors/address.ts';
import type { AnyEvent } from '../../actors/fact.ts';
import { isTroupeError, TroupeError } from '../../actors/troupeError.ts';
import type { AnyDefinition } from '../definition.ts';
import { notFound } from '../history.ts';
import { isRecord } from '../invalidOption.ts';
import type { Outbox } from '../outbox.ts';
import type { Ref } from '../ref.ts';
import type { Run } from '../run.ts';
import type { SendOptions } from '../sending.ts';
import { assertCan, isScoped, isWithin } from './access.ts';
import type { Access } from './access.ts';
import type { Call } from './route.ts';

type AnyRef = Ref<AnyDefinition>;
/** As much of a reference as says where it points. */
export type Place = Pick<AnyRef, 'address' | 'opened'>;

/** The actor that the path names, whether it exists or not. */
export function refOf({ desk, params }: Call): AnyRef {
  const { kind = '', id = '' } = params;
  // Its kinds are known when it runs.
  const troupe = desk.troupe as unknown as { actor(kind: string, id: string): AnyRef };
  return troupe.actor(kind, id);
}

/**
 * What is recorded of the actor that the path names: facts need no definition, and are told of a kind that is
 * not hosted here, too. `NOT_FOUND`, or `UNKNOWN_KIND`, where there is nothing.
 */
export async function recordOf(call: Call): Promise<Place> {
  const { opened } = call.desk.troupe;
  const { kind = '', id = '' } = call.params;
  const address = addressAt(kind, id);
  const isThere = (await opened.journal.last(address)) !== undefined;
  return visible(call, isThere ? { opened, address } : refOf(call));
}

export function runOf({ desk, params }: Call): Run {
  return desk.troupe.run(params['id'] ?? '');
}

export function outboxOf({ desk, params }: Call): Outbox {
  return desk.troupe.outbox(params['id'] ?? '');
}

/** The reference, to be read: for who sees a part only, what is not there is like what is not theirs. */
export async function visible<R extends Place>({ access }: Pick<Call, 'access'>, ref: R): Promise<R> {
  if (isScoped(access) && (await standingOf(access, ref)) !== 'mine') throw notFound(ref.address);
  return ref;
}

/** What a stream asks again: whether its actor is still one that somebody may see. */
export function stillVisible({ address, opened }: Place): (access: Access) => Promise<boolean> {
  return async (access) => {
    const standing = await opened.journal.last(address);
    return standing !== undefined && isWithin(access, standing.row.labels);
  };
}

/** Whether it exists; `NOT_FOUND` for what is somebody else's. */
async function standingOf(access: Access, { address, opened }: Place): Promise<'mine' | 'absent'> {
  const standing = await opened.journal.last(address);
  if (standing === undefined) return 'absent';
  if (!isWithin(access, standing.row.labels)) throw notFound(address);
  return 'mine';
}

/** What a request may say about a send. */
export type Noted = Pick<SendOptions, 'id' | 'ifSeq' | 'trace' | 'labels' | 'input' | 'wait' | 'signal'>;

const triesMax = 4;

/**
 * Sends as who asks. A birth gets its labels, and is one: whoever else gives birth to the same address in the
 * meantime is not sent to without another look at whose it is.
 */
export function sentAs<R>(
  call: Pick<Call, 'access'>,
  ref: Place,
  noted: Noted,
  send: (options: SendOptions) => Promise<R>,
): PromiseLike<R> {
  const { access } = call;
  // Nearly every request: no promise around a promise, and no list of one.
  if (!isScoped(access)) return send({ ...noted, by: access.by });
  return allSentAs(call, ref, [noted], async ([options = {}]) => send(options));
}

/** As `sentAs`, of several sends that are one. */
export async function allSentAs<R>(
  { access }: Pick<Call, 'access'>,
  ref: Place,
  notes: readonly Noted[],
  send: (options: readonly SendOptions[]) => Promise<R>,
): Promise<R> {
  const { by } = access;
  if (!isScoped(access)) return send(notes.map((noted) => ({ ...noted, by })));
  const stamped = (noted: Noted): SendOptions => ({
    ...noted,
    by,
    labels: { ...noted.labels, ...access.labels },
  });
  const known = (noted: Noted): SendOptions =>
    noted.labels === undefined ? { ...noted, by } : stamped(noted);
  for (let tries = 1; ; tries++) {
    if ((await standingOf(access, ref)) === 'mine') return send(notes.map(known));
    try {
      const [birth = {}, ...rest] = notes;
      assertUnborn(ref.address, birth.ifSeq);
      return await send([{ ...stamped(birth), ifSeq: 0 }, ...rest.map(known)]);
    } catch (error) {
      const isBorn = isTroupeError(error, 'CONFLICT') && (await standingOf(access, ref)) === 'mine';
      if (!isBorn || tries === triesMax) throw error;
    }
  }
}

function assertUnborn(address: string, ifSeq = 0): void {
  if (ifSeq === 0) return;
  const text = `${address} is at seq 0, not at ${ifSeq}: look again before you decide.`;
  throw new TroupeError('CONFLICT', text, { address, seq: 0, ifSeq });
}

/** The event as its sender may send it; throws `FORBIDDEN`, or `NOT_FOUND` for what it may not point at. */
export function admitted(
  call: Pick<Call, 'access' | 'desk'>,
  kind: string,
  event: AnyEvent,
): AnyEvent | PromiseLike<AnyEvent> {
  const { access } = call;
  const { type } = event;
  assertCan(access, kind === 'run' && type === 'permission.answer' ? 'answer' : 'send');
  if (isLaunch(kind, event)) assertCan(access, 'launch');
  const own = asOwn(access, kind, event);
  return isScoped(access) ? assertPointsWithin(call, kind, event).then(() => own) : own;
}

function asOwn(access: Access, kind: string, event: AnyEvent): AnyEvent {
  if (kind === 'run' && event.type === 'run.start') return labelled(access, event);
  return isSigned(kind, event.type) ? ({ ...event, by: access.by } as AnyEvent) : event;
}

/** Q1: what a run says of itself is in its digest for good; which has room for the first labels only. */
function labelled({ labels = {} }: Access, event: AnyEvent): AnyEvent {
  const { labels: told } = event as { readonly labels?: unknown };
  if (Object.keys(labels).length === 0 || (told !== undefined && !isRecord(told))) return event;
  return { ...event, labels: { ...labels, ...told, ...labels } } as AnyEvent;
}

/**
 * The outbox that a run or session is to report to becomes its sender's before anything is started: one that
 * the report gave birth to would be nobody's, and one that somebody else makes in the meantime would get
 * what is not for them. Throws `NOT_FOUND` if it is not theirs.
 */
export async function claimOutbox(
  { access, desk }: Pick<Call, 'access' | 'desk'>,
  kind: string,
  event: AnyEvent,
): Promise<void> {
  const address = isScoped(access) ? outboxNamedBy(kind, event) : undefined;
  // Nobody gives birth to a child but its parent.
  if (address === undefined || !isAddress(address) || isChild(address)) return;
  const outbox = desk.troupe.outbox(idOf(address));
  if ((await standingOf(access, outbox)) === 'mine') return;
  await sentAs({ access }, outbox, {}, async (options) => outbox.send({ type: 'outbox.turn' }, options));
}

function outboxNamedBy(kind: string, event: AnyEvent): string | undefined {
  const isStart = event.type === (kind === 'run' ? 'run.start' : 'pty.open');
  if ((kind !== 'run' && kind !== 'pty') || !isStart) return undefined;
  const { parent, notify } = event as { readonly parent?: unknown; readonly notify?: unknown };
  if (kind === 'run' && typeof notify === 'string') return `outbox/${notify}`;
  return typeof parent === 'string' ? `outbox/${idOf(parent)}` : undefined;
}

/** Q4: what starts a process, now or later. */
function isLaunch(kind: string, event: AnyEvent): boolean {
  if (kind === 'pty') return event.type === 'pty.open';
  return kind === 'run' && event.type === 'run.start' && 'launch' in event;
}

/** Events that say themselves who sent them. */
function isSigned(kind: string, type: string): boolean {
  return kind === 'run' && (type === 'turn.interrupt' || type === 'run.stop');
}

/** A run reports to its parent's outbox and is read together with what it goes on with. */
async function assertPointsWithin(
  { access, desk }: Pick<Call, 'access' | 'desk'>,
  kind: string,
  event: AnyEvent,
): Promise<void> {
  const { opened } = desk.troupe;
  const fields = event as AnyEvent & Readonly<Record<string, unknown>>;
  const text = (name: string): string | undefined =>
    typeof fields[name] === 'string' ? fields[name] : undefined;
  const assertMine = async (address: string): Promise<void> => {
    if ((await standingOf(access, { address, opened })) === 'absent') throw notFound(address);
  };
  const assertNotForeign = async (address: string): Promise<unknown> =>
    standingOf(access, { address, opened });
  if (kind === 'pty' && event.type === 'pty.open') {
    const parent = text('parent');
    if (parent !== undefined) {
      await assertMine(parent);
      await assertNotForeign(`outbox/${idOf(parent)}`);
    }
  }
  if (kind === 'run' && event.type === 'run.start') {
    const [parent, continues, notify] = [text('parent'), text('continues'), text('notify')];
    if (continues !== undefined) await assertMine(continues);
    if (parent !== undefined) {
      await assertMine(parent);
      await assertNotForeign(`outbox/${idOf(parent)}`);
    }
    if (notify !== undefined) await assertNotForeign(`outbox/${notify}`);
  }
  const to = text('to');
  if (kind === 'outbox' && event.type === 'outbox.move' && to !== undefined) await assertMine(to);
}
