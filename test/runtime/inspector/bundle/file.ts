/** Bundles as files, and what they hold, for tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Run } from '../../../../runtime/index.ts';
import type { Bundled } from '../../../../runtime/inspector/page/bundle/bundled.ts';
import type { Served } from '../../http/served.ts';

/** What a page must not take for its own. */
export const hostile = `</script><script>document.title = 'theirs'</script><!-- <img src=x onerror=alert(1)>`;

/** A run from its start to its seal: fourteen facts, one of them hostile. */
export async function sealedRun({ troupe }: Pick<Served, 'troupe'>): Promise<Run> {
  const run = troupe.run('r');
  await run.start({ title: 'Fix <the> login' });
  await run.prompt(hostile, { id: 'p1' });
  const turn = { turnId: 't1' };
  await run.send({ type: 'turn.start', ...turn, promptId: 'p1' });
  await run.send({ type: 'message.start', messageId: 'm1', role: 'assistant' });
  for (const text of ['I ', 'look ', 'at ', 'it.'])
    await run.send({ type: 'message.delta', messageId: 'm1', part: 'text', text });
  await run.send({ type: 'message.end', messageId: 'm1' });
  await run.send({ type: 'tool.call', callId: 'c1', name: 'Grep', input: { pattern: 'login' } });
  await run.send({ type: 'tool.end', callId: 'c1', ok: true, output: 'src/login.ts' });
  await run.send({ type: 'turn.end', ...turn, status: 'ok' });
  await run.end({ cause: 'completed' });
  return run;
}

/** The bundle of an actor: its text, as a file, and what it holds. */
export async function bundleOf(
  { ask }: Pick<Served, 'ask'>,
  address: string,
  query = '',
): Promise<{ readonly url: string; readonly text: string; readonly bundled: Bundled }> {
  const { status, text } = await ask(`/v1/actors/${address}/bundle.html${query}`);
  if (status !== 200) throw new Error(text);
  return { url: fileOf(text), text, bundled: heldIn(text) };
}

export function fileOf(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'troupe-bundle-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'bundle.html');
  writeFileSync(path, text);
  return pathToFileURL(path).href;
}

export function heldIn(text: string): Bundled {
  const [, held = ''] = /<script type="application\/json" id="bundle">(.*?)<\/script>/s.exec(text) ?? [];
  return JSON.parse(held) as Bundled;
}
