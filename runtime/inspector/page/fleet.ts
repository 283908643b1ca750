/**
 * The fleet: a table of all actors, live. Only the rows that can be seen exist as elements, so that ten
 * thousand cost what forty cost.
 */
import { button, el, fill, keep } from './dom.ts';
import { fleetRow } from './fleetRow.ts';
import { follow } from './frames.ts';
import type { ApiError } from './api.ts';
import { Mailboxes } from './mailboxes.ts';
import { Rows } from './rows.ts';
import type { Selection, ShownRow, SortKey } from './rows.ts';
import type { Row, RowChanges } from './told.ts';
import { rateOf } from './words.ts';

export interface FleetEvents {
  /** Rows are not as they were. */
  readonly news: () => void;
  readonly connected: (isConnected: boolean) => void;
  readonly refused: (error: ApiError) => void;
}

const rowHeight = 40;
const spareRows = 8;
/** Ages and paces go on without news. */
const tickMs = 1000;

const columns: readonly (readonly [key: SortKey, title: string])[] = [
  ['address', 'Actor'],
  ['state', 'State'],
  ['error', 'Last error'],
  ['last', 'Last event'],
  ['age', 'Age'],
  ['rate', 'Events/s'],
  ['waiting', 'Waiting'],
  ['cost', 'Cost'],
  ['worker', 'Worker'],
];

interface Drawn {
  readonly row: Row;
  readonly look: string;
  readonly element: HTMLElement;
}

export class Fleet {
  readonly element: HTMLElement;
  readonly rows: Rows;
  readonly #mailboxes: Mailboxes;
  readonly #events: FleetEvents;
  readonly #body = el('div', { class: 'rows', role: 'rowgroup' });
  readonly #scroller: HTMLElement;
  readonly #head: HTMLElement;
  readonly #count = el('output', { class: 'count', 'aria-live': 'off' });
  readonly #search: HTMLInputElement;
  readonly #kinds: HTMLSelectElement;
  #selection: Selection = { text: '', kind: '', status: '', sort: 'age', descending: false };
  #shown: readonly ShownRow[] = [];
  #selected: string | undefined;
  #isDrawing = false;
  #drawn: ReadonlyMap<string, Drawn> = new Map();

  constructor(events: FleetEvents) {
    this.#events = events;
    // Beside an actor there is no room for what they say.
    const seen = (): readonly string[] => (this.#selected === undefined ? [...this.#drawn.keys()] : []);
    this.#mailboxes = new Mailboxes(seen, () => this.#sort(), events.refused);
    this.rows = new Rows((address) => this.#mailboxes.of(address));
    this.#search = el('input', {
      type: 'search',
      placeholder: 'Search  ( / )',
      'aria-label': 'Search actors',
      input: () => this.#select({ text: this.#search.value }),
    });
    this.#kinds = el('select', {
      'aria-label': 'Kind',
      change: () => this.#select({ kind: this.#kinds.value }),
    });
    const status: HTMLSelectElement = el(
      'select',
      { 'aria-label': 'Status', change: () => this.#select({ status: status.value }) },
      ...['', 'live', 'sealed', 'quarantined', 'with an error'].map((value) =>
        el('option', { value }, value || 'any status'),
      ),
    );
    this.#head = el('div', { class: 'row head', role: 'row' });
    this.#scroller = el(
      'div',
      { class: 'scroller', scroll: () => this.#draw(), keydown: (event: KeyboardEvent) => this.#key(event) },
      this.#body,
    );
    this.element = el(
      'section',
      { class: 'fleet', 'aria-label': 'Fleet' },
      el('div', { class: 'filters' }, this.#search, this.#kinds, status, this.#count),
      el('div', { class: 'table', role: 'table', 'aria-label': 'Actors' }, this.#headGroup(), this.#scroller),
    );
    new ResizeObserver(() => this.#draw()).observe(this.#scroller);
    setInterval(() => this.#sort(), tickMs);
    this.#showHead();
    this.#showKinds();
  }

  /** Follows all rows until the signal says otherwise. */
  follow(signal: AbortSignal): void {
    const { connected, refused } = this.#events;
    void follow({
      path: 'watch?windowMs=250',
      signal,
      connected,
      refused,
      told: ({ data }, isFirst) => this.#apply(data as RowChanges, isFirst, false),
    });
    const nothing = (): void => undefined;
    void follow({
      path: 'guests/watch',
      signal,
      connected: nothing,
      // Who sees a part of the actors sees no guests.
      refused: nothing,
      told: ({ data }, isFirst) => this.#apply(data as RowChanges, isFirst, true),
    });
  }

  #apply(changes: RowChanges, isWhole: boolean, areGuests: boolean): void {
    this.rows.apply(changes, isWhole, areGuests, Date.now());
    this.#showKinds();
    this.#sort();
    this.#events.news();
  }

  focusSearch(): void {
    this.#search.focus();
    this.#search.select();
  }

  /** The one that is looked at. */
  mark(address: string | undefined): void {
    this.#selected = address;
    this.#draw();
  }

  #select(change: Partial<Selection>): void {
    this.#selection = { ...this.#selection, ...change };
    this.#scroller.scrollTop = 0;
    this.#sort();
  }

  #headGroup(): HTMLElement {
    return el('div', { role: 'rowgroup' }, this.#head);
  }

  #showHead(): void {
    const { sort, descending } = this.#selection;
    const cells = columns.map(([key, title]) => {
      const order = key !== sort ? 'none' : descending ? 'descending' : 'ascending';
      const sign = key !== sort ? '' : descending ? ' ↓' : ' ↑';
      const click = (): void => this.#sortBy(key);
      return el(
        'div',
        { class: `cell ${key}`, role: 'columnheader', 'aria-sort': order },
        button(title + sign, click),
      );
    });
    fill(this.#head, ...cells);
  }

  #sortBy(sort: SortKey): void {
    const { sort: before, descending } = this.#selection;
    this.#select({
      sort,
      descending: sort === before ? !descending : !/^(?:address|age|worker)$/.test(sort),
    });
    this.#showHead();
  }

  #showKinds(): void {
    const kinds = ['', ...this.rows.kinds()];
    if (kinds.length === this.#kinds.options.length) return;
    fill(this.#kinds, ...kinds.map((value) => el('option', { value }, value || 'all kinds')));
    this.#kinds.value = this.#selection.kind;
  }

  #sort(): void {
    this.#shown = this.rows.shown(this.#selection, Date.now());
    const all = this.rows.size;
    const count = this.#shown.length;
    this.#count.textContent = count === all ? `${all} actor${all === 1 ? '' : 's'}` : `${count} of ${all}`;
    this.#draw();
  }

  /** Once a frame at most. */
  #draw(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const { scrollTop, clientHeight } = this.#scroller;
    const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spareRows);
    const count = Math.ceil(clientHeight / rowHeight) + 2 * spareRows;
    const now = Date.now();
    const kept = new Map<string, Drawn>();
    const elements = this.#shown.slice(first, first + count).map((shown) => {
      const drawn = this.#rowOf(shown, now);
      kept.set(shown.row.address, drawn);
      return drawn.element;
    });
    this.#drawn = kept;
    this.#body.style.height = `${this.#shown.length * rowHeight}px`;
    // No custom property: each row would be looked at anew.
    this.#body.style.paddingTop = `${first * rowHeight}px`;
    if (elements.length > 0) {
      keep(this.#body, elements);
      this.#mailboxes.begin();
    } else
      fill(this.#body, el('p', { class: 'empty', role: 'row' }, el('span', { role: 'cell' }, this.#none())));
  }

  /** The line as it stands already, unless something of it is new. */
  #rowOf(shown: ShownRow, now: number): Drawn {
    const { row, depth } = shown;
    const { address } = row;
    const rate = this.rows.rate(address, now);
    const isSelected = address === this.#selected;
    // Ages are told in whole seconds.
    const mailbox = this.#mailboxes.of(address);
    const look = `${depth} ${isSelected} ${rateOf(rate)} ${Math.floor(now / tickMs)} ${mailbox?.waiting}`;
    const known = this.#drawn.get(address);
    if (known?.row === row && known.look === look) return known;
    const element = fleetRow(shown, { now, rate, isSelected, mailbox });
    // Its link was where the keys go.
    if (known?.element.contains(document.activeElement) === true) {
      known.element.replaceWith(element);
      element.querySelector('a')?.focus({ preventScroll: true });
    }
    return { row, look, element };
  }

  #none(): string {
    return this.rows.size === 0
      ? 'No actor yet: what is sent to one shows here.'
      : 'Nothing fits the filter.';
  }

  #focus(address: string): void {
    const row = this.#body.querySelector(`[data-address="${CSS.escape(address)}"] a`);
    if (row instanceof HTMLElement) row.focus({ preventScroll: true });
  }

  #key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = document.activeElement?.closest('[data-address]')?.getAttribute('data-address');
    const index = this.#shown.findIndex(({ row }) => row.address === at) + step;
    const next = this.#shown[Math.min(Math.max(index, 0), this.#shown.length - 1)];
    if (next === undefined) return;
    const top = index * rowHeight;
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    if (top + rowHeight > scrollTop + clientHeight) this.#scroller.scrollTop = top + rowHeight - clientHeight;
    this.#drawNow();
    this.#focus(next.row.address);
  }
}
