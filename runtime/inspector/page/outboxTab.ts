/** What an outbox holds: how much waits, what is leased, and what nobody could deal with. */
import { post, read, textOf } from './api.ts';
import { button, el, fill } from './dom.ts';
import { idOf } from './place.ts';
import type { Allowed, Tab } from './tab.ts';
import type { Moment, Watched } from './watched.ts';
import { clockOf } from './words.ts';

interface Counts {
  readonly ready: number;
  readonly leased: number;
  readonly dead: number;
}

interface DeadLetter {
  readonly position: number;
  readonly child: string;
  readonly kind: string;
  readonly at: number;
  readonly attempts: number;
  readonly reason: string;
}

/** As much of an outbox's context as is shown. */
interface Book {
  readonly readyCount: number;
  readonly leasedCount: number;
  readonly leases: Readonly<Record<string, readonly { readonly position: number; readonly child: string }[]>>;
  readonly dead: readonly { readonly position: number }[];
}

export class OutboxTab implements Tab {
  readonly name = 'outbox';
  readonly title = 'Outbox';
  readonly element = el('div', { class: 'outboxtab' });
  readonly #allowed: Allowed;

  constructor(allowed: Allowed) {
    this.#allowed = allowed;
  }

  async show({ snapshot }: Moment, { address, at }: Watched): Promise<void> {
    const { book } = snapshot.context as { readonly book: Book };
    const counts = { ready: book.readyCount, leased: book.leasedCount, dead: book.dead.length };
    const parts = [countsOf(counts), leasesOf(book)];
    if (at !== undefined) {
      fill(this.element, ...parts, el('p', { class: 'faint' }, 'Dead letters are shown live only.'));
      return;
    }
    const path = `outboxes/${encodeURIComponent(idOf(address))}/dead-letters`;
    const { items } = await read<{ readonly items: readonly DeadLetter[] }>(path);
    fill(this.element, ...parts, this.#deadOf(items, path));
  }

  #deadOf(letters: readonly DeadLetter[], path: string): HTMLElement {
    const answer = el('p', { role: 'status', class: 'verdict' });
    const retry = async (positions: readonly number[]): Promise<void> => {
      try {
        await post(`${path}/retry`, { positions });
        answer.textContent = 'They get another chance.';
      } catch (error) {
        answer.classList.add('bad');
        answer.textContent = textOf(error);
      }
    };
    const { send } = this.#allowed;
    return el(
      'section',
      {},
      el('h4', {}, 'Dead letters'),
      letters.length === 0 && el('p', { class: 'faint' }, 'None.'),
      el(
        'ul',
        { class: 'letters' },
        ...letters.map(({ position, child, kind, at, attempts, reason }) =>
          el(
            'li',
            {},
            el('b', {}, `#${position} ${kind}`),
            el('span', {}, `${child}, ${clockOf(at)}, ${attempts} attempts`),
            el('span', { class: 'reason' }, reason),
            send && button('Retry', () => void retry([position])),
          ),
        ),
      ),
      answer,
    );
  }
}

function countsOf({ ready, leased, dead }: Counts): HTMLElement {
  const count = (name: string, value: number): HTMLElement =>
    el('div', { class: `figure ${name}` }, el('b', {}, String(value)), el('span', {}, name));
  return el('div', { class: 'figures' }, count('ready', ready), count('leased', leased), count('dead', dead));
}

function leasesOf({ leases }: Book): HTMLElement {
  const lines = Object.entries(leases).map(([id, entries]) =>
    el(
      'li',
      {},
      `Lease ${id}: `,
      entries.map(({ position, child }) => `#${position} of ${child}`).join(', '),
    ),
  );
  return el(
    'section',
    {},
    el('h4', {}, 'Leases'),
    lines.length === 0 && el('p', { class: 'faint' }, 'None.'),
    el('ul', { class: 'letters' }, ...lines),
  );
}
