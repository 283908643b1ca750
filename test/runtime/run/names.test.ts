/** Names and ids as engines choose them: whatever text they are, the run is read, goes on and ends. */
import { expect, test, vi } from 'vitest';
import type { Run } from '../../../runtime/run.ts';
import { openDesk } from '../outbox/desk.ts';

vi.setConfig({ testTimeout: 60_000 });

type Events = readonly (Readonly<Record<string, unknown>> & { readonly type: string })[];

const half = '\uD800';
const turn = { type: 'turn.start', turnId: 't' };
const usage = { type: 'usage', scope: 'turn', input: 3, output: 4 };
const options = (optionId: string) => [{ optionId, label: 'x', effect: 'allow', scope: 'once' }];

/** Every place of a run's vocabulary where an engine puts a text of its own that is counted or remembered. */
const places: Readonly<Record<string, (name: string) => Events>> = {
  tool: (name) => [
    turn,
    { type: 'tool.call', callId: name, name },
    { type: 'tool.end', callId: name, ok: false },
  ],
  model: (model) => [
    turn,
    { ...usage, key: model, model, mode: 'delta' },
    { ...usage, key: 'k', model, mode: 'cumulative' },
  ],
  error: (name) => [turn, { type: 'error', class: name, message: name, retryable: false }],
  message: (messageId) => [
    { type: 'turn.start', turnId: messageId },
    { type: 'message.start', messageId, role: 'assistant' },
    { type: 'message.delta', messageId, part: 'text', text: 'hello' },
    { type: 'message.end', messageId },
  ],
  ask: (requestId) => [
    turn,
    { type: 'permission.ask', requestId, kind: 'tool', title: 'x', options: options(requestId) },
  ],
  process: (processId) => [
    { type: 'process.start', processId, pid: 1, startTime: 1 },
    { type: 'process.exit', processId, code: null, signal: processId },
  ],
  prompt: (promptId) => [{ type: 'run.prompt', promptId, content: promptId }],
  identity: (name) => [{ type: 'run.update', title: name, model: name, mode: name }],
};

async function told(run: Run, events: Events): Promise<void> {
  for (const event of events) run.push(event as never);
  await run.flush();
}

const named = ['__proto__', 'constructor', 'toString', half];
test.each(Object.keys(places))('%s: any name', async (place) => {
  const stage = await openDesk();
  for (const [i, name] of named.entries()) {
    const run = stage.troupe.run(`r${i}`);
    await run.start({ onExit: 'idle' });
    await told(run, places[place]!(name));
    expect(await run.digest(), name).toMatchObject({ digest: { schema: 1 } });
    // Past the snapshot, which holds the digest.
    for (let n = 0; n < 260; n++) run.push({ type: 'note', n } as never);
    await run.flush();
    await run.end({ cause: 'completed' });
    expect(await run.digest(), name).toMatchObject({ sealed: true });
    expect(await run.verify(), name).toMatchObject({ ok: true, isRefolded: true });
  }
});

test('what cannot be a key has one beside its name', async () => {
  const stage = await openDesk();
  const run = stage.troupe.run('a');
  await run.start();
  await told(run, [turn]);
  for (const name of named) await told(run, places['tool']!(name).slice(1, 2));
  const { digest } = await run.digest();
  const names = ['[__proto__]', 'constructor', 'toString', '\uFFFD'];
  expect(Object.keys(digest.tools.byName).toSorted()).toEqual(names.toSorted());
  expect(digest.tools.byName).toMatchObject({ constructor: { calls: 1 }, '[__proto__]': { calls: 1 } });
});
