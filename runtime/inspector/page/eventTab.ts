/** The event of the moment: who sent it, what it changed, and all of it. */
import { differencesOf } from './differences.ts';
import type { Difference } from './differences.ts';
import { el, fill } from './dom.ts';
import { isGuest } from './guests.ts';
import { leadLists, leadsOf } from './leads.ts';
import type { Tab } from './tab.ts';
import type { Fact } from './told.ts';
import { treeOf } from './tree.ts';
import { briefOf, clockOf, dayOf, hueOf } from './words.ts';
import type { Moment, Watched } from './watched.ts';

const differencesMax = 100;

export class EventTab implements Tab {
  readonly name = 'event';
  readonly title = 'Event';
  readonly element = el('div', { class: 'eventtab' });

  readonly #leads = el('div', { class: 'led' });
  #led = '';

  show(moment: Moment, watched: Watched): void | Promise<void> {
    const isLed = !isGuest(watched.address);
    this.#show(moment, isLed);
    const { fact } = moment;
    return fact && isLed ? this.#lead(fact, watched) : undefined;
  }

  /** What an event led to may come later: the present is asked again. */
  async #lead(fact: Fact, { address, head }: Watched): Promise<void> {
    const key = `${address}@${fact.seq} ${head}`;
    if (key === this.#led) return;
    const isOther = !this.#led.startsWith(`${address}@${fact.seq} `);
    this.#led = key;
    if (isOther) fill(this.#leads);
    const leads = await leadsOf(address, fact.seq - 1, fact.seq + 1);
    if (key === this.#led) fill(this.#leads, ...leadLists(leads, fact, address));
  }

  #show({ snapshot, before, fact }: Moment, isLed: boolean): void {
    if (fact === undefined) {
      fill(this.element, el('p', { class: 'empty' }, 'The event of this moment is not there any more.'));
      return;
    }
    const { event, at, by, id, trace, seq } = fact;
    const notes = { seq: String(seq), at: dayOf(at), by, id, trace };
    const moved = before === undefined ? snapshot.state : movesOf(before.state, snapshot.state);
    fill(
      this.element,
      el(
        'h3',
        {},
        el('span', { class: `type ${hueOf(event.type)}` }, event.type),
        el('time', { title: dayOf(at) }, clockOf(at)),
      ),
      el(
        'dl',
        { class: 'notes' },
        ...Object.entries(notes).flatMap(([name, value]) =>
          value === undefined ? [] : [el('dt', {}, name), el('dd', {}, value)],
        ),
      ),
      isLed && el('h4', {}, 'Cause and effects'),
      isLed && this.#leads,
      el('h4', {}, 'State'),
      el('p', { class: 'moves' }, moved.length === 0 ? 'as before' : moved.join('\n')),
      el('h4', {}, 'Changed in the context'),
      changes(before === undefined ? undefined : differencesOf(before.context, snapshot.context)),
      el('h4', {}, 'Event'),
      treeOf(event),
    );
  }
}

function movesOf(before: readonly string[], after: readonly string[]): readonly string[] {
  const left = before.filter((path) => !after.includes(path)).map((path) => `− ${path}`);
  const entered = after.filter((path) => !before.includes(path)).map((path) => `+ ${path}`);
  return [...left, ...entered];
}

function changes(differences: readonly Difference[] | undefined): HTMLElement {
  if (differences === undefined) return el('p', { class: 'faint' }, 'There was nothing before.');
  if (differences.length === 0) return el('p', { class: 'faint' }, 'Nothing.');
  return el(
    'ul',
    { class: 'differences' },
    ...differences
      .slice(0, differencesMax)
      .map(({ path, before, after }) =>
        el(
          'li',
          {},
          el('span', { class: 'key' }, path || 'context'),
          before !== undefined && el('del', {}, briefOf(before)),
          after !== undefined && el('ins', {}, briefOf(after)),
        ),
      ),
    differences.length > differencesMax &&
      el('li', { class: 'faint' }, `… and ${differences.length - differencesMax} more`),
  );
}
