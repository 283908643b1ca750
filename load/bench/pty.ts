/**
 * How fast does what a terminal prints become durable (V12)? A file shown by a waited command of a session,
 * beside the same through the library for PTYs into a counter; and the same with a thousand waits that were
 * given up.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { openTroupe } from '../../runtime/index.ts';
import type { Troupe } from '../../runtime/index.ts';
import { scratch } from '../disk.ts';
import { inTurns, median, medianRatio, ratiosOf } from '../measure.ts';
import { bench, goal, spreadOf, times } from '../report.ts';
import type { Report } from '../report.ts';

const lineBytes = 100;
const lines = 1_000_000;
/** Commands that wait, at most 256 in a session, and how often somebody gave up waiting for each. */
const [commands, waits] = [250, 4];
const abandoned = commands * waits;
const rounds = 5;
const wanted = { floor: 0.6, abandoned: 0.95 };
/** agent-tty 0.5.0 on a machine of this class: beside us, not measured here. */
const reference = { ingest: '14.5 MB/s', abandoned: '0.07 MB/s' };

// A terminal makes two bytes of a line end.
const printedBytes = lines * (lineBytes + 1);
const file = join(scratch('pty-file'), 'text');
writeFileSync(file, `${'a line of text '.repeat(7).slice(0, lineBytes - 1)}\n`.repeat(lines));

await bench(measure);

async function measure(): Promise<Report> {
  const troupe = await openTroupe({ directory: scratch('pty'), workers: 1 });
  const samples = await inTurns(rounds, () => ({
    library,
    session: async () => session(troupe, 0),
    abandoned: async () => session(troupe, waits),
  }));
  await troupe.close();
  const floor = medianRatio(samples.session, samples.library);
  const left = medianRatio(samples.abandoned, samples.session);
  const row = (title: string, figures: readonly number[], theirs: string): string[] => {
    return [title, `${median(figures).toFixed(1)} MB/s`, theirs];
  };
  return {
    name: 'pty',
    question: 'How fast does what a terminal prints become durable?',
    settings: [
      `cat of ${lines / 1e6} M lines of ${lineBytes} bytes (${(printedBytes / 1e6).toFixed(0)} MB on the ` +
        `terminal), from the start of cat to its end; one worker; medians of ${rounds} rounds, in turns.`,
      'A session is durable, hashed and has its command told apart; the library hands bytes to a counter.',
      `In the third row ${commands} commands stand behind cat, and of each ${waits} waits were given up.`,
      'agent-tty 0.5.0: as measured on a machine of this class, not in this run.',
    ],
    tables: [
      {
        columns: ['', 'measured', 'agent-tty'],
        rows: [
          row('through the library into a counter', samples.library, ''),
          row('a session with one waited command', samples.session, reference.ingest),
          row(`and with ${abandoned} abandoned waits`, samples.abandoned, reference.abandoned),
        ],
      },
    ],
    goals: [
      goal(
        `V12: a session ≥ ${wanted.floor} × the library`,
        times(floor, wanted.floor),
        floor >= wanted.floor,
        spreadOf(ratiosOf(samples.session, samples.library)),
      ),
      goal(
        `V12: with ${abandoned} abandoned waits ≥ ${wanted.abandoned} × none`,
        times(left, wanted.abandoned),
        left >= wanted.abandoned,
        spreadOf(ratiosOf(samples.abandoned, samples.session)),
      ),
    ],
  };
}

/** Megabytes a second. */
async function session(troupe: Troupe, givenUp: number): Promise<number> {
  const one = troupe.pty();
  await one.open({ shell: 'sh', env: { PS1: '$ ' } });
  const running = one.exec(`read go; cat ${file}`);
  for (let n = 0; n < givenUp; n++) {
    const late = Array.from({ length: commands }, async (_, i) =>
      one.exec('true', { commandId: `late${i}`, timeoutMs: 1 }),
    );
    for (const { outcome } of await Promise.all(late)) assert.equal(outcome, 'timedOut');
  }
  // What is typed before the command would be one of its own.
  await one.waitFor({ text: 'read go' });
  const before = (await one.digest()).digest.output.bytes;
  const start = performance.now();
  await one.write('\n');
  const { outcome, exitCode } = await running;
  const took = performance.now() - start;
  assert.deepEqual([outcome, exitCode], ['completed', 0]);
  const { output } = (await one.digest()).digest;
  assert(output.bytes - before >= printedBytes, 'every byte is recorded');
  await one.close();
  return printedBytes / 1000 / took;
}

async function library(): Promise<number> {
  const start = performance.now();
  const pty = spawn('cat', [file], { cols: 80, rows: 24, encoding: null });
  let bytes = 0;
  await new Promise<void>((resolve) => {
    // Declared as text, which `encoding: null` makes bytes.
    pty.onData((data) => {
      bytes += (data as unknown as Uint8Array).length;
      if (bytes === printedBytes) resolve();
    });
    // The library may drop the last of it.
    pty.onExit(() => setImmediate(resolve));
  });
  const took = performance.now() - start;
  assert(bytes > 0.99 * printedBytes, `${bytes} of ${printedBytes} bytes came`);
  return bytes / 1000 / took;
}
