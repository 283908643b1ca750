/** What is wrong in options is refused where it is given, and told with what is allowed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { claude } from '../../actors/adapters/index.ts';
import { defineActor, openTroupe, standardOf } from '../../runtime/index.ts';
import type { TroupeError } from '../../runtime/index.ts';
import { refusalOf } from './host/kit.ts';
import { newDirectory } from './open.ts';

const machine = createMachine({ on: { go: {} } });
const memory = { kind: 'memory' };

describe('openTroupe refuses', () => {
  test.each([
    ['directory', { directory: 3 }, 'folder'],
    ['directory', { directory: '' }, 'folder'],
    ['journal', { journal: { kind: 'redis' } }, "{ kind: 'memory' }"],
    ['journal', { journal: 'memory' }, "{ kind: 'memory' }"],
    ['actors', { journal: memory, actors: { machine } }, 'defineActor'],
    ['actors[0]', { journal: memory, actors: [machine] }, 'defineActor'],
    ['workers (0: this thread)', { directory: 'x', workers: -1 }, '0 to'],
    ['workers (0: this thread)', { directory: 'x', workers: 1.5 }, 'whole number'],
    ['effects', { journal: memory, effects: () => undefined }, 'functions'],
    ['effects["fetch"]', { journal: memory, effects: { fetch: 'x' } }, 'function'],
    ['engines', { journal: memory, engines: [] }, 'by name'],
    ['engines["x"].adapter', { journal: memory, engines: { x: { adapter: {} } } }, 'start and frame'],
    ['dialect', { journal: memory, engines: { x: { adapter: claude, dialect: 1 } } }, 'prompts'],
    ['engines["x"].prompts', { journal: memory, engines: { x: { adapter: claude, prompts: 2 } } }, 'many'],
    ['engines["x"].args', { journal: memory, engines: { x: { adapter: claude, args: [] } } }, 'function'],
    ['spawnHost', { journal: memory, spawnHost: 'node' }, '(modulePath, args)'],
    ['clock', { journal: memory, clock: 17 }, 'now()'],
    ['logger.debug', { journal: memory, logger: { info: () => undefined } }, 'debug, info, warn and error'],
    ['logger.debug', { journal: memory, logger: null }, 'debug, info, warn and error'],
    ['directry', { journal: memory, directry: 'x' }, 'directory'],
    ['maxHeap', { journal: memory, resourceLimits: { maxHeap: 1 } }, 'maxOldGenerationSizeMb'],
    ['limits', { journal: memory, limits: 3 }, 'turnEvents'],
    ['turnEvent', { journal: memory, limits: { turnEvent: 3 } }, 'turnEvents'],
    ['limits.turnEvents', { journal: memory, limits: { turnEvents: 0 } }, '1 or more'],
    ['limits.eventBytes', { journal: memory, limits: { eventBytes: '8 MB' } }, 'whole number'],
    ['limits.idleMs', { journal: memory, limits: { idleMs: -1 } }, '0 or more'],
    ['limits.turnEvents', { journal: memory, limits: { mailboxEvents: 8 } }, 'at most mailboxEvents, 8'],
  ])('%s in %j', async (option, options, allowed) => {
    const refusal = await refusalOf(openTroupe(options as never));
    expect(refusal).toMatchObject({ code: 'INVALID_OPTION', details: { option } });
    expect(refusal.message).toContain(allowed);
  });

  test('no options at all', async () => {
    expect(await refusalOf(openTroupe(undefined as never))).toMatchObject({ code: 'INVALID_OPTION' });
  });

  test('a directory that is a file, or inside of one', async () => {
    const file = join(newDirectory(), 'file');
    writeFileSync(file, '');
    for (const directory of [file, join(file, 'below')]) {
      const refusal = await refusalOf(openTroupe({ directory, workers: 0 }));
      expect(refusal).toMatchObject({ code: 'INVALID_OPTION', details: { option: 'directory' } });
      expect(refusal.message).toContain('file');
    }
  });
});

describe('defineActor refuses', () => {
  const refused = (options: unknown): TroupeError => {
    try {
      defineActor(options as never);
    } catch (error) {
      return error as TroupeError;
    }
    throw new Error('it was not refused');
  };

  test.each([
    ['kind', { kind: 7 }, 'text'],
    ['the version of "x"', { version: '1' }, "is '1'; it is a whole number"],
    ['the version of "x"', { version: 0 }, '1 or more'],
    ['version', { version: undefined }, 'counts up from 1'],
    ['machine', { machine: { states: {} } }, 'createMachine'],
    ['digest', { digest: () => 0 }, '{ schema, start, fold }'],
    ['digest.fold', { digest: { schema: 1, start: () => 0 } }, 'function'],
    ['coalesce', { coalesce: true }, 'function'],
    ['commitWindowMs', { commitWindowMs: '33' }, 'milliseconds'],
    ['idleMs', { idleMs: NaN }, 'milliseconds'],
    ['passive', { passive: 'go' }, 'list'],
    ['schemas["go"]', { schemas: { go: Type.Object({}) } }, 'standardOf'],
    ['tasks["load"].attempts', { tasks: { load: { attempts: 0 } } }, '1 or more'],
    ['retries', { tasks: { load: { retries: 3 } } }, 'attempts'],
    ['tasks["load"].timeoutMs', { tasks: { load: { timeoutMs: '1s' } } }, 'milliseconds'],
    ['drivers["ear"].onLost', { drivers: { ear: { onLost: 'ignore' } } }, 'restart, error, reattach'],
    ['versoin', { versoin: 2 }, 'version'],
  ])('%s in %j', (option, part, allowed) => {
    const refusal = refused({ kind: 'x', version: 1, machine, ...part });
    expect(refusal).toMatchObject({ code: 'INVALID_OPTION', details: { option } });
    expect(refusal.message).toContain(allowed);
  });
});

test('a schema of TypeBox is one that standardOf has wrapped', async () => {
  const schemas = { go: standardOf(Type.Object({ type: Type.Literal('go'), far: Type.Number() })) };
  const walker = defineActor({ kind: 'walker', version: 1, machine, schemas });
  await using troupe = await openTroupe({ journal: { kind: 'memory' }, actors: [walker] });
  const ref = troupe.actor('walker', '1');
  expect(await refusalOf(ref.send({ type: 'go', far: 'x' }))).toMatchObject({
    code: 'INVALID_EVENT',
    message: expect.stringContaining('far') as string,
  });
  expect(await ref.send({ type: 'go', far: 1 })).toMatchObject({ seq: 2 });
});
