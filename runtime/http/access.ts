/**
 * Who asks, what they may do, and whose actors they see.
 *   Q1. Its labels are forced into every list, watch, feed and usage, and stamped on every birth; an address
 *       outside of them is as if it did not exist.
 *   Q2. Who sent something is what `authorize` says, whatever a body says; of what an engine emitted it is
 *       the stream, `ingest:<source>`.
 *   Q3. Streams are asked again.
 *   Q4. Starting processes is a right of its own, and so is answering an agent's ask.
 */
import { TroupeError } from '../../actors/troupeError.ts';
import type { Answer, Incoming } from './incoming.ts';

export const rights = ['read', 'send', 'answer', 'launch'] as const;
/** What someone may do. */
export type Right = (typeof rights)[number];

export interface Access {
  readonly by: string;
  /** Only actors that have all of these; absent or empty: all actors. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly can: readonly Right[];
}

/** Says who asks, or answers in its own words; what it throws is answered as an error. */
export type Authorize = (request: Request) => Access | Response | Promise<Access | Response>;

/** As the server side asks it; an `Answer` is a refusal. */
export type Admit = (incoming: Incoming) => Access | Answer | Promise<Access | Answer>;

export function admitOf(authorize: Authorize): Admit {
  return async (incoming) => {
    const told = await authorize(incoming.request());
    return told instanceof Response ? answerOf(told) : told;
  };
}

export function isRefused(told: Access | Answer): told is Answer {
  return 'status' in told;
}

async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response;
  return { status, headers: Object.fromEntries(headers), body: await response.text() };
}

/** Whether it sees a part only. */
export function isScoped({ labels }: Access): boolean {
  return labels !== undefined && Object.keys(labels).length > 0;
}

export function assertCan({ can, by }: Access, right: Right): void {
  if (can.includes(right)) return;
  throw new TroupeError('FORBIDDEN', `${by} has no right to ${right} here.`, { right });
}

/** What tells of everybody at once is for those who see everybody. */
export function assertWhole(access: Access): void {
  if (!isScoped(access)) return;
  const text = 'This tells of all actors, and what you may see is a part of them.';
  throw new TroupeError('FORBIDDEN', text, { labels: Object.keys(access.labels ?? {}) });
}

/** Whether what has these labels lies within its part. */
export function isWithin({ labels = {} }: Access, of: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([name, value]) => of[name] === value);
}

/** A list's labels with those that are forced. */
export function labelsWithin(
  { labels = {} }: Access,
  wanted: Readonly<Record<string, string>> = {},
): { readonly labels?: Readonly<Record<string, string>> } {
  const all = { ...wanted, ...labels };
  return Object.keys(all).length === 0 ? {} : { labels: all };
}
