/**
 * Transcripts of each engine, with the digests that were worked out by hand (test/fixtures/adapters), through
 * the kit that people hold their own adapters against.
 */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  acp,
  claude,
  codexAppServer,
  codexExec,
  gemini,
  openaiResponses,
} from '../../../actors/adapters/index.ts';
import type { Adapter } from '../../../actors/adapters/index.ts';
import { adapted, adapterConformance } from '../../../runtime/testing.ts';
import type { AdapterTranscript } from '../../../runtime/testing.ts';

const adapters = { acp, claude, codexAppServer, codexExec, gemini, openaiResponses };
type Name = keyof typeof adapters;

const transcripts = globSync('test/fixtures/adapters/*.json')
  .toSorted()
  .map((path) => JSON.parse(readFileSync(path, 'utf8')) as AdapterTranscript & { readonly adapter: Name });

test('each adapter has a transcript', () => {
  const names = Object.keys(adapters);
  expect([...new Set(transcripts.map(({ adapter }) => adapter))].toSorted()).toEqual(names);
});

describe.each(transcripts)('$adapter: $title', (transcript) => {
  const adapter = adapters[transcript.adapter] as Adapter;
  test.each([...adapterConformance(adapter, [transcript])])('$title', ({ run }) => run());
});

describe('the kit finds', () => {
  const transcript = transcripts.find(({ adapter }) => adapter === 'claude');
  const failing = (broken: Adapter): readonly string[] =>
    adapterConformance(broken, [transcript!]).flatMap(({ title, run }) => {
      try {
        run();
        return [];
      } catch {
        return [title.replace(`${transcript!.title}: `, '')];
      }
    });

  test('nothing in one that is right', () => expect(failing(claude as Adapter)).toEqual([]));

  test('an event outside of the vocabulary', () => {
    const event = { type: 'turn.begin' } as never;
    const broken: Adapter = { ...claude, frame: (state) => ({ state, events: [event] }) };
    expect(failing(broken)).toContain('the vocabulary is closed');
    expect(failing(broken)).toContain('it has the digest');
  });

  test('one that throws, one that forgets, one that changes its state in place', () => {
    const throwing: Adapter = {
      ...claude,
      frame: () => {
        throw new Error('no');
      },
    };
    expect(failing(throwing)).toContain('anything is a frame');
    const unstorable: Adapter = {
      name: 'x',
      start: () => new Map<number, number>(),
      frame: (state) => {
        const seen = state as Map<number, number>;
        const next = new Map(seen).set(seen.size, 1);
        return { state: next, events: [{ type: 'tool.progress', callId: `${next.size}` }] };
      },
    };
    expect(failing(unstorable)).toContain('it goes on from any state');
    const inPlace: Adapter = {
      name: 'x',
      start: () => ({ count: 0 }),
      frame: (state) => {
        (state as { count: number }).count++;
        return { state, events: [] };
      },
    };
    expect(failing(inPlace)).toContain('frames are left as they are');
  });

  test('frames that nobody knows', () => {
    expect(failing({ ...claude, frame: (state, raw) => ({ state, events: [note(raw)] }) })).toContain(
      'every frame is known',
    );
  });
});

const note = (raw: unknown): never => ({ type: 'note', unknown: true, raw }) as never;

test('ids that the engine does not give are of their source', () => {
  const events = adapted(
    gemini,
    [{ type: 'init' }, { type: 'message', role: 'assistant', content: 'x' }],
    'p1',
  );
  expect(events).toMatchObject([
    { type: 'turn.start', turnId: 'p1:turn.1' },
    { type: 'message.start', messageId: 'p1:message.1' },
    { type: 'message.delta' },
    { type: 'message.end' },
  ]);
});
