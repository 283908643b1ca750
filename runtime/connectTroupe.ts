/**
 * A runtime that another process has open, in the shape of `Troupe`: by the socket of a directory's owner, or
 * by its URL. Of a directory whose owner cannot be asked it shows what is there, and changes nothing.
 */
import { Client } from './client/connect.ts';
import { Remote } from './client/remote.ts';
import type { ClientOptions } from './client/remote.ts';
import type { AnyDefinition, DefinitionsOf } from './definition.ts';
import { rights } from './http/access.ts';
import { liveSocketIn } from './http/liveSocket.ts';
import { readingFetch, socketFetch } from './http/localFetch.ts';
import { assertNames, invalidOption } from './invalidOption.ts';
import { openReading } from './openReading.ts';

type Patient = Pick<ClientOptions, 'patienceMs' | 'retryMs' | 'retryMsMax' | 'silenceMs'>;

/** Where a directory is, and how patient its reader is. */
export interface ConnectOptions extends Patient {
  /** Of the owner, who may be another process of this user; or of nobody, to be read. */
  readonly directory?: string;
  /** Where nobody has it open: the definitions of your own kinds, or the module that exports them. */
  readonly actors?: readonly AnyDefinition[] | URL | string;
  /** Of a server, instead of a directory. */
  readonly url?: string;
  readonly token?: string;
  readonly headers?: NonNullable<ClientOptions['headers']>;
}

const names: Readonly<Record<keyof ConnectOptions, true>> = {
  directory: true,
  actors: true,
  url: true,
  token: true,
  headers: true,
  patienceMs: true,
  retryMs: true,
  retryMsMax: true,
  silenceMs: true,
};

/** A client that knows how it got there; close it, or what it reads stays open. */
export class ConnectedTroupe<D = never> extends Client<D> implements AsyncDisposable {
  /** Nobody writes: what is there is all there is, and whatever would change something is `UNSUPPORTED`. */
  readonly isReadOnly: boolean;
  readonly #leave: () => Promise<void>;

  constructor(remote: Remote, isReadOnly: boolean, leave: () => Promise<void>) {
    super(remote);
    this.isReadOnly = isReadOnly;
    this.#leave = leave;
  }

  /** Ends what this process holds of it; a runtime that another one has open goes on. */
  async close(): Promise<void> {
    await this.#leave();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Asks once who is there; an owner that comes later is reached by connecting again. */
export async function connectTroupe<Module = never>(
  options: ConnectOptions,
): Promise<ConnectedTroupe<DefinitionsOf<Module>>> {
  assertNames('options', options, names);
  const { directory, actors, url, ...client } = options;
  const nothing = async (): Promise<void> => undefined;
  if (url !== undefined) {
    if (directory !== undefined) throw invalidOption('url', url, 'it stands instead of a directory');
    return new ConnectedTroupe(new Remote(url, client), false, nothing);
  }
  if (typeof directory !== 'string' || directory === '') {
    throw invalidOption('directory', directory, 'it is the path of a data directory, unless a url is given');
  }
  const path = await liveSocketIn(directory);
  if (path !== undefined) {
    const remote = new Remote('http://localhost', { ...client, fetch: socketFetch(path) });
    return new ConnectedTroupe(remote, false, nothing);
  }
  // All routes, and what they draw and describe: whoever only opens a runtime does not load them.
  const { servingOf } = await import('./http/desk.ts');
  const troupe = await openReading({ directory, ...(actors !== undefined && { actors }) });
  const { dispatch, close } = servingOf(troupe, () => ({ by: 'local', can: rights }), {});
  const { journal } = troupe.opened;
  const reading = readingFetch(dispatch, directory, () => journal.ownerPid?.());
  const remote = new Remote('http://localhost', { ...client, fetch: reading });
  return new ConnectedTroupe(remote, true, async () => {
    close();
    await troupe.close();
  });
}
