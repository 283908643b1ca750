/**
 * A random run: happenings drawn from the whole vocabulary, sensible and not. What the machine refuses is not
 * recorded, so every history that comes out is one that a host could have written.
 */
import { Random } from '../../../storage/conformance/random.ts';
import { answer, ask, delta, exit, launch, prompt, started, turn, turnEnd } from './play.ts';
import type { Happening, Play } from './play.ts';

/** The seed of this run of the tests: `SEED=42 npm test` has it again. */
export const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const pieces = ['1', '2', '3', '4'] as const;
const names = ['sh', 'web', 'constructor', 'edit', '__proto__'] as const;

type Draw = (random: Random, id: string) => Happening;

const draws: readonly Draw[] = [
  (random, id) => turn(`${id}${random.below(1000)}`),
  (random) => ({ type: 'turn.start', turnId: `t${random.below(1000)}`, promptId: `q${random.below(9)}` }),
  (random) => ({
    ...turnEnd('', random.pick(['ok', 'failed', 'cancelled', 'limit'])),
    reason: random.pick(['', 'odd']),
  }),
  (random) => ({ type: 'turn.interrupt', by: random.pick(pieces) }),
  (random, id) => delta(id, random.text(random.below(20)), random.pick(['text', 'reasoning'])),
  (random, id) => ({
    type: 'message.start',
    messageId: id,
    role: random.pick(['user', 'assistant', 'tool']),
  }),
  (_, id) => ({ type: 'message.end', messageId: id }),
  (random, id) => ({ type: 'attempt.start', attempt: random.below(3), messageId: id, reason: 'net' }),
  (random, id) => ({
    type: 'tool.call',
    callId: id,
    name: random.pick(names),
    gate: random.once(5),
    input: 'x',
  }),
  (random, id) => ({ type: 'tool.end', callId: id, ok: !random.once(3), output: 'y' }),
  (random, id) =>
    ask(`r${id}${random.below(30)}`, { ...(random.once(2) ? { deadlineMs: 5 } : {}), callId: id }),
  (random, id) => answer(`r${id}${random.below(30)}`, random.pick(['no', 'yes, always'])),
  (random) => answer(`budget.${1 + random.below(3)}`, random.pick(['continue', 'continue', 'stop'])),
  (random, id) => ({
    type: 'permission.cancelled',
    requestId: `r${id}${random.below(30)}`,
    reason: 'expired',
  }),
  (random) => prompt(`q${random.below(60)}`, random.pick(['queue', 'steer'])),
  (random) => ({ type: 'run.unprompt', promptId: `q${random.below(60)}` }),
  (random, id) => ({
    type: 'usage',
    key: `k${random.below(200)}`,
    model: random.pick(['a', 'b', 'constructor']),
    mode: random.pick(['delta', 'cumulative']),
    scope: random.pick(['message', 'turn', 'process']),
    input: random.below(100),
    output: random.below(100),
    messageId: id,
    ...(random.once(2) ? { costMicroUsd: random.below(100) } : {}),
  }),
  (random) => ({ type: 'error', class: `e${random.below(20)}`, message: 'z', retryable: random.once(2) }),
  (_, id) => ({ type: 'process.start', processId: `p${id}` }),
  (random, id) => exit(random.pick([0, 1, null]), random.pick([null, 'SIGTERM']), `p${id}`),
  (_, id) => ({ type: 'process.lost', processId: `p${id}` }),
  () => ({ type: 'process.failed', message: 'no' }),
  () => ({ driverFails: true }),
  (random) => ({
    type: random.pick(['run.pause', 'run.unpause', 'note', 'x.mine', 'attention']),
    kind: 'k',
    text: 't',
  }),
  (random, id) => ({
    fire: random.pick(['launch', 'stall', 'drain', `ask.r${id}${random.below(30)}`]),
    quietMs: 9,
  }),
];

const rare: readonly Draw[] = [
  (random) => ({ type: 'run.end', cause: random.pick(['completed', 'failed', 'selfStopped']) }),
  (random) => ({ type: 'run.stop', cause: random.pick(['stopped', 'terminated', 'superseded']) }),
  () => ({ fire: 'deadline' }),
];

/** A run after so many draws, or at its end. */
export function randomRun(random: Random, length: number): Play {
  const run = started({
    onExit: random.pick(['end', 'idle']),
    deadlineMs: 1e9,
    stallMs: 50,
    ...(random.once(2) ? { launch } : {}),
    ...(random.once(3)
      ? { budget: { toolCalls: 20, turns: 9, onExceed: random.pick(['ask', 'stop']) } }
      : {}),
    ...(random.once(2) ? { parent: 'run/p' } : {}),
  });
  for (let i = 0; i < length && !run.isFinal; i++) {
    const happening = random.pick(random.once(150) ? rare : draws)(random, random.pick(pieces));
    const { turnId } = run.context.book;
    const isEnd = 'type' in happening && happening.type === 'turn.end';
    run.tell(isEnd ? { ...happening, turnId } : happening, random.below(50));
  }
  return run;
}

export const randomOf = (salt: number): Random => new Random((seed + salt * 7919) % 2 ** 31);
