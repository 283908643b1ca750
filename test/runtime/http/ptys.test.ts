/** Sessions over HTTP, on a real shell. */
import { expect, test, vi } from 'vitest';
import { openServed, taken } from './served.ts';

vi.setConfig({ testTimeout: 60_000 });

const at = '/v1/ptys/one';
const launcher = { authorize: () => ({ by: 'ann', can: ['read', 'send', 'launch'] as const }) };

test('a session is opened, typed to, waited for, looked at, recorded and closed', async () => {
  const { ask, post } = await openServed(launcher);
  const size = { cols: 40, rows: 6 };
  const opened = await post(`${at}/open`, {
    shell: 'sh',
    env: { PS1: '$ ' },
    secretEnv: { KEY: 'x' },
    ...size,
  });
  expect(opened).toMatchObject({ status: 200, body: { duplicate: false } });
  const ran = await post(`${at}/commands`, { command: 'echo "<$KEY>"; sh -c "exit 3"', commandId: 'c' });
  expect(ran.body).toMatchObject({ commandId: 'c', outcome: 'completed', exitCode: 3 });
  expect(ran.body['text']).toContain('<x>');
  expect((await post(`${at}/resize`, { cols: 50, rows: 7 })).status).toBe(200);
  expect((await post(`${at}/input`, { text: 'printf "na"; echo me; cat\n' })).status).toBe(200);
  const waited = await post(`${at}/wait`, { text: '\nname' });
  expect(waited).toMatchObject({ status: 200, body: { cols: 50, rows: 7 } });
  expect((await ask(`${at}/screen?at=${waited.body['seq'] as number}`)).body['hash']).toBe(
    waited.body['hash'],
  );
  expect(await post(`${at}/signal`, { signal: 'SIGINT' })).toMatchObject({ status: 200 });
  const late = await post(`${at}/wait`, { text: 'never', waitMs: 1 });
  expect(late).toMatchObject({ status: 503, body: { code: 'TIMEOUT' } });
  expect(await post(`${at}/input`, { text: 'a', keys: ['Up'] })).toMatchObject({ status: 422 });
  expect(await post(`${at}/close`, {})).toMatchObject({ status: 204 });
  const { text, headers } = await ask(`${at}/recording?format=asciicast-v2`);
  expect(headers.get('content-type')).toBe('application/x-asciicast');
  expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ version: 2, width: 40, height: 6 });
  expect(await post(`${at}/input`, { keys: ['Up'] })).toMatchObject({
    status: 410,
    body: { code: 'SEALED' },
  });
});

test('a live terminal is repainted, follows what is typed, and ends with the exit', async () => {
  const { server, post } = await openServed(launcher);
  await post(`${at}/open`, { command: 'sh', args: ['-c', 'echo ready; read a; exit 4'] });
  await post(`${at}/wait`, { text: 'ready' });
  const live = await fetch(`${server.url}${at}/attach`);
  await post(`${at}/input`, { base64: Buffer.from('x\n').toString('base64') });
  const frames = await taken(live);
  expect([frames[0]?.event, frames.at(-1)?.event]).toEqual(['repaint', 'exit']);
  expect(frames.at(-1)?.data).toMatchObject({ code: 4, signal: null });
});

test('opening needs the right to launch, and what is not there is not found', async () => {
  const { ask, post } = await openServed({ authorize: () => ({ by: 'ann', can: ['read', 'send'] }) });
  expect(await post(`${at}/open`, { shell: 'sh' })).toMatchObject({ status: 403 });
  expect(await ask(`${at}/screen`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  expect(await post(`${at}/input`, { text: 'x' })).toMatchObject({ status: 404 });
});
