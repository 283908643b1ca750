/**
 * A body as the value that a route's schema describes: JSON in UTF-8, bounded in size and in depth. Another
 * content type is refused: a form on any page could send it to a server on this machine.
 */
import type { TSchema } from 'typebox';
import { TroupeError } from '../../actors/troupeError.ts';
import { checked } from './checked.ts';
import type { Incoming } from './incoming.ts';
import type { HttpLimits } from './limits.ts';

const strict = new TextDecoder('utf-8', { fatal: true });

/** Throws `INVALID_REQUEST`, `TOO_LARGE` or `INVALID_OPTION`. */
export async function bodyOf(
  incoming: Incoming,
  schema: TSchema,
  isOptional: boolean,
  limits: Pick<HttpLimits, 'bodyBytes' | 'depth'>,
): Promise<unknown> {
  const bytes = await incoming.body(limits.bodyBytes);
  if (bytes.byteLength === 0 && isOptional) return undefined;
  assertJson(incoming.header('content-type'));
  assertUnpacked(incoming.header('content-encoding'));
  const value = jsonIn(bytes, limits.depth);
  return checked(schema, value, (path, message) => {
    const text = `${path === '' ? 'The body' : `"${path}" of the body`} ${message}.`;
    return new TroupeError('INVALID_OPTION', text, { option: path });
  });
}

function assertJson(contentType: string | undefined): void {
  // What nearly everybody says.
  if (contentType === 'application/json') return;
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (/^application\/(?:[\w.-]+\+)?json$/.test(type.trim()) && isUtf8) return;
  const given = contentType?.slice(0, 100) ?? 'nothing';
  const text = `A body is application/json in UTF-8; its content type says ${given}.`;
  throw new TroupeError('INVALID_REQUEST', text, { status: 415 });
}

function assertUnpacked(coding = 'identity'): void {
  if (coding === 'identity') return;
  const text = `A body is sent as it is; its content encoding says ${coding.slice(0, 100)}.`;
  throw new TroupeError('INVALID_REQUEST', text, { status: 415 });
}

/** Of a body that is taken as it comes: as it says it is, and not packed. */
export function assertStreams(incoming: Incoming, type: string): void {
  const [given = ''] = (incoming.header('content-type') ?? '').toLowerCase().split(';');
  const coding = incoming.header('content-encoding') ?? 'identity';
  if (given.trim() === type && coding === 'identity') return;
  const text = `This body is ${type}, as it is; its headers say ${given.trim() || 'nothing'}, ${coding}.`;
  throw new TroupeError('INVALID_REQUEST', text.slice(0, 300), { status: 415 });
}

/** JSON in UTF-8; throws `INVALID_REQUEST` where it is none, or nested deeper. */
export function jsonIn(bytes: Uint8Array, depthMax: number): unknown {
  if (depthOf(bytes) > depthMax) {
    throw new TroupeError('INVALID_REQUEST', `The body is nested deeper than ${depthMax}.`, { depthMax });
  }
  try {
    return JSON.parse(strict.decode(bytes)) as unknown;
  } catch (error) {
    const text = `The body is no JSON in UTF-8: ${error instanceof Error ? error.message : String(error)}`;
    throw new TroupeError('INVALID_REQUEST', text, {});
  }
}

const [quote, backslash] = [0x22, 0x5c];

/** How deep its brackets go, before anything is built of them. */
function depthOf(bytes: Uint8Array): number {
  let [depth, deepest, isText] = [0, 0, false];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (isText) {
      if (byte === backslash) i++;
      else if (byte === quote) isText = false;
    } else if (byte === quote) isText = true;
    else if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return deepest;
}

export function tooLarge(bytesMax: number): TroupeError {
  const text = `A body has at most ${bytesMax} bytes. Send it in parts, or a reference.`;
  return new TroupeError('TOO_LARGE', text, { max: bytesMax });
}

export const cutShort = (): TroupeError =>
  new TroupeError('INVALID_REQUEST', 'The body ended too early.', {});
