/**
 * Requests to a directory that is read by this process: the same routes, without a server between.
 */
import { TroupeError } from '../../actors/troupeError.ts';
import { rights } from '../http/access.ts';
import { servingOf } from '../http/desk.ts';
import type { Incoming } from '../http/incoming.ts';
import { ownerWanted } from '../unowned.ts';
import { openReading } from '../openReading.ts';
import type { Asked, Carrier } from './way.ts';

/** The module with definitions matters only when something asks for states: it is loaded all the same. */
export async function readingCarrier(directory: string, actors: string | undefined): Promise<Carrier> {
  const troupe = await openReading({ directory, ...(actors !== undefined && { actors }) });
  const { dispatch, close } = servingOf(troupe, () => ({ by: 'local', can: rights }), {});
  return {
    to: `${directory}, read-only`,
    isReadOnly: true,
    carry: async (asked) => {
      if (asked.method !== 'GET') throw noOwner(directory, troupe.opened.journal.ownerPid?.());
      const { status, headers = {}, body = '' } = await dispatch(incomingOf(asked));
      return {
        status,
        type: headers['content-type'] ?? '',
        body: typeof body === 'string' ? onePiece(body) : body,
      };
    },
    close: async () => {
      close();
      await troupe.close();
    },
  };
}

function incomingOf({ method, target, headers = {}, signal }: Asked): Incoming {
  const gone = signal ?? new AbortController().signal;
  return {
    method,
    target,
    header: (name) => headers[name],
    body: async () => new Uint8Array(),
    pieces: () => onePiece(''),
    gone: () => gone,
    request: () => new Request(`http://localhost${target}`, { method }),
  };
}

async function* onePiece(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  if (text !== '') yield Buffer.from(text);
}

function noOwner(directory: string, pid: number | undefined): TroupeError {
  return new TroupeError('CLOSED', ownerWanted(directory, pid), {
    directory,
    ...(pid !== undefined && { pid }),
  });
}
