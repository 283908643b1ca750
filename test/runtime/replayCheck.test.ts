/**
 * Histories through tomorrow's definitions, before they are deployed.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { defineActor, openTroupe, replayCheck } from '../../runtime/index.ts';
import type { ReplayFinding } from '../../runtime/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'troupe-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const door = (opened: string) =>
  createMachine({
    id: 'door',
    initial: 'shut',
    states: { shut: { on: { 'door.push': opened } }, open: {}, ajar: {} },
  });
const today = defineActor({ kind: 'door', version: 1, machine: door('open') });
const tomorrow = defineActor({ kind: 'door', version: 2, machine: door('ajar') });

async function findings(actors: (typeof today)[]): Promise<ReplayFinding[]> {
  const found: ReplayFinding[] = [];
  for await (const finding of replayCheck({ directory, actors })) found.push(finding);
  return found;
}

test('a definition that reaches other states is found before it is deployed', async () => {
  const troupe = await openTroupe({ directory, actors: [today] });
  await troupe.actor('door', 'front').send({ type: 'door.push' });
  // Beside the living owner.
  expect(await findings([today])).toEqual([{ address: 'door/front', ok: true }]);
  const [finding] = await findings([tomorrow]);
  expect(finding).toMatchObject({ address: 'door/front', ok: false, details: { firstBadSeq: 1 } });
  expect(finding?.message).toContain('recorded in state open');
  await troupe.close();
  // After the snapshot that closing takes, which today's code would trust.
  expect(await findings([tomorrow])).toMatchObject([{ ok: false }]);
});

test('a directory that is not there is told, and not made', async () => {
  const missing = join(directory, 'nowhere');
  const checked = replayCheck({ directory: missing, actors: [today] }).next();
  await expect(checked).rejects.toMatchObject({ code: 'INVALID_OPTION', details: { option: 'directory' } });
  expect(existsSync(missing)).toBe(false);
});

test('kinds that are not given are passed over', async () => {
  const other = defineActor({ kind: 'window', version: 1, machine: door('open') });
  const found: ReplayFinding[] = [];
  for await (const finding of replayCheck({ directory, actors: [other] })) found.push(finding);
  expect(found).toEqual([]);
});
