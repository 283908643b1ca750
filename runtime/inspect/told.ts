/**
 * What XState's inspection says, in the words of Stately's protocol. Values are looked at when they are sent,
 * not when they come: an app pays for a reference.
 */
import type { ActorRefLike, InspectionEvent } from 'xstate';
import { safeValue } from './safeValue.ts';

/** The version of the protocol, as its own package counts. */
const version = '0.7.2';
/** One message; of a larger one the context is left out. */
const charactersMax = 60_000;

type Json = Readonly<Record<string, unknown>>;
type Told = Extract<InspectionEvent, { type: '@xstate.actor' | '@xstate.event' | '@xstate.snapshot' }>;

export interface Inspected {
  readonly told: Told;
  readonly at: number;
  /** Of an actor that is new: where it stood. */
  readonly snapshot: unknown;
}

/** What of an actor only its own class has. */
interface Actor extends ActorRefLike {
  readonly id?: string;
  readonly _parent?: Actor;
  readonly logic?: Logic;
}

/** Undefined: steps within steps, and actions. */
export function inspectedOf(event: InspectionEvent): Inspected | undefined {
  const isTold = /^@xstate\.(?:actor|event|snapshot)$/.test(event.type);
  if (!isTold) return undefined;
  const told = event as Told; // By the names above.
  return { told, at: Date.now(), snapshot: told.type === '@xstate.actor' ? snapshotIn(told) : undefined };
}

/** Who is told of anew is told where it stands now: what was before is not asked for. */
export function toldAgain({ told }: Inspected): Inspected {
  return { told, at: Date.now(), snapshot: snapshotIn(told) };
}

/** XState tells of most actors while they are being made: those are nowhere until they start. */
function snapshotIn({ actorRef }: Told): unknown {
  try {
    return actorRef.getSnapshot();
  } catch {
    return undefined;
  }
}

export const sessionOf = ({ told }: Inspected): string => told.actorRef.sessionId;

/** Whether it is an actor's last word. */
export function isLast({ told }: Inspected): boolean {
  return told.type === '@xstate.snapshot' && (told.snapshot.status as string) !== 'active';
}

/** As it goes over the wire. */
export function messageOf(inspected: Inspected): string {
  const message = protocolOf(inspected);
  const text = JSON.stringify(message);
  if (text.length <= charactersMax) return text;
  const left = `[${text.length} characters: too much to be shown]`;
  const { snapshot, event, definition } = message;
  const { status, value } = (snapshot ?? {}) as Json;
  return JSON.stringify({
    ...message,
    ...(snapshot !== undefined && { snapshot: { status, value, context: left } }),
    ...(event !== undefined && { event: { type: (event as Json)['type'], left } }),
    // A picture of half a machine would be wrong.
    ...(typeof definition === 'string' && definition.length > charactersMax && { definition: undefined }),
  });
}

function protocolOf({ told, at, snapshot }: Inspected): Json {
  const about = {
    type: told.type,
    sessionId: told.actorRef.sessionId,
    rootId: told.rootId,
    createdAt: String(at),
    id: null,
    _version: version,
  };
  if (told.type === '@xstate.event') {
    return { ...about, event: safeValue(told.event), sourceId: told.sourceRef?.sessionId };
  }
  if (told.type === '@xstate.snapshot') {
    return { ...about, event: safeValue(told.event), snapshot: snapshotOf(told.snapshot) };
  }
  const { id, sessionId, logic, _parent } = told.actorRef as Actor;
  const config = logic?.config;
  const machineId = typeof config?.['id'] === 'string' ? config['id'] : undefined;
  return {
    ...about,
    // An id that nobody chose says less than the machine's.
    name: (id === sessionId ? machineId : id) ?? machineId ?? sessionId,
    parentId: _parent?.sessionId,
    definition: config === undefined ? undefined : definitionOf(config),
    snapshot: snapshotOf(snapshot),
  };
}

/** A machine's snapshot has a list of nodes, a machine and methods beside what is to be told. */
function snapshotOf(snapshot: unknown): Json {
  const { status, value, context, output, error, tags } = (snapshot ?? {}) as Json;
  return {
    status,
    value: safeValue(value),
    context: safeValue(context),
    ...(output !== undefined && { output: safeValue(output) }),
    ...(error !== undefined && { error: safeValue(error) }),
    ...(tags instanceof Set && { tags: [...tags] }),
  };
}

/** Functions become their names: `{ type: 'isReady' }`. A definition that holds a circle is none. */
function definitionOf(config: Json): string | undefined {
  try {
    return JSON.stringify(config, (key, value: unknown) => {
      if (key === 'context') return undefined;
      return isLogic(value) ? { id: value.config?.['id'] ?? '(inline)' } : plainName(value);
    });
  } catch {
    return undefined;
  }
}

interface Logic {
  readonly config?: Json;
}

/** An actor's logic in the place of its name: a machine holds itself, and far too much. */
function isLogic(value: unknown): value is Logic {
  return isObject(value) && typeof value['transition'] === 'function';
}

/** What XState made is called as XState calls it: `xstate.assign`. */
function plainName(value: unknown): unknown {
  if (typeof value !== 'function') return value;
  const { type } = value as { readonly type?: unknown };
  return { type: typeof type === 'string' ? type : value.name || '(inline)' };
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
