/**
 * What `troupe serve` does: it owns a directory, over HTTP and on the directory's socket, until a signal.
 */
import { isTroupeError } from '../../actors/troupeError.ts';
import { table } from '../http/table.ts';
import { closeAtSignals } from '../http/closeAtSignals.ts';
import { openServer } from '../http/openServer.ts';
import type { Server, ServerOptions } from '../http/openServer.ts';
import { openOwnerSocket } from '../http/ownerSocket.ts';
import { socketIn } from '../http/socketPath.ts';
import type { Logger } from '../logger.ts';
import type { ModuleOptions } from '../options.ts';
import { openTroupe } from '../openTroupe.ts';
import type { Troupe } from '../troupe.ts';
import type { Output } from './output.ts';
import type { VerbCall } from './verb.ts';
import { wrong } from './commandLine.ts';
import { openCrew } from './demo/crew.ts';
import { demoDirectory, directoryDefault, portDefault } from './places.ts';

/** Beside this file, from sources and from what was built of them. */
const demoActors = new URL(`./demo/agents${import.meta.url.slice(-3)}`, import.meta.url);

export async function served(call: VerbCall): Promise<undefined> {
  const { given, out, env } = call;
  const isDemo = given.is('demo');
  const fallback = isDemo ? demoDirectory : directoryDefault;
  const directory = given.text('directory') ?? env['TROUPE_DIRECTORY'] ?? fallback;
  const troupe = await openTroupe({ directory, ...hostingOf(call), logger: loggerOn(out) });
  const ends: Ending[] = [];
  const server: Ending = {
    // What works here ends while it can still be looked at.
    close: async () => {
      for (const end of ends.toReversed()) await end.close();
    },
    hurry: () => ends.forEach((end) => end.hurry()),
  };
  try {
    const servers = await serversOf(troupe, call, directory);
    ends.push(...servers);
    const crew = isDemo ? await openCrew(troupe, (text) => out.note(text)) : undefined;
    if (crew !== undefined) ends.push({ close: crew.end, hurry: crew.hurry });
    const { closed } = closeAtSignals(server, troupe);
    await announce(out, directory, servers);
    await (crew === undefined ? closed : Promise.race([closed, crew.failed]));
  } finally {
    await server.close();
    await troupe.close();
  }
  out.note('Closed.');
  return undefined;
}

type Ending = Pick<Server, 'close' | 'hurry'>;

function hostingOf({ given }: VerbCall): ModuleOptions {
  const workers = given.whole('workers');
  const some = workers === undefined ? {} : { workers };
  const actors = given.text('actors');
  if (!given.is('demo')) return { ...some, ...(actors !== undefined && { actors }) };
  if (actors !== undefined) throw wrong('--demo brings actors of its own: leave --actors or --demo out.');
  return { ...some, actors: demoActors, retention: { sealedDays: 1, digestDays: 1 } };
}

async function serversOf(
  troupe: Troupe<unknown>,
  call: VerbCall,
  directory: string,
): Promise<readonly Server[]> {
  const server = await portServer(troupe, call);
  if (socketIn(directory) !== undefined) return [server, await openOwnerSocket(troupe)];
  call.out.note('The path of the directory is too long for a socket: beside this process use --url.');
  return [server];
}

/** Where no port was asked for and the usual one is taken, any will do. */
async function portServer(troupe: Troupe<unknown>, { given, env }: VerbCall): Promise<Server> {
  const [host, token] = [given.text('host'), given.text('token') ?? env['TROUPE_TOKEN']];
  const options: ServerOptions = {
    ...(host !== undefined && { host }),
    ...(token !== undefined && token !== '' && { token }),
    can: ['read', 'send', 'answer', ...(given.is('allow-launch') ? (['launch'] as const) : [])],
    origins: given.texts('origin'),
    inspector: given.is('allow-send') ? 'send' : 'read',
  };
  const port = given.whole('port');
  try {
    return await openServer(troupe, { ...options, port: port ?? portDefault });
  } catch (error) {
    if (!isTroupeError(error, 'PORT_IN_USE') || port !== undefined) throw error;
    return openServer(troupe, options);
  }
}

async function announce(out: Output, directory: string, servers: readonly Server[]): Promise<void> {
  const [{ url } = { url: '' }, socket] = servers;
  const inspector = table.some(({ path }) => path === '/inspector') ? `${url}/inspector` : undefined;
  const told = {
    url,
    ...(inspector !== undefined && { inspector }),
    directory,
    ...(socket !== undefined && { socket: socket.url }),
    pid: process.pid,
  };
  await out.item(told, () =>
    [
      `${out.paint('bold', 'Troupe')} serves ${directory} at ${out.paint('cyan', url)}`,
      ...(inspector === undefined ? [] : [`  inspector  ${out.paint('cyan', inspector)}`]),
      `  look       troupe ls${directory === directoryDefault ? '' : ` -d ${directory}`}`,
      `  end        Ctrl-C`,
    ].join('\n'),
  );
}

/** What nobody else hears: warnings and errors. */
function loggerOn(out: Output): Logger {
  const quiet = (): void => undefined;
  const said =
    (level: 'warn' | 'error') =>
    (details: object, text = ''): void =>
      out.note(`${level}: ${text} ${JSON.stringify(details)}`);
  return { debug: quiet, info: quiet, warn: said('warn'), error: said('error') };
}
