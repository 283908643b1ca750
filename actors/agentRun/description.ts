/**
 * A run as text, for a person, an agent or the log of a build: where it stands, what it took, what went
 * wrong, what it waits for, and the end of what was said. Equal digests and transcripts give equal texts.
 */
import type { RunDigest } from './digest/digest.ts';
import { clipped } from './text.ts';
import type { Message, OpenAsk, Part, Transcript } from './transcript/message.ts';

/** How a run is told as text. */
export interface DescriptionOptions {
  /** How many messages of the end are shown; 5 unless told. */
  readonly messages?: number;
  /** How many bytes of each part; 400 unless told. */
  readonly partBytes?: number;
}

/** Lines of text, the last without an end of line. */
export function description(
  digest: RunDigest,
  tail: Pick<Transcript, 'messages' | 'asks'>,
  { messages = 5, partBytes = 400 }: DescriptionOptions = {},
): string {
  const shown = messages <= 0 ? [] : tail.messages.slice(-messages);
  return [
    headOf(digest),
    ...countsOf(digest),
    ...findingsOf('errors', digest.errors.byClass),
    ...findingsOf('issues', digest.issues.byClass),
    ...tail.asks.map(askLineOf),
    ...shown.flatMap((message) => linesOf(message, partBytes, '')),
    ...(digest.result === null ? [] : [`result: ${inLine(digest.result.text, partBytes)}`]),
  ].join('\n');
}

function askLineOf({ requestId, title, options }: OpenAsk): string {
  const ids = options.map((one) => one.optionId);
  return `waits for an answer to ${requestId}: ${title} (${ids.join(', ')})`;
}

function headOf({ identity, state, outcome, seq }: RunDigest): string {
  const { title, engine, model } = identity;
  const who = [title ?? 'run', ...[engine, model].filter((name) => name !== null)].join(' · ');
  if (outcome === null) return `${who}: ${state}, at seq ${seq}`;
  const { cause, reason, lastTurn } = outcome;
  const why = reason === null ? '' : ` (${reason})`;
  return `${who}: ${cause}${why}, last turn ${lastTurn ?? 'none'}, sealed at seq ${seq}`;
}

function countsOf({ durationMs, turns, tools, usage, prompts, processes }: RunDigest): readonly string[] {
  const { input, output, costMicroUsd, unpricedTokens } = usage.total;
  const unpriced = unpricedTokens === 0 ? '' : `, ${unpricedTokens} tokens without a price`;
  const waiting = prompts.waiting.length === 0 ? [] : [`not taken up: ${prompts.waiting.join(', ')}`];
  return [
    `took ${seconds(durationMs)}: ${turns.count} turns in ${seconds(turns.activeMs)},` +
      ` idle ${seconds(turns.idleMs)}`,
    `used ${input} tokens in, ${output} out, ${dollars(costMicroUsd)}${unpriced}`,
    `tools ${tools.total}, failed ${tools.failed}; processes ${processes.started}, lost ${processes.lost}`,
    ...waiting,
  ];
}

interface Finding {
  readonly count: number;
  readonly samples: readonly { readonly seq: number; readonly label: string }[];
}

function findingsOf(what: string, byClass: Readonly<Record<string, Finding>>): readonly string[] {
  return Object.entries(byClass)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { count, samples }]) => {
      const places = samples
        .slice(0, 3)
        .map(({ seq, label }) => (label === '' ? `${seq}` : `${seq} ${label}`));
      return `${what}: ${count} ${name} (seq ${places.join(', ')}${samples.length > 3 ? ', …' : ''})`;
    });
}

function linesOf(message: Message, partBytes: number, indent: string): readonly string[] {
  const { role, parts, superseded, isWaiting } = message;
  const notes = [
    ...(superseded.length === 0 ? [] : [`attempt ${superseded.length + 1}`]),
    ...(isWaiting === true ? ['waiting'] : []),
  ];
  const head = `${indent}[${[role, ...notes].join(', ')}]`;
  return [head, ...parts.flatMap((part) => partLinesOf(part, partBytes, `${indent}  `))];
}

function partLinesOf(part: Part, partBytes: number, indent: string): readonly string[] {
  switch (part.type) {
    case 'text':
      return [`${indent}${inLine(part.text, partBytes)}`];
    case 'reasoning':
      return [`${indent}(thinks) ${inLine(part.text, partBytes)}`];
    case 'content':
      return [`${indent}<${part.content.type}>`];
    default: {
      const { name, result, messages } = part;
      const ended = result === undefined ? 'no result' : result.ok ? 'ok' : `failed: ${result.error ?? ''}`;
      const inner = messages.flatMap((message) => linesOf(message, partBytes, `${indent}  `));
      return [`${indent}→ ${name}: ${inLine(ended, partBytes)}`, ...inner];
    }
  }
}

/** Control characters of an agent's output are nobody's commands. */
function inLine(text: string, bytesMax: number): string {
  const plain = text.replace(/\p{Cc}+/gu, ' ').trim();
  const cut = clipped(plain, bytesMax);
  return cut === plain ? plain : `${cut}…`;
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1000)}.${String(Math.floor((ms % 1000) / 100))} s`;
}

function dollars(microUsd: number): string {
  const cents = Math.round(microUsd / 100);
  return `$${Math.floor(cents / 10_000)}.${String(cents % 10_000).padStart(4, '0')}`;
}
