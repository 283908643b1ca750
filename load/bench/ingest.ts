/**
 * How fast is an engine's output taken in? A long stream of Claude Code with partial messages, in pieces as a
 * pipe gives them, from bytes to durable facts; beside it what reading the JSON and mapping it take alone.
 * The processor time of all threads is told as well: on a busy machine the rest is waiting for a core.
 */
import assert from 'node:assert/strict';
import { claude } from '../../actors/adapters/index.ts';
import { openTroupe } from '../../runtime/index.ts';
import { scratch } from '../disk.ts';
import { inTurns, median } from '../measure.ts';
import { bench, fixed, goal } from '../report.ts';
import type { Report } from '../report.ts';

const turns = 400;
const deltas = 200;
const pieceBytes = 64 * 1024;
const rounds = 7;
const wanted = 50;

const word = 'twenty letters each. ';
const lines = Array.from({ length: turns }, (_, n) => turnOf(n)).flat();
const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
const megabytes = bytes.length / 1e6;

await bench(measure);

/** As the engine writes it: a delta is 270 bytes for 21 letters. */
function turnOf(n: number): readonly object[] {
  const common = { session_id: '7f0e9f52-0d3b-4c36-9f58-4b7d5bb2f0aa', parent_tool_use_id: null };
  const streamed = (event: object, i: number): object => {
    return { type: 'stream_event', event, uuid: `00000000-0000-0000-${n}-${i}`, ...common };
  };
  const text = { type: 'text_delta', text: word };
  const call = { type: 'tool_use', id: `c${n}`, name: 'Bash', input: { command: 'npm test' } };
  return [
    { type: 'system', subtype: 'init', model: 'opus', uuid: `i${n}`, ...common },
    streamed({ type: 'message_start', message: { id: `m${n}`, model: 'opus' } }, 0),
    ...Array.from({ length: deltas }, (_, i) => {
      return streamed({ type: 'content_block_delta', index: 0, delta: text }, i + 1);
    }),
    { type: 'assistant', message: { id: `m${n}`, content: [call] }, uuid: `a${n}`, ...common },
    streamed({ type: 'message_stop' }, deltas + 1),
    {
      type: 'user',
      message: { content: [{ type: 'tool_result', tool_use_id: `c${n}`, content: word.repeat(50) }] },
      uuid: `u${n}`,
      ...common,
    },
    { type: 'result', subtype: 'success', total_cost_usd: n / 100, uuid: `r${n}`, ...common },
  ];
}

function* pieces(): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function measure(): Promise<Report> {
  const troupe = await openTroupe({ directory: scratch('ingest'), workers: 1 });
  let count = 0;
  const worked: number[] = [];
  const samples = await inTurns(rounds, () => ({ parsed, mapped, ingested: async () => ingested(++count) }));
  await troupe.close();
  const mb = (figure = 0, bound?: number): string => `${fixed(figure, 0, bound)} MB/s`;
  const row = (title: string, figures: readonly number[]): string[] => {
    return [title, mb(median(figures)), mb(Math.max(...figures))];
  };
  const all = median(samples.ingested);
  return {
    name: 'ingest',
    question: "How fast is an engine's output taken in?",
    settings: [
      `${turns} turns of ${deltas} deltas of ${word.length} letters and one call, ` +
        `${megabytes.toFixed(0)} MB as lines of JSON, in pieces of ${pieceBytes / 1024} KiB; ` +
        `one run, one worker; medians of ${rounds} rounds.`,
      'Every letter, turn and cost is in the digest before a figure is told.',
    ],
    tables: [
      {
        columns: ['', 'median', 'best round'],
        rows: [
          row('lines and JSON alone', samples.parsed),
          row('and the adapter', samples.mapped),
          row('and durable in the run', samples.ingested),
          row('the same, of processor time over all threads', worked.slice(-rounds)),
        ],
      },
    ],
    goals: [goal(`ingest ≥ ${wanted} MB/s`, mb(all, wanted), all >= wanted)],
  };

  async function ingested(n: number): Promise<number> {
    const run = troupe.run(`r${n}`);
    await run.start({ engine: 'claude' });
    const [start, used] = [performance.now(), process.cpuUsage()];
    await run.ingest(pieces(), claude, { source: 'p' });
    const took = performance.now() - start;
    const { user, system } = process.cpuUsage(used);
    worked.push((megabytes * 1e6) / (user + system));
    const { digest } = await run.digest();
    assert.equal(digest.messages.textBytes, turns * deltas * word.length);
    assert.equal(digest.turns.byStatus.ok, turns);
    return (megabytes / took) * 1000;
  }
}

function parsed(): number {
  const start = performance.now();
  const count = bytes
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown).length;
  assert.equal(count, lines.length);
  return (megabytes / (performance.now() - start)) * 1000;
}

function mapped(): number {
  const start = performance.now();
  let state = claude.start('p');
  let letters = 0;
  for (const line of bytes.toString().split('\n')) {
    if (line === '') continue;
    const told = claude.frame(state, JSON.parse(line));
    ({ state } = told);
    for (const event of told.events) if (event.type === 'message.delta') letters += event.text.length;
  }
  assert.equal(letters, turns * deltas * word.length);
  return (megabytes / (performance.now() - start)) * 1000;
}
