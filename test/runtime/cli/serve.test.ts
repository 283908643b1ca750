/** `troupe serve`: a directory's owner until a signal, on a port and on the socket of the directory. */
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { newDirectory } from '../open.ts';
import { serve, troupe } from './kit.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

async function overSocket(socketPath: string, path: string): Promise<unknown> {
  const sent = request({ socketPath, path, agent: false });
  sent.end();
  const [response] = (await once(sent, 'response')) as [AsyncIterable<Uint8Array>];
  return JSON.parse(await text(response)) as unknown;
}

test('it answers on its port and on a socket of its user alone until Ctrl-C', async () => {
  const cwd = newDirectory();
  const { url, told, interrupt } = await serve(cwd, '--directory', 'data');
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true });
  expect(told.socket).toBe('data/owner.sock');
  const socket = join(cwd, 'data/owner.sock');
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  expect(await overSocket(socket, '/healthz')).toEqual({ ok: true });
  expect(await interrupt()).toEqual({ code: 0, errors: 'Closed.\n' });
  expect(existsSync(socket)).toBe(false);
});

test('pages of another origin may ask where it was told so', async () => {
  const { url, interrupt } = await serve(
    newDirectory(),
    '--origin',
    'https://a.example',
    '--origin',
    'https://b.example',
  );
  const status = async (origin: string): Promise<number> =>
    (await fetch(`${url}/v1/actors`, { headers: { origin } })).status;
  const origins = ['https://a.example', 'https://b.example', 'https://c.example'];
  expect(await Promise.all(origins.map(status))).toEqual([200, 200, 403]);
  await interrupt();
});

test('what starts a process is refused over its port, unless it was allowed; the socket may', async () => {
  const cwd = newDirectory();
  const start = { type: 'pty.open', command: 'true' };
  const sent = async (url: string): Promise<number> => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(start) };
    return (await fetch(`${url}/v1/actors/pty/a/events`, init)).status;
  };
  const careful = await serve(cwd, '--directory', 'data');
  expect(await sent(careful.url)).toBe(403);
  await careful.interrupt();
  const trusting = await serve(cwd, '--directory', 'data', '--allow-launch');
  expect(await sent(trusting.url)).toBe(200);
  await trusting.interrupt();
});

test('the socket of an owner that was killed is in nobody’s way', async () => {
  const cwd = newDirectory();
  const killed = await serve(cwd, '--directory', 'data');
  killed.child.kill('SIGKILL');
  await once(killed.child, 'close');
  expect(existsSync(join(cwd, 'data/owner.sock'))).toBe(true);
  const { interrupt } = await serve(cwd, '--directory', 'data');
  expect(await overSocket(join(cwd, 'data/owner.sock'), '/healthz')).toEqual({ ok: true });
  expect((await interrupt()).code).toBe(0);
});

test('a second owner is refused, with who has the directory', async () => {
  const cwd = newDirectory();
  const { told, interrupt } = await serve(cwd, '--directory', 'data');
  const { code, errors } = await troupe(cwd, 'serve', '--directory', 'data', '--port', '0');
  expect(code).toBe(6);
  expect(errors).toContain(`in use by process ${told.pid}`);
  await interrupt();
});

test('beyond this machine a token is demanded, and asked for', async () => {
  const cwd = newDirectory();
  const { code, errors } = await troupe(cwd, 'serve', '--host', '0.0.0.0', '--port', '0');
  expect([code, errors]).toEqual([2, expect.stringContaining('a token')]);
  const { url, interrupt } = await serve(cwd, '--token', 'sesame');
  expect((await fetch(`${url}/v1/actors`)).status).toBe(401);
  const headers = { authorization: 'Bearer sesame' };
  expect((await fetch(`${url}/v1/actors`, { headers })).status).toBe(200);
  await interrupt();
});

test('a port that was asked for and is taken is told; the usual one makes way', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { readonly port: number };
  const cwd = newDirectory();
  const { code, errors } = await troupe(cwd, 'serve', '--port', String(port));
  expect([code, errors]).toEqual([6, expect.stringContaining(`Port ${port} of 127.0.0.1 is taken`)]);
  expect(errors).toContain('choose another port');
  other.close();
});
