/**
 * Which pages and host names may ask: a page elsewhere could point a name of its own at this machine (DNS
 * rebinding), or send what a form can send. Nothing is allowed across origins unless it was configured.
 */
import { TroupeError } from '../../actors/troupeError.ts';
import type { Answer, Incoming } from './incoming.ts';

/** Which names and pages of others a server answers to. */
export interface OriginOptions {
  /** Host names that requests may be for; absent: any (whoever serves them checks that). */
  readonly hosts?: readonly string[];
  /** Origins of other pages that may ask, `https://example.org`; they get CORS headers. */
  readonly origins?: readonly string[];
}

export interface Judged {
  readonly isPreflight: boolean;
  readonly headers: NonNullable<Answer['headers']>;
}

const nothing: Judged = { isPreflight: false, headers: {} };

/** Throws `FORBIDDEN`. */
export function originRule({ hosts, origins = [] }: OriginOptions, incoming: Incoming): Judged {
  const host = incoming.header('host');
  if (hosts !== undefined && !hosts.includes(nameOf(host ?? ''))) {
    const text = 'The request is for a host name that this server does not answer to.';
    throw new TroupeError('FORBIDDEN', text, { host: (host ?? '').slice(0, 100) });
  }
  const origin = incoming.header('origin');
  if (origin === undefined) return nothing;
  if (origins.includes(origin)) return judged(incoming, origin);
  if (isOwn(origin, host)) return nothing;
  const text = 'A page of another origin may not ask here.';
  throw new TroupeError('FORBIDDEN', text, { origin: origin.slice(0, 100) });
}

/** Without its port; an address of IPv6 keeps its brackets. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}

function isOwn(origin: string, host: string | undefined): boolean {
  return host !== undefined && /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, '') === host;
}

function judged(incoming: Incoming, origin: string): Judged {
  const headers = { 'access-control-allow-origin': origin, vary: 'origin' };
  const isPreflight =
    incoming.method === 'OPTIONS' && incoming.header('access-control-request-method') !== undefined;
  if (!isPreflight) return { isPreflight, headers };
  return {
    isPreflight,
    headers: {
      ...headers,
      'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
      'access-control-allow-headers': 'authorization, content-type, idempotency-key, last-event-id',
      'access-control-max-age': '600',
    },
  };
}
