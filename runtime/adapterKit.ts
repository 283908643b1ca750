/**
 * `adapterConformance`: an adapter held against transcripts, free of any test framework. Each case names what
 * it checks and throws what is wrong.
 */
import assert from 'node:assert/strict';
import type { Adapter } from '../actors/adapters/adapter.ts';
import type { RunDigest } from '../actors/agentRun/digest/digest.ts';
import { runFoldOf } from '../actors/agentRun/digest/fold.ts';
import { schemas } from '../actors/agentRun/schemas.ts';
import type { RunEvent } from '../actors/agentRun/vocabulary.ts';
import type { Fact } from '../actors/fact.ts';
import { issueOf } from './schema.ts';

/** What an engine emitted, and what a run makes of it. */
export interface AdapterTranscript {
  readonly title: string;
  readonly frames: readonly unknown[];
  /** Part of the digest of a run that was told all of it: whatever is named must be so. */
  readonly digest: object;
  /** Frames that nobody knows; none unless it says so. */
  readonly unknown?: number;
}

/** One thing that must hold of an adapter, as a test. */
export interface AdapterCase {
  readonly title: string;
  readonly run: () => void;
}

/** What the state of an adapter may grow to, as JSON. */
const stateBytesMax = 64 * 1024;

/** The cases every adapter must pass, over transcripts of its engine. */
export function adapterConformance<S>(
  adapter: Adapter<S>,
  transcripts: readonly AdapterTranscript[],
): readonly AdapterCase[] {
  const of = (transcript: AdapterTranscript): readonly AdapterCase[] => [
    { title: `${transcript.title}: it has the digest`, run: () => hasDigest(adapter, transcript) },
    { title: `${transcript.title}: every frame is known`, run: () => isKnown(adapter, transcript) },
    { title: `${transcript.title}: the vocabulary is closed`, run: () => isClosed(adapter, transcript) },
    { title: `${transcript.title}: it goes on from any state`, run: () => goesOn(adapter, transcript) },
    { title: `${transcript.title}: frames are left as they are`, run: () => leaves(adapter, transcript) },
  ];
  return [...transcripts.flatMap(of), { title: 'anything is a frame', run: () => takesAnything(adapter) }];
}

/** The events of a transcript, in order. */
export function adapted<S>(adapter: Adapter<S>, frames: readonly unknown[], source = ''): RunEvent[] {
  let state = adapter.start(source);
  return frames.flatMap((frame) => {
    const told = adapter.frame(state, frame);
    ({ state } = told);
    return [...told.events];
  });
}

/** The digest of a run that was started and told these events, a millisecond apart. */
export function digestOf(events: readonly RunEvent[], engine: string): RunDigest {
  const { start, fold } = runFoldOf();
  const all = [{ type: 'actor.born' }, { type: 'run.start', engine }, ...events];
  const facts = all.map((event, i): Fact => ({ seq: i + 1, to: i + 1, at: i, event }));
  return facts.reduce(fold, start());
}

function hasDigest<S>(adapter: Adapter<S>, { frames, digest }: AdapterTranscript): void {
  const found = digestOf(adapted(adapter, frames), adapter.name);
  assert.deepEqual(partOf(found, digest), digest);
}

/** As much of a value as the other one names. */
function partOf(value: unknown, wanted: unknown): unknown {
  const isBoth = [value, wanted].every((one) => typeof one === 'object' && one !== null);
  if (!isBoth || Array.isArray(wanted)) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  const names = Object.entries(wanted as object);
  return Object.fromEntries(names.map(([name, inner]) => [name, partOf(fields[name], inner)]));
}

function isKnown<S>(adapter: Adapter<S>, { frames, unknown = 0 }: AdapterTranscript): void {
  const notes = adapted(adapter, frames).filter((event) => 'unknown' in event && event.unknown === true);
  assert.equal(notes.length, unknown, `frames that nobody knows: ${JSON.stringify(notes)}`);
}

function isClosed<S>(adapter: Adapter<S>, { frames }: AdapterTranscript): void {
  for (const event of adapted(adapter, frames)) assertFits(event);
}

function assertFits(event: RunEvent): void {
  const schema = Object.hasOwn(schemas, event.type) ? schemas[event.type] : undefined;
  assert.ok(schema !== undefined, `${event.type} is no event of a run`);
  const issue = issueOf(schema, event);
  assert.equal(issue, undefined, `${event.type} does not fit: ${JSON.stringify(event).slice(0, 1000)}`);
}

/** After a crash the state is another object, with the same in it. */
function goesOn<S>(adapter: Adapter<S>, { frames }: AdapterTranscript): void {
  const whole = adapted(adapter, frames, 'p1');
  let state = adapter.start('p1');
  const pieces = frames.flatMap((frame) => {
    const told = adapter.frame(state, frame);
    const stored = JSON.stringify(told.state);
    assert.ok(stored.length <= stateBytesMax, `the state has ${stored.length} characters`);
    state = JSON.parse(stored) as S;
    return [...told.events];
  });
  assert.deepEqual(pieces, whole);
}

function leaves<S>(adapter: Adapter<S>, { frames }: AdapterTranscript): void {
  const before = JSON.stringify(frames);
  let state = adapter.start('');
  for (const frame of frames) {
    const kept = JSON.stringify(state);
    const told = adapter.frame(state, frame);
    assert.equal(JSON.stringify(state), kept, 'the state before is left as it was');
    ({ state } = told);
  }
  assert.equal(JSON.stringify(frames), before);
}

const anything: readonly unknown[] = [
  undefined,
  null,
  true,
  NaN,
  'a line of text',
  [[]],
  {},
  () => undefined,
  { type: null },
  { type: 'no such type' },
  { type: {} },
  { method: 7 },
  { jsonrpc: '2.0', id: 1 },
];

function takesAnything<S>(adapter: Adapter<S>): void {
  for (const event of adapted(adapter, anything)) assertFits(event);
}
