/** What led to a fact and what it led to, as the API tells it, in words and links. */
import { read } from './api.ts';
import { el } from './dom.ts';
import { fragmentOf, pathOf } from './place.ts';
import type { Fact, Lead, LeadEnd } from './told.ts';

export async function leadsOf(address: string, after: number, before: number): Promise<readonly Lead[]> {
  const path = `actors/${pathOf(address)}/leads?after=${after}&before=${before}`;
  return (await read<{ readonly items: readonly Lead[] }>(path)).items;
}

/** More of one kind are told as how many there are. */
const linesMax = 12;

export function leadLists(leads: readonly Lead[], fact: Fact, address: string): readonly HTMLElement[] {
  const causes = leads.filter(({ to }) => to?.address === address && to.seq === fact.seq);
  const effects = leads.filter(
    ({ from }) => from?.address === address && from.seq <= fact.seq && fact.seq <= from.to,
  );
  return [
    listOf('cause', '←', causes.length === 0 ? [el('span', {}, originOf(fact))] : causes.map(fromLine)),
    listOf('effect', '→', effects.length === 0 ? [el('span', {}, 'nothing yet')] : effects.map(toLine)),
  ];
}

function listOf(name: string, sign: string, lines: readonly HTMLElement[]): HTMLElement {
  const more = lines.length - linesMax;
  return el(
    'ul',
    { class: `leads ${name}` },
    ...lines.slice(0, linesMax).map((line) => el('li', {}, el('b', { 'aria-hidden': 'true' }, sign), line)),
    more > 0 && el('li', { class: 'faint' }, `… and ${more} more`),
  );
}

/** Nothing that is recorded led there. */
function originOf({ event, by, id }: Fact): string {
  if (event.type === 'actor.born') return 'its first event';
  const under = id === undefined ? '' : `, as ${id}`;
  return `sent from outside${by === undefined ? '' : ` by ${by}`}${under}`;
}

function fromLine({ kind, name, from, peer }: Lead): HTMLElement {
  const what = kind === 'driver' ? `said by ${name}, started at` : `${words[kind] ?? kind} ${name} of`;
  return el('span', {}, `${what} `, from === undefined ? (peer ?? 'longer ago') : linkTo(from));
}

function toLine({ kind, name, to, peer }: Lead): HTMLElement {
  const isWaiting = kind === 'message' || kind === 'birth' || kind === 'stop' || kind === 'end';
  const where = to === undefined ? `${peer ?? ''}${isWaiting ? ', not taken yet' : ''}` : linkTo(to);
  return el('span', {}, `${words[kind] ?? kind} ${kind === name ? '' : name} → `, where);
}

const words: Readonly<Record<string, string>> = {
  birth: 'birth',
  stop: 'stop',
  end: 'end',
  post: 'record',
};

function linkTo({ address, seq, to }: LeadEnd): HTMLElement {
  const text = `${address} ${seq === to ? seq : `${seq}–${to}`}`;
  return el('a', { href: fragmentOf({ address, at: to }) }, text);
}
