/** The environment that nobody may read later: it never reaches the journal. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTroupe } from '../../../runtime/index.ts';
import { refusalOf } from '../host/kit.ts';
import { newDirectory } from '../open.ts';

const secret = 'sk-ant-0123456789abcdef';
const secretEnv = { API_KEY: secret };
const launch = { command: 'agent', stdio: 'pipe' } as const;

/** Whether any file of the directory holds the text. */
function holds(directory: string, text: string): boolean {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.some(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(text));
}

test('a secretEnv without a launch is refused; nobody is told its values', async () => {
  await using troupe = await openTroupe({ directory: newDirectory() });
  const run = troupe.run('a');
  const refusal = await refusalOf(run.start({ title: 'a title' }, { secretEnv }));
  expect(refusal).toMatchObject({
    code: 'UNSUPPORTED',
    details: { option: 'secretEnv', names: ['API_KEY'] },
  });
  expect(JSON.stringify([refusal.message, refusal.details])).not.toContain(secret);
  expect(await run.exists()).toBe(false);
});

test('a secretEnv reaches the process of the launch, and no file', async () => {
  const directory = newDirectory();
  await using troupe = await openTroupe({ directory });
  const run = troupe.run('a');
  const script = 'console.log("length", process.env.API_KEY.length)';
  const real = { command: process.execPath, args: ['-e', script], stdio: 'pipe' as const };
  await run.start({ launch: real, title: 'a title' }, { secretEnv });
  await run.result();
  const notes = [];
  for await (const { event } of run.history({ types: ['note'] })) notes.push(event);
  expect(notes).toEqual([{ type: 'note', stream: 'stdout', text: 'length 23\n' }]);
  await troupe.close();
  expect([holds(directory, 'a title'), holds(directory, secret)]).toEqual([true, false]);
});

test('a secretEnv within an event is refused, not kept like other fields that nobody knows', async () => {
  const directory = newDirectory();
  await using troupe = await openTroupe({ directory, actors: [] });
  const events = [{ secretEnv }, { launch: { ...launch, secretEnv } }] as object[];
  for (const event of events) {
    const refused = await refusalOf(troupe.run('a').start(event));
    expect(refused).toMatchObject({ code: 'INVALID_EVENT' });
    expect(JSON.stringify([refused.message, refused.details])).not.toContain(secret);
  }
  await troupe.close();
  expect(holds(directory, secret)).toBe(false);
});
