/**
 * What an app tells of a machine that it runs by itself, in the words of Stately's inspection protocol:
 * `@xstate.actor`, `@xstate.event`, `@xstate.snapshot`. Nobody vouches for what comes; as much as is used is
 * read here, each as the kind of value that it has to be.
 */

export type Json = Readonly<Record<string, unknown>>;

interface About {
  /** Which actor, in the words of its sender. */
  readonly session: string;
  readonly at: number;
}

/** An actor that exists, with its machine's config as text. */
export interface ToldActor extends About {
  readonly type: 'actor';
  readonly name: string;
  readonly parent: string | undefined;
  readonly definition: string | undefined;
  readonly snapshot: Json;
}

/** An event that was sent to an actor; a snapshot says what became of it. */
export interface ToldEvent extends About {
  readonly type: 'event';
  readonly event: Json;
  readonly source: string | undefined;
}

export interface ToldSnapshot extends About {
  readonly type: 'snapshot';
  readonly event: Json;
  readonly snapshot: Json;
}

export type Inspection = ToldActor | ToldEvent | ToldSnapshot;

export const textCharactersMax = 200;
/** A machine's config; one that is larger is not drawn. */
export const definitionCharactersMax = 256 * 1024;

/** Undefined: it is nothing of that kind. */
export function inspectionOf(told: unknown, now: number): Inspection | undefined {
  const { type, sessionId, createdAt, ...rest } = jsonOf(told);
  const session = textOf(sessionId);
  if (session === undefined) return undefined;
  const about: About = { session, at: timeOf(createdAt, now) };
  const event = jsonOf(rest['event']);
  const snapshot = jsonOf(rest['snapshot']);
  switch (type) {
    case '@xstate.actor': {
      const { name, parentId, definition } = rest;
      const text = typeof definition === 'string' ? definition : undefined;
      return {
        ...about,
        type: 'actor',
        name: textOf(name) ?? session,
        parent: textOf(parentId),
        definition: text !== undefined && text.length <= definitionCharactersMax ? text : undefined,
        snapshot,
      };
    }
    case '@xstate.event':
      return { ...about, type: 'event', event, source: textOf(rest['sourceId']) };
    case '@xstate.snapshot':
      return { ...about, type: 'snapshot', event, snapshot };
    default:
      return undefined;
  }
}

export function jsonOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== ''
    ? value.slice(0, textCharactersMax).toWellFormed()
    : undefined;
}

/** The protocol writes milliseconds as text. */
function timeOf(told: unknown, now: number): number {
  const at = Number(told);
  return Number.isSafeInteger(at) && at > 0 && at < 8.64e15 ? at : now;
}
