/**
 * Sessions for the tests of this folder: hosted as they are, in this thread and in memory, on a driver that
 * opens at once and does nothing. What a child would print is told by the test, fact by fact.
 */
import { readFileSync } from 'node:fs';
import { afterEach } from 'vitest';
import { fromCallback } from 'xstate';
import { ptyMachine } from '../../../actors/ptySession/machine.ts';
import type { PtyInput, PtyOrder } from '../../../actors/ptySession/machine.ts';
import { passiveTypes, vocabulary } from '../../../actors/ptySession/vocabulary.ts';
import type { PtyEvent } from '../../../actors/ptySession/vocabulary.ts';
import { standardsOf } from '../../../actors/standardSchema.ts';
import { defineActor, openTroupe } from '../../../runtime/index.ts';
import { Emulator } from '../../../runtime/ptySession/emulator.ts';
import { Screens } from '../../../runtime/ptySession/screen.ts';
import { screenOf } from '../../../runtime/ptySession/screenOf.ts';
import type { Screen } from '../../../runtime/ptySession/screenOf.ts';
import type { SessionClock, SessionFacts } from '../../../runtime/ptySession/sessionFacts.ts';

const endings: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

const driver = fromCallback<PtyOrder & { type: string }, PtyInput>(({ sendBack }) => {
  sendBack({ type: 'pty.opened', pid: 1, startTime: null });
});

const pty = defineActor({
  kind: 'pty',
  version: 1,
  machine: ptyMachine.provide({ actors: { pty: driver } }),
  passive: passiveTypes,
  schemas: standardsOf(vocabulary),
});

/** Time stands still until a test moves it on; it tells when somebody waits. */
export class TestClock implements SessionClock {
  #now = 1_000_000;
  readonly #waits = new Set<{ readonly at: number; readonly work: () => void }>();
  readonly #told: (() => void)[] = [];

  readonly now = (): number => this.#now;

  readonly wait = (ms: number, work: () => void): (() => void) => {
    const one = { at: this.#now + ms, work };
    this.#waits.add(one);
    for (const tell of this.#told.splice(0)) tell();
    return () => this.#waits.delete(one);
  };

  /** Resolves when somebody waits for this moment, so many milliseconds from now. */
  async awaited(ms: number): Promise<void> {
    while (![...this.#waits].some(({ at }) => at === this.#now + ms)) {
      await new Promise<void>((resolve) => this.#told.push(resolve));
    }
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const one of this.#waits) {
      // What is armed meanwhile comes later.
      if (one.at <= this.#now && this.#waits.delete(one)) one.work();
    }
  }
}

export interface Session extends SessionFacts, SessionClock {
  readonly clock: TestClock;
  /** Another, that never was opened. */
  readonly nobody: SessionFacts;
  /** Records one fact; its seq. */
  tell(event: PtyEvent): Promise<number>;
  /** Text is what is printed; its seq. */
  print(output: string | Uint8Array): Promise<number>;
}

export interface SessionOptions {
  readonly cols?: number;
  readonly rows?: number;
}

export async function openSession({ cols = 80, rows = 24 }: SessionOptions = {}): Promise<Session> {
  const clock = new TestClock();
  const troupe = await openTroupe({
    actors: [pty],
    journal: { kind: 'memory' },
    clock: { now: clock.now },
  });
  endings.push(async () => troupe.close());
  const ref = troupe.actor(pty, 'one');
  const tell = async (event: PtyEvent): Promise<number> => (await ref.send(event)).seq;
  let offset = 0;
  await tell({ type: 'pty.open', command: 'sh', cols, rows });
  await ref.until((snapshot) => snapshot.matches('attached.live'));
  return {
    ...factsOf(ref),
    clock,
    nobody: factsOf(troupe.actor(pty, 'nobody')),
    now: clock.now,
    wait: clock.wait,
    tell,
    print: async (output) => {
      const bytes = Buffer.from(output);
      const at = offset;
      offset += bytes.length;
      return tell({ type: 'pty.output', offset: at, bytes });
    },
  };
}

function factsOf(ref: SessionFacts): SessionFacts {
  return {
    address: ref.address,
    history: (options) => ref.history(options),
    subscribe: (options) => ref.subscribe(options),
  };
}

export function newScreens(): Screens {
  const screens = new Screens();
  endings.push(() => screens.close());
  return screens;
}

/** What a fresh terminal shows after these bytes. */
export async function shownBy(
  size: { readonly cols: number; readonly rows: number },
  ...parts: readonly (string | Uint8Array)[]
): Promise<Screen> {
  const emulator = await Emulator.open(size);
  for (const part of parts) await emulator.feed(Buffer.from(part));
  const screen = screenOf(emulator, 0, { cells: true });
  emulator.dispose();
  return screen;
}

/** One thing that happened in a recorded session (test/fixtures/pty). */
export interface Recorded {
  readonly ms: number;
  readonly output?: string;
  readonly input?: string;
  readonly resize?: readonly [number, number];
  readonly mark?: string;
  readonly exit?: number;
}

export const fixtures = ['vim', 'less', 'python', 'board'] as const;
export type Fixture = (typeof fixtures)[number];

/** All that happened but its beginning: a session of 80 × 24. */
export function recorded(name: Fixture): readonly Recorded[] {
  const text = readFileSync(new URL(`../../fixtures/pty/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as Recorded);
}

/** Tells it all, at the times at which it happened. */
export async function replay(session: Session, facts: readonly Recorded[]): Promise<void> {
  const begin = session.now();
  for (const { ms, output, input, resize, mark, exit } of facts) {
    session.clock.advance(begin + ms - session.now());
    if (output !== undefined) await session.print(Buffer.from(output, 'base64'));
    if (input !== undefined) await session.tell({ type: 'pty.input', bytes: Buffer.from(input, 'base64') });
    if (resize !== undefined) {
      await session.tell({ type: 'pty.resize', cols: resize[0], rows: resize[1] });
    }
    if (mark !== undefined) await session.tell({ type: 'pty.mark', label: mark });
    if (exit !== undefined) await session.tell({ type: 'pty.exit', code: exit, signal: null });
  }
}
