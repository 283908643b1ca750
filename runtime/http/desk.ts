/**
 * What a server is opened with, whichever carries it, and what it comes to.
 */
import { assertNames, assertOneOf, assertWhole, invalidOption } from '../invalidOption.ts';
import type { Troupe } from '../troupe.ts';
import { admitOf } from './access.ts';
import type { Admit, Authorize } from './access.ts';
import { dispatchOf } from './dispatch.ts';
import type { Dispatch } from './dispatch.ts';
import { defaultHttpLimits } from './limits.ts';
import type { HttpLimits } from './limits.ts';
import type { OriginOptions } from './origin.ts';
import type { Desk, InspectorMode } from './route.ts';
import { Streams } from './streams.ts';
import { Guests } from '../guests/guests.ts';
import { table } from './table.ts';
import { upgradeWith } from './upgrading.ts';
import type { Upgrade } from './upgrading.ts';

/** What every way of serving has in common. */
export interface ServingOptions extends OriginOptions {
  readonly limits?: Partial<HttpLimits>;
  /** The page at `/inspector`: `read` unless told; with `send` it offers what its reader may send. */
  readonly inspector?: InspectorMode;
}

/** How requests are let in, and what they may use. */
export interface HandlerOptions extends ServingOptions {
  /** Who asks, what they may do, and whose actors they see. */
  readonly authorize: Authorize;
}

/** An open desk, and the way to it. */
export interface Serving {
  readonly desk: Desk;
  readonly dispatch: Dispatch;
  /** Takes a request that is to become a WebSocket; false: it is none of this server's. */
  readonly upgrade: Upgrade;
  /** Takes nothing new, and ends its streams. */
  readonly close: () => void;
}

export function servingOf<D>(troupe: Troupe<D>, admit: Admit, options: ServingOptions): Serving {
  const limits = limitsOf(options.limits);
  const { inspector = 'read' } = options;
  assertOneOf('inspector', inspector, ['read', 'send', 'off']);
  const streams = new Streams(limits.streams);
  const guests = new Guests({ max: limits.guests, keepMs: limits.guestMs });
  let isClosing = false;
  const desk: Desk = {
    // Its kinds are looked up when a request names one.
    troupe: troupe,
    limits,
    streams,
    admit,
    answered: new Map(),
    table,
    isClosing: () => isClosing,
    inspector,
    guests,
  };
  const { hosts, origins } = options;
  const pages: OriginOptions = { ...(hosts && { hosts }), ...(origins && { origins }) };
  const close = (): void => {
    isClosing = true;
    streams.close();
    guests.close();
  };
  return { desk, dispatch: dispatchOf(desk, pages), upgrade: upgradeWith(desk, pages), close };
}

/** Its `authorize`, asked for every request. */
export function admitWith({ authorize }: HandlerOptions): Admit {
  if (typeof authorize !== 'function') {
    throw invalidOption('authorize', authorize, 'it is a function that says who asks, and what they may do');
  }
  return admitOf(authorize);
}

function limitsOf(changes: Partial<HttpLimits> = {}): HttpLimits {
  assertNames('limits', changes, defaultHttpLimits);
  for (const [name, value] of Object.entries(changes)) assertWhole(`limits.${name}`, value, 1);
  return { ...defaultHttpLimits, ...changes };
}
