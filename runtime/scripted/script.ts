/**
 * What a scripted agent does, step by step: what it says and when, what it waits for, how it ends. Steps are
 * plain data, so that a script can be read, kept and taken up again where it was.
 */
import type { DriverWord } from '../../actors/agentRun/following.ts';
import type { ProcessInput } from '../../actors/agentRun/runContext.ts';
import type { OwnEvent, RunEvent, RunEventOf, TurnStatus } from '../../actors/agentRun/vocabulary.ts';

/** Ids that a script leaves out are given: of the turn, and the message, that is open. */
type Loose<E> = E extends { readonly turnId: string }
  ? Omit<E, 'turnId'> & { readonly turnId?: string }
  : E extends { readonly type: `message.${string}`; readonly messageId: string }
    ? Omit<E, 'messageId'> & { readonly messageId?: string }
    : E;

/** An event as a script names it; what is missing is filled in. */
export type ScriptedEvent = Loose<RunEvent> | OwnEvent;

/** A word of the run for its process, as scripts name it; a denial is an answer. */
export type Heard = 'prompt' | 'interrupt' | 'answer' | 'update' | 'drain';

/** One thing an agent does. */
export type Step =
  | { readonly do: 'say'; readonly event: ScriptedEvent }
  | { readonly do: 'think'; readonly ms: number }
  | { readonly do: 'hear'; readonly what: Heard }
  | { readonly do: 'exit'; readonly code: number | null; readonly signal?: string; readonly stderr?: string }
  | { readonly do: 'lose' }
  | { readonly do: 'refuse'; readonly message: string }
  | { readonly do: 'hang'; readonly launching: boolean };

/** One step, or several that belong together. */
export type Steps = Step | readonly Step[];

/** What a script that is a function is told about the launch it is for. */
export interface Launched {
  readonly address: string;
  readonly input: ProcessInput;
}

/**
 * A list of steps, one for every launch or made for each; or a generator, which is given what `hear` heard.
 * A script that comes to its end exits with code 0.
 */
export type Script = readonly Steps[] | ((launched: Launched) => readonly Steps[] | Telling);

/** A script that goes on as it is answered; it cannot be taken up again where it was. */
export type Telling = AsyncGenerator<Steps, void, DriverWord | undefined>;

/** Says one event of the run's vocabulary, or one of your own (`x.…`). */
export const say = (event: ScriptedEvent): Step => ({ do: 'say', event });

/** Does nothing for so long, on the runtime's clock. */
export const think = (ms: number): Step => ({ do: 'think', ms });

/** Waits for a word of the run; in a generator `yield` gives it. */
export const hear = (what: Heard): Step => ({ do: 'hear', what });

/** The process ends by itself, or of a signal. */
export function exit(code: number | null = 0, more: { signal?: string; stderr?: string } = {}): Step {
  return { do: 'exit', code, ...more };
}

/** The process is gone, and nobody knows how. */
export const lose = (): Step => ({ do: 'lose' });

/** As the first step: the launch comes to no process. */
export const refuse = (message: string): Step => ({ do: 'refuse', message });

/** Says nothing more, and hears nothing; `launching`, as the first step: before the process has begun. */
export function hang({ launching = false }: { readonly launching?: boolean } = {}): Step {
  return { do: 'hang', launching };
}

/** A whole turn: what is said in it word by word, and what else happens in it before it ends. */
export function turn(
  text: string,
  more: { readonly steps?: readonly Step[]; readonly status?: TurnStatus } = {},
): readonly Step[] {
  const { steps = [], status = 'ok' } = more;
  const words = text.match(/\s*\S+/g) ?? [];
  return [
    say({ type: 'turn.start' }),
    ...(words.length === 0 ? [] : [say({ type: 'message.start', role: 'assistant' })]),
    ...words.map((word) => say({ type: 'message.delta', part: 'text', text: word })),
    ...(words.length === 0 ? [] : [say({ type: 'message.end' })]),
    ...steps,
    say({ type: 'turn.end', status }),
  ];
}

/** A question with the options of most engines: `yes` and `no`. */
export function ask(
  requestId: string,
  title: string,
  more: Partial<RunEventOf<'permission.ask'>> = {},
): readonly Step[] {
  const options: RunEventOf<'permission.ask'>['options'] = [
    { optionId: 'yes', label: 'Yes', effect: 'allow', scope: 'once' },
    { optionId: 'no', label: 'No', effect: 'deny', scope: 'once' },
  ];
  const event = {
    type: 'permission.ask' as const,
    requestId,
    kind: 'tool' as const,
    title,
    options,
    ...more,
  };
  return [say(event), hear('answer')];
}

export const stepsOf = (steps: Steps): readonly Step[] => ('do' in steps ? [steps] : steps);
