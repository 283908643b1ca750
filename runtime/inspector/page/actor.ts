/** One actor: its chart, its history, and what is to be known of the moment that is chosen in it. */
import { textOf } from './api.ts';
import { ChartView } from './chart.ts';
import { ContextTab } from './contextTab.ts';
import { DigestTab } from './digestTab.ts';
import { button, el, fill } from './dom.ts';
import { isLive } from './door.ts';
import { EventTab } from './eventTab.ts';
import { exportMenu } from './exports.ts';
import { guestNote, isGuest } from './guests.ts';
import { OutboxTab } from './outboxTab.ts';
import { idOf, kindOf } from './place.ts';
import type { Place, View } from './place.ts';
import { ScreenView } from './screenView.ts';
import { SendTab } from './sendTab.ts';
import { SequenceView } from './sequenceView.ts';
import type { Allowed, Tab } from './tab.ts';
import { Timeline } from './timeline.ts';
import type { Row } from './told.ts';
import { TranscriptTab } from './transcriptTab.ts';
import { Watched } from './watched.ts';
import { shortOf } from './words.ts';

export class ActorView {
  readonly element: HTMLElement;
  readonly address: string;
  readonly #watched: Watched;
  readonly #go: (place: Place) => void;
  readonly #chart: ChartView;
  /** By name, the usual one first. */
  readonly #viewsOf: ReadonlyMap<View, { readonly element: HTMLElement; show(): void }>;
  /** Where the one that is looked at stands. */
  readonly #stage = el('div', { class: 'stage' });
  readonly #views = el('div', { class: 'views', role: 'group', 'aria-label': 'View' });
  readonly #timeline: Timeline;
  readonly #title = el('div', { class: 'title' });
  readonly #states = el('div', { class: 'states', 'aria-live': 'polite' });
  readonly #when = el('div', { class: 'when' });
  readonly #failure = el('p', { class: 'failure', role: 'alert' });
  readonly #tabs: readonly Tab[];
  readonly #tabList = el('div', { class: 'tablist', role: 'tablist', 'aria-label': 'Details' });
  readonly #tabBody = el('div', { class: 'tabbody', role: 'tabpanel', tabindex: 0, 'aria-label': 'Details' });
  #startedAt: number | undefined;
  #tab: Tab;
  #view: View;

  constructor(place: Place & { readonly address: string }, allowed: Allowed, go: (place: Place) => void) {
    const { address, at } = place;
    this.address = address;
    this.#go = go;
    this.#watched = new Watched(address, at, {
      factsChanged: () => this.#timeline.draw(),
      momentChanged: () => this.#showMoment(),
      failed: (error) => this.#fail(error),
    });
    this.#timeline = new Timeline(this.#watched, (seq) => this.#travel(seq));
    this.#chart = new ChartView(address);
    this.#viewsOf = this.#makeViews();
    this.#view = this.#viewNamed(place.view);
    this.#tabs = tabsFor(address, allowed);
    this.#tab = this.#tabNamed(place.tab);
    this.element = el(
      'section',
      { class: 'actor', 'aria-label': address },
      el(
        'header',
        {},
        el('a', { class: 'back', href: '#', 'aria-label': 'Fleet', title: 'Fleet ( Esc )' }, '←'),
        el(
          'h1',
          {},
          el('span', { class: 'kind' }, kindOf(address)),
          el('span', { class: 'id' }, idOf(address)),
        ),
        this.#title,
        this.#states,
        this.#when,
        exportMenu(this.#watched, (error) => this.#fail(error)),
        isGuest(address) && guestNote(),
        this.#failure,
      ),
      this.#stage,
      this.#timeline.element,
      el('section', { class: 'details', 'aria-label': 'Details' }, this.#tabList, this.#tabBody),
    );
    this.#showView();
    this.#showTabs();
  }

  close(): void {
    this.#watched.close();
  }

  /** The same actor, another moment or tab. */
  place({ at, tab, view }: Place): void {
    this.#watched.goTo(at);
    const wantedView = this.#viewNamed(view);
    if (wantedView !== this.#view) {
      this.#view = wantedView;
      this.#showView();
    }
    const wanted = this.#tabNamed(tab);
    if (wanted === this.#tab) return;
    this.#tab = wanted;
    this.#showTabs();
    this.#showTab();
  }

  /** The row as the fleet knows it. */
  row(row: Row | undefined): void {
    if (row === undefined) return;
    fill(this.#title, row.title ?? '');
    const isAnother = row.startedAt !== (this.#startedAt ?? row.startedAt);
    this.#startedAt = row.startedAt;
    if (isAnother) this.#watched.anew();
    this.#watched.news(row.seq);
  }

  /** The connection was lost and is back: what failed meanwhile is asked again. */
  again(): void {
    this.#watched.again();
  }

  /** By so many facts. */
  step(by: number): void {
    const { at, head } = this.#watched;
    const seq = (at ?? head) + by;
    this.#travel(seq > head ? undefined : Math.max(1, seq));
  }

  #travel(at: number | undefined): void {
    this.#go(this.#place(at));
  }

  #place(at: number | undefined): Place {
    return { ...this.#here(at), ...(this.#view !== this.#viewNamed(undefined) && { view: this.#view }) };
  }

  #here(at: number | undefined): Place {
    const isFirst = this.#tab === this.#tabs[0];
    return {
      address: this.address,
      ...(at !== undefined && { at }),
      ...(!isFirst && { tab: this.#tab.name }),
    };
  }

  #makeViews(): ReadonlyMap<View, { readonly element: HTMLElement; show(): void }> {
    const failed = (error: unknown): void => this.#fail(error);
    const { element } = this.#chart;
    // It is told of each moment, seen or not.
    const chart = { element, show: (): void => undefined };
    if (isGuest(this.address)) return new Map([['chart', chart]]);
    const sequence = new SequenceView(this.#watched, failed);
    if (kindOf(this.address) !== 'pty')
      return new Map([
        ['chart', chart],
        ['sequence', sequence],
      ]);
    const screen = new ScreenView(this.#watched, failed);
    return new Map([
      ['screen', screen],
      ['chart', chart],
      ['sequence', sequence],
    ]);
  }

  #viewNamed(name: View | undefined): View {
    const [usual = 'chart'] = this.#viewsOf.keys();
    return name !== undefined && this.#viewsOf.has(name) ? name : usual;
  }

  #showView(): void {
    const shown = this.#viewsOf.get(this.#view);
    const choices = Array.from(this.#viewsOf.keys(), (view) => {
      const click = (): void => this.#go({ ...this.#here(this.#watched.at), view });
      const title = view.replace(/^./, (letter) => letter.toUpperCase());
      return button(title, click, { 'aria-pressed': view === this.#view ? 'true' : 'false' });
    });
    fill(this.#views, ...choices);
    fill(this.#stage, this.#views, shown?.element);
    shown?.show();
  }

  live(): void {
    this.#travel(undefined);
  }

  #tabNamed(name: string | undefined): Tab {
    const found = this.#tabs.find((tab) => tab.name === name) ?? this.#tabs[0];
    if (found === undefined) throw new Error('there is always a first tab');
    return found;
  }

  #showTabs(): void {
    const tabs = this.#tabs.map((tab) => {
      const isOpen = tab === this.#tab;
      const click = (): void => this.#go({ ...this.#place(this.#watched.at), tab: tab.name });
      return button(tab.title, click, {
        role: 'tab',
        'aria-selected': isOpen ? 'true' : 'false',
        'data-tab': tab.name,
      });
    });
    fill(this.#tabList, ...tabs);
    fill(this.#tabBody, this.#tab.element);
  }

  #showMoment(): void {
    const { moment, at } = this.#watched;
    if (moment === undefined) return;
    const { snapshot, before, fact } = moment;
    fill(this.#failure);
    const { state, status, seq } = snapshot;
    this.element.setAttribute('data-seq', String(seq));
    this.element.setAttribute('data-live', String(at === undefined));
    fill(
      this.#states,
      ...state.map((path) => el('span', { class: `chip ${status}`, title: path }, shortOf(path, state))),
    );
    fill(
      this.#when,
      at === undefined
        ? el(
            'span',
            { class: `badge ${status}` },
            status === 'live' ? (isLive ? '● live' : 'recorded') : status,
          )
        : el('span', { class: 'badge past' }, `at ${seq} of ${this.#watched.head}`),
      at !== undefined &&
        button(`${isLive ? 'Live' : 'End'}  ( L )`, () => this.live(), { class: 'primary' }),
    );
    this.#chart.light({ state, before: before?.state, event: fact?.event, seq });
    this.#timeline.mark();
    this.#viewsOf.get(this.#view)?.show();
    this.#showTab();
  }

  #showTab(): void {
    const { moment } = this.#watched;
    if (moment === undefined) return;
    const shown = this.#tab.show(moment, this.#watched);
    shown?.catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    fill(this.#failure, textOf(error));
  }
}

function tabsFor(address: string, allowed: Allowed): readonly Tab[] {
  const kind = kindOf(address);
  const first = [new EventTab(), new ContextTab()];
  if (isGuest(address)) return first;
  return [
    ...first,
    ...(kind === 'run' ? [new TranscriptTab()] : []),
    ...(kind === 'outbox' ? [new OutboxTab(allowed)] : []),
    new DigestTab(),
    ...(allowed.send ? [new SendTab()] : []),
  ];
}
