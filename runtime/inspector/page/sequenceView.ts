/** The sequence of a span: lanes, arrows in order of time. Pointing at either leaves what belongs to it. */
import { isCode, read } from './api.ts';
import { button, el, fill } from './dom.ts';
import { leadsOf } from './leads.ts';
import { fragmentOf, pathOf } from './place.ts';
import { sequenceOf } from './sequence.ts';
import type { Heard, Lane, Sequence, SequenceArrow } from './sequence.ts';
import type { Page } from './told.ts';
import type { Watched } from './watched.ts';
import { briefOf, clockOf, hueOf } from './words.ts';

const spanFacts = 40;
const spanMax = 400;
const peersMax = 8;
const laneWidthMin = 106;
const laneWidthMax = 220;
const rowHeight = 30;
const timeWidth = 92;

export class SequenceView {
  readonly element: HTMLElement;
  readonly #watched: Watched;
  readonly #failed: (error: unknown) => void;
  readonly #heads = el('div', { class: 'lanes' });
  readonly #body = el('div', { class: 'steps', role: 'list', 'aria-label': 'Sequence' });
  readonly #from = el('input', { type: 'number', min: 1, 'aria-label': 'First fact' });
  readonly #to = el('input', { type: 'number', min: 1, 'aria-label': 'Last fact' });
  /** As the reader chose it; absent: what led to the moment. */
  #span: readonly [from: number, to: number] | undefined;
  #shown = '';

  constructor(watched: Watched, failed: (error: unknown) => void) {
    this.#watched = watched;
    this.#failed = failed;
    const submit = (event: SubmitEvent): void => {
      event.preventDefault();
      const from = Math.max(1, Number(this.#from.value));
      this.#span = [from, Math.min(Math.max(from, Number(this.#to.value)), from + spanMax - 1)];
      this.show();
    };
    const follow = (): void => {
      this.#span = undefined;
      this.show();
    };
    this.element = el(
      'section',
      { class: 'chartview sequence', 'aria-label': 'Sequence' },
      el(
        'form',
        { class: 'span', submit },
        'Facts ',
        this.#from,
        ' to ',
        this.#to,
        el('button', { type: 'submit' }, 'Show'),
        button('Up to the moment', follow),
      ),
      el(
        'div',
        { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': 'Sequence' },
        this.#heads,
        this.#body,
      ),
    );
  }

  /** What belongs to the moment now. */
  show(): void {
    const { moment, head } = this.#watched;
    const end = moment?.snapshot.seq ?? head;
    const [from, to] = this.#span ?? [Math.max(1, end - spanFacts + 1), end];
    const key = `${from} ${to}`;
    if (end > 0 && key !== this.#shown) {
      this.#shown = key;
      this.#from.value = String(from);
      this.#to.value = String(to);
      this.#read(from, to, key).catch(this.#failed);
    } else this.#mark();
  }

  async #read(from: number, to: number, key: string): Promise<void> {
    const { address } = this.#watched;
    const own = await heardOf(address, from - 1, to + 1);
    const last = own.facts.at(-1)?.at ?? 0;
    const peers = await Promise.all(peersOf(own).map(async (peer) => knownPeer(peer, own, last)));
    if (key !== this.#shown) return;
    this.#draw(sequenceOf([own, ...peers]));
  }

  #draw({ lanes, arrows }: Sequence): void {
    const { clientWidth = 0 } = this.#body.parentElement ?? {};
    const even = Math.floor((clientWidth - timeWidth) / Math.max(1, lanes.length));
    const laneWidth = Math.min(laneWidthMax, Math.max(laneWidthMin, even));
    this.#heads.style.width = this.#body.style.width = `${timeWidth + lanes.length * laneWidth}px`;
    this.#heads.style.setProperty('--lane', `${laneWidth}px`);
    fill(this.#heads, ...lanes.map((lane) => this.#headOf(lane)));
    const lines = lanes.map((_, i) => {
      const line = el('i', { class: 'line' });
      line.style.left = `${timeWidth + (i + 0.5) * laneWidth}px`;
      return line;
    });
    const none = el('p', { class: 'empty' }, 'Nobody told anybody anything in these facts.');
    const rows = arrows.map((arrow) =>
      stepOf(arrow, { lanes, laneWidth }, (on) => this.#isolate(on ? arrow : undefined)),
    );
    this.#body.style.minHeight = `${Math.max(2, arrows.length) * rowHeight}px`;
    fill(this.#body, ...lines, ...(rows.length === 0 ? [none] : rows));
    this.#mark();
  }

  #headOf({ name, label, address }: Lane): HTMLElement {
    const enter = (): void => this.#isolate({ from: name, to: name });
    const leave = (): void => this.#isolate(undefined);
    const has = { title: name, pointerenter: enter, pointerleave: leave, focus: enter, blur: leave };
    const text = briefOf(label, 60);
    return address === undefined
      ? el('span', { class: 'lane', tabindex: 0, ...has }, text)
      : el('a', { class: 'lane known', href: fragmentOf({ address }), ...has }, text);
  }

  /** Of a lane all that it has part in, of an arrow what these two tell each other. */
  #isolate(of: Pick<SequenceArrow, 'from' | 'to'> | undefined): void {
    this.#body.classList.toggle('isolated', of !== undefined);
    for (const step of this.#body.querySelectorAll('.step')) {
      const ends = new Set([step.getAttribute('data-from'), step.getAttribute('data-to')]);
      const isKept = of !== undefined && ends.has(of.from) && ends.has(of.to);
      step.classList.toggle('kept', isKept);
    }
  }

  /** The step of the moment. */
  #mark(): void {
    const { address, moment } = this.#watched;
    const step = `${address}@${moment?.snapshot.seq ?? 0}`;
    let marked: Element | undefined;
    for (const one of this.#body.querySelectorAll('.step')) {
      const isMarked = one.getAttribute('data-step') === step;
      one.classList.toggle('current', isMarked);
      if (isMarked) marked = one;
    }
    marked?.scrollIntoView({ block: 'nearest' });
  }
}

async function heardOf(address: string, after: number, before: number): Promise<Heard> {
  const path = `actors/${pathOf(address)}/events?after=${after}&before=${before}&limit=${spanMax}`;
  const [page, leads] = await Promise.all([read<Page>(path), leadsOf(address, after, before)]);
  return { address, facts: page.items, leads };
}

function peersOf({ address, leads }: Heard): readonly string[] {
  const peers = leads.flatMap(({ peer, from, to }) => [peer, from?.address, to?.address]);
  const others = peers.flatMap((peer) => (peer === undefined || peer === address ? [] : [peer]));
  return [...new Set(others)].slice(0, peersMax);
}

/** Of whom nothing is told here there are the arrows. */
async function knownPeer(address: string, own: Heard, until: number): Promise<Heard> {
  try {
    return await peerOf(address, own, until);
  } catch (error) {
    if (!isCode(error, 'NOT_FOUND')) throw error;
    return { address, facts: [], leads: [] };
  }
}

/**
 * A peer as far as it has to do with the span: from the first of its facts that has, to the last, and what it
 * did on its own before the span ended. Within one millisecond nobody knows what came first.
 */
async function peerOf(address: string, { facts, leads }: Heard, until: number): Promise<Heard> {
  const ends = leads.flatMap(({ from, to }) => [from, to]).filter((end) => end?.address === address);
  const seqs = ends.flatMap((end) => (end === undefined ? [] : [end.seq, end.to]));
  if (seqs.length === 0) return { address, facts: [], leads: [] };
  const last = Math.max(...seqs);
  const heard = await heardOf(address, Math.min(...seqs) - 1, last + spanFacts);
  const since = facts[0]?.at ?? 0;
  const isWithin = (at: number, seq: number): boolean => seq <= last || (at >= since && at < until);
  const isNear = heard.leads.filter(({ kind, from, to }) => {
    const end = to?.address === address ? to : (from ?? to);
    return kind !== 'driver' && end !== undefined && isWithin(end.at, end.seq);
  });
  const said = new Set(heard.leads.filter(({ kind }) => kind === 'driver').map(({ to }) => to?.seq));
  const own = heard.facts.filter(({ at, seq }) => isWithin(at, seq) && !said.has(seq));
  return { address, leads: isNear, facts: own };
}

interface Grid {
  readonly lanes: readonly Lane[];
  readonly laneWidth: number;
}

function stepOf(arrow: SequenceArrow, { lanes, laneWidth }: Grid, point: (on: boolean) => void): HTMLElement {
  const { from, to, name, kind, at, address, seq, count } = arrow;
  const [start, end] = [from, to].map((lane) => lanes.findIndex((one) => one.name === lane));
  const [left, right] = [Math.min(start ?? 0, end ?? 0), Math.max(start ?? 0, end ?? 0)];
  const direction = left === right ? 'self' : start === left ? 'right' : 'left';
  const tell = el(
    'span',
    { class: `tell ${direction} ${hueOf(name)}` },
    el('span', { class: 'what' }, `${name}${count > 1 ? ` ×${count}` : ''}`),
  );
  tell.style.left = `${timeWidth + (left + 0.5) * laneWidth}px`;
  tell.style.width = `${left === right ? laneWidth / 2 : (right - left) * laneWidth}px`;
  const says = `${kind} ${name}, from ${from} to ${to}, ${clockOf(at)}`;
  const link = el(
    'a',
    { href: fragmentOf({ address, at: seq, view: 'sequence' }), title: says, 'aria-label': says },
    el('time', {}, clockOf(at)),
    tell,
  );
  for (const event of ['pointerenter', 'focus']) link.addEventListener(event, () => point(true));
  for (const event of ['pointerleave', 'blur']) link.addEventListener(event, () => point(false));
  return el(
    'div',
    {
      class: 'step',
      'data-kind': kind,
      role: 'listitem',
      'data-from': from,
      'data-to': to,
      'data-name': name,
      'data-step': `${address}@${seq}`,
    },
    link,
  );
}
