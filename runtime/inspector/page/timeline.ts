/**
 * The history of an actor: a strip to scrub over and a list to read. What is chosen in either is the moment
 * that everything else shows.
 */
import { button, el, fill } from './dom.ts';
import { entriesOf } from './entries.ts';
import type { Entry } from './entries.ts';
import { Strip } from './strip.ts';
import type { Watched } from './watched.ts';
import { briefOf, clockOf, fieldsOf, hueOf, spanOf } from './words.ts';

/** A pause that is worth a line of its own. */
const idleMs = 2000;

export class Timeline {
  readonly element: HTMLElement;
  readonly #watched: Watched;
  readonly #choose: (seq: number | undefined) => void;
  readonly #list = el('ol', { class: 'entries', 'aria-label': 'Events' });
  readonly #scroller: HTMLElement;
  readonly #chips = el('div', { class: 'chips', role: 'group', 'aria-label': 'Types of events' });
  readonly #strip: Strip;
  readonly #hidden = new Set<string>();
  #types = '';
  #entries: readonly Entry[] = [];
  #marked: Element | undefined;
  /** The reader has not scrolled away from the newest line. */
  #isPinned = true;
  /** Told once a frame, however much comes. */
  #isDrawing = false;

  constructor(watched: Watched, choose: (seq: number | undefined) => void) {
    this.#watched = watched;
    this.#choose = choose;
    this.#strip = new Strip(choose);
    this.#scroller = el('div', { class: 'scroller', tabindex: 0, 'aria-label': 'Timeline' }, this.#list);
    this.#scroller.setAttribute('role', 'region');
    this.#scroller.addEventListener('scroll', () => {
      const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
      this.#isPinned = scrollTop + clientHeight >= scrollHeight - 24;
    });
    new ResizeObserver(() => this.#pin()).observe(this.#scroller);
    this.element = el(
      'section',
      { class: 'timeline', 'aria-label': 'Timeline' },
      this.#strip.element,
      this.#chips,
      this.#scroller,
    );
  }

  /** There is more, or another stretch. */
  draw(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const { facts } = this.#watched;
    this.#entries = entriesOf(facts);
    this.#showChips();
    const shown = this.#entries.filter(({ type }) => !this.#hidden.has(type));
    const wasPinned = this.#isPinned;
    const [first] = facts;
    const more = first !== undefined && first.seq > 1;
    fill(
      this.#list,
      more &&
        el(
          'li',
          { class: 'more' },
          button('Earlier', () => void this.#watched.earlier()),
        ),
      ...shown.flatMap((entry) => [...this.#idleBefore(entry), this.#line(entry)]),
    );
    this.#isPinned = wasPinned;
    this.mark();
    this.#pin();
  }

  /** The present is followed, as long as the reader does not look elsewhere. */
  #pin(): void {
    if (this.#watched.at !== undefined || !this.#isPinned) return;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #idleBefore({ gapMs }: Entry): readonly HTMLElement[] {
    return gapMs < idleMs ? [] : [el('li', { class: 'idle' }, `${spanOf(gapMs)} of nothing`)];
  }

  #line(entry: Entry): HTMLElement {
    const { type, first, last, count, failed, text } = entry;
    const click = (): void => this.#choose(last.to);
    const times = count > 1 ? ` ×${count}` : '';
    const seqs = count > 1 ? `${first.seq}–${last.to}` : String(first.seq);
    const { type: _, ...rest } = last.event;
    const brief =
      Object.keys(rest).length === 0 ? '' : text === undefined ? fieldsOf(rest) : briefOf(text, 210);
    return el(
      'li',
      { 'data-from': first.seq, 'data-to': last.to, class: failed ? 'failed' : undefined },
      el(
        'button',
        { type: 'button', click },
        el('span', { class: 'seq' }, seqs),
        el('span', { class: 'time' }, clockOf(last.at)),
        el('span', { class: `type ${hueOf(type)}` }, type + times),
        el('span', { class: 'brief' }, brief),
      ),
    );
  }

  /** Shows which moment is looked at. */
  mark(): void {
    const { at, moment, head } = this.#watched;
    const seq = at ?? moment?.snapshot.seq ?? head;
    this.#marked?.querySelector('button')?.removeAttribute('aria-current');
    this.#marked = [...this.#list.children].findLast(
      (line) =>
        Number(line.getAttribute('data-from') ?? Infinity) <= seq &&
        seq <= Number(line.getAttribute('data-to') ?? 0),
    );
    this.#marked?.querySelector('button')?.setAttribute('aria-current', 'true');
    if (at !== undefined) this.#marked?.scrollIntoView({ block: 'nearest' });
    this.#strip.draw(this.#entries, seq, at === undefined);
  }

  #showChips(): void {
    const types = [...new Set(this.#entries.map(({ type }) => type))].toSorted();
    const key = types.join();
    if (key === this.#types) return;
    this.#types = key;
    const chips = types.map((type) => {
      const chip = button(
        type,
        () => {
          if (!this.#hidden.delete(type)) this.#hidden.add(type);
          chip.setAttribute('aria-pressed', String(!this.#hidden.has(type)));
          this.#drawNow();
        },
        { class: `type ${hueOf(type)}`, 'aria-pressed': !this.#hidden.has(type) ? 'true' : 'false' },
      );
      return chip;
    });
    fill(this.#chips, ...chips);
  }
}
