/**
 * Restate: its server as npm brings it, in a directory of its own; virtual objects served by this process
 * over HTTP/2, and called from it by Restate's client. A call is answered when its invocation is complete.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { freePort } from '../beside/postgres.ts';
import { actors } from '../beside/roster.ts';
import { seated } from '../beside/seat.ts';
import type { Note } from '../beside/seat.ts';
import { fileOf, installed } from './installed.ts';

interface Context {
  get<Value>(name: string): Promise<Value | null>;
  set(name: string, value: unknown): void;
}

interface Sdk {
  object(definition: object): object;
  createEndpointHandler(options: {
    readonly services: readonly object[];
    readonly logger: () => void;
  }): (request: Http2ServerRequest, response: Http2ServerResponse) => void;
}

interface Client {
  connect(options: { readonly url: string }): {
    objectClient(
      definition: object,
      key: string,
    ): {
      note(event: Note): Promise<number>;
      count(): Promise<number>;
    };
  };
}

await seated(async (directory) => {
  const [sdk, client] = [
    await installed<Sdk>('@restatedev/restate-sdk'),
    await installed<Client>('@restatedev/restate-sdk-clients'),
  ];
  const run = runOf(sdk);
  const service = createServer(sdk.createEndpointHandler({ services: [run], logger: () => {} })).listen(
    await freePort(),
    '127.0.0.1',
  );
  await once(service, 'listening');
  const [ingress, admin] = [await freePort(), await freePort()];
  const server = startServer(directory, { ingress, admin, node: await freePort() });
  await answers(`http://127.0.0.1:${admin}/health`, server);
  await answers(`http://127.0.0.1:${ingress}/restate/health`, server);
  const address = service.address();
  if (address === null || typeof address === 'string') throw new Error('the service has no port');
  const registered = await fetch(`http://127.0.0.1:${admin}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri: `http://127.0.0.1:${address.port}` }),
  });
  if (!registered.ok) throw new Error(`not registered: ${await registered.text()}`);
  const caller = client.connect({ url: `http://127.0.0.1:${ingress}` });
  const refs = Array.from({ length: actors }, (_, i) => caller.objectClient(run, String(i)));
  return {
    send: async (actor, event) => refs[actor]?.note(event),
    stored: async () => {
      const counts = await Promise.all(refs.map(async (ref) => ref.count()));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    close: async () => {
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
      service.close();
    },
  };
});

/** The same machine: two states in turn, a counter and a sum. */
function runOf(sdk: Sdk): object {
  return sdk.object({
    name: 'run',
    handlers: {
      note: async (context: Context, event: Note) => {
        const before = (await context.get<Counted>('counted')) ?? { value: 'even', count: 0, letters: 0 };
        const count = before.count + 1;
        const value = before.value === 'even' ? 'odd' : 'even';
        context.set('counted', { value, count, letters: before.letters + event.text.length });
        return count;
      },
      count: async (context: Context) => (await context.get<Counted>('counted'))?.count ?? 0,
    },
  });
}

interface Counted {
  readonly value: 'even' | 'odd';
  readonly count: number;
  readonly letters: number;
}

function startServer(
  directory: string,
  ports: { readonly ingress: number; readonly admin: number; readonly node: number },
): ChildProcess {
  const binary = fileOf(`@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`);
  const server = spawn(binary, ['--base-dir', directory, '--no-logo'], {
    stdio: ['ignore', 'ignore', 2],
    cwd: directory,
    env: {
      ...process.env,
      RESTATE_LISTEN_MODE: 'tcp',
      RESTATE_BIND_IP: '127.0.0.1',
      RESTATE_BIND_PORT: String(ports.node),
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ports.ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${ports.admin}`,
      RESTATE_DISABLE_TELEMETRY: 'true',
      // It asks the network for newer versions of itself.
      RESTATE_LOG_FILTER: 'error,octocrab=off',
    },
  });
  process.on('exit', () => server.kill('SIGKILL'));
  return server;
}

/** Resolves when it answers; asks again for as long as the server lives. */
async function answers(url: string, server: ChildProcess): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`Restate ended (${server.exitCode})`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
