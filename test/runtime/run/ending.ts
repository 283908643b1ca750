/** Ends of runs: how they come about on the test runtime, and all that must hold of each (contract S1–S5). */
import { createHash } from 'node:crypto';
import { afterEach, expect } from 'vitest';
import { runFoldOf } from '../../../actors/agentRun/digest/fold.ts';
import type { RunDigest } from '../../../actors/agentRun/digest/digest.ts';
import { decodeCommit } from '../../../storage/commitCodec.ts';
import type { Memory } from '../../../storage/memory.ts';
import type { AnyDefinition, Fact } from '../../../runtime/index.ts';
import type { Run, RunStart } from '../../../runtime/run.ts';
import { openTestTroupe, scriptedAgent } from '../../../runtime/testing.ts';
import type { Script, ScriptedAgentOptions, TestTroupe } from '../../../runtime/testing.ts';
import { refusalOf } from '../host/kit.ts';

export const launch = { command: 'agent', stdio: 'pipe' } as const;
export const address = 'run/a';

/** A run that works for `run/boss`, and the runtime that it is on. */
export class Case {
  readonly stage: TestTroupe<unknown>;

  constructor(stage: TestTroupe<unknown>) {
    this.stage = stage;
  }

  /** Of the present life. */
  get run(): Run {
    return this.stage.troupe.run('a');
  }

  async killed(actors?: readonly AnyDefinition[]): Promise<void> {
    this.stage.crash();
    await this.stage.reopen(actors);
    await this.stage.settle();
  }

  async tags(): Promise<readonly string[]> {
    return (await this.run.snapshot()).tags;
  }
}

const open: TestTroupe<unknown>[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** Without a script nothing is launched: whoever holds it tells what happens. */
export async function started(
  script: Script | undefined,
  start: RunStart = {},
  options: ScriptedAgentOptions = {},
): Promise<Case> {
  const actors = script === undefined ? [] : [scriptedAgent(script, options)];
  const stage = await openTestTroupe({ actors });
  open.push(stage);
  const given = { ...(script && { launch }), parent: 'run/boss', title: 'Work', ...start };
  await stage.troupe.run('a').start(given);
  await stage.settle();
  return new Case(stage);
}

interface Reading {
  readonly digest: RunDigest;
  readonly seal: unknown;
  readonly facts: readonly Fact[];
  readonly state: unknown;
}

async function readingOf(run: Run): Promise<Reading> {
  const facts: Fact[] = [];
  for await (const fact of run.history()) facts.push(fact);
  const { digest, seal } = await run.digest();
  return { digest, seal, facts, state: (await run.snapshot()).state };
}

export function sealsIn(memory: Memory): readonly Uint8Array[] {
  const entries = memory.actors.get(address)?.entries ?? [];
  return entries.flatMap(({ record }) => decodeCommit(record).seal ?? []);
}

/** One seal with this cause, equal to everything that tells of the same end; now, and after a reopen. */
export async function expectEnd(one: Case, cause: string): Promise<RunDigest> {
  await one.stage.settle();
  const { run, stage } = one;
  const { seal, digest } = await run.result();
  const before = await readingOf(run);
  const last = before.facts.length;
  expect([seal.cause, digest.outcome?.cause, digest.seq]).toEqual([cause, cause, last]);
  // Folded here, fact by fact, by the plain fold: neither the machine's nor the scripted agent's.
  const fold = runFoldOf();
  const refolded = before.facts.reduce(fold.fold, fold.start());
  expect(JSON.parse(JSON.stringify(refolded))).toEqual(seal.digest);
  expect(digest).toEqual(seal.digest);
  const seals = sealsIn(stage.memory);
  expect(seals).toHaveLength(1);
  const sealHash = createHash('sha256').update(seals[0]!).digest('hex');
  expect(await run.verify()).toEqual({ ok: true, seq: last, isRefolded: true });
  expect(await refusalOf(run.stop())).toMatchObject({ code: 'SEALED' });
  await one.killed();
  expect(await readingOf(one.run)).toEqual(before);
  expect(await one.run.verify()).toEqual({ ok: true, seq: last, isRefolded: true });
  const { records } = await stage.troupe.outbox('boss').drain();
  const ends = records.filter(({ kind }) => kind !== 'permission' && kind !== 'attention');
  expect(ends).toMatchObject([{ child: address, childSeq: last, outcome: cause, sealHash }]);
  return digest;
}

/** It lives: nothing sealed it, and nobody was told of an end. */
export async function expectAlive(one: Case): Promise<RunDigest> {
  await one.stage.settle();
  const { sealed, digest } = await one.run.digest();
  expect([sealed, digest.outcome, sealsIn(one.stage.memory)]).toEqual([false, null, []]);
  expect(await one.tags()).not.toContain('final');
  return digest;
}
