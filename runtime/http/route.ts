/**
 * What a route is: a row of the one table that servers serve, that OpenAPI is made of and that a client can
 * rely on. It knows no server.
 */
import type { Static, TObject, TSchema } from 'typebox';
import type { Guests } from '../guests/guests.ts';
import type { Troupe } from '../troupe.ts';
import type { Access, Admit, Right } from './access.ts';
import type { Answer, Incoming } from './incoming.ts';
import type { HttpLimits } from './limits.ts';
import type { Streams } from './streams.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/**
 * `nothing`: anybody. `whole`: to read, for those who see all actors. `name`: whoever is known; what is sent
 * says itself which right it needs.
 */
export type Need = Right | 'nothing' | 'whole' | 'name';

/** Whether the inspector's page is served, and whether it offers to send. */
export type InspectorMode = 'read' | 'send' | 'off';

/** What one server holds for all of its routes. */
export interface Desk {
  readonly troupe: Troupe<unknown>;
  readonly limits: HttpLimits;
  readonly streams: Streams;
  /** Requests that were answered, by route and status. */
  readonly answered: Map<string, Map<number, number>>;
  /** The routes that it serves. */
  readonly table: readonly AnyRoute[];
  readonly admit: Admit;
  readonly isClosing: () => boolean;
  readonly inspector: InspectorMode;
  /** Machines that others run and tell of. */
  readonly guests: Guests;
}

export interface Call<Q = unknown, B = unknown> {
  readonly desk: Desk;
  readonly access: Access;
  /** The parts of the path that stand in braces. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
  readonly incoming: Incoming;
}

/** What an answer of a status holds; text and streams are described by their content type alone. */
export type Told = TSchema | { readonly content: string; readonly about: string };

export interface Route<Q extends TObject, B extends TSchema> {
  /** Unique; OpenAPI's operationId. */
  readonly name: string;
  readonly method: Method;
  readonly path: `/${string}`;
  readonly summary: string;
  readonly needs: Need;
  readonly query?: Q;
  readonly body?: B;
  /** Instead of `body`: its content type. The route takes it as it comes (`incoming.pieces`). */
  readonly streams?: string;
  /** The body may be left out. */
  readonly isBodyOptional?: boolean;
  readonly answers: Readonly<Record<number, Told>>;
  run(call: Call<Static<Q>, Static<B>>): Answer | Promise<Answer>;
}

/** A route whose types nobody needs any more: what it takes is checked before it runs. */
export type AnyRoute = Omit<Route<TObject, TSchema>, 'run'> & {
  run(call: Call<never, never>): Answer | Promise<Answer>;
};

/** Lets the compiler see what a route takes. */
export function route<Q extends TObject, B extends TSchema>(of: Route<Q, B>): Route<Q, B> & AnyRoute {
  return of;
}
