/** What was said in a run, up to the moment. */
import { read } from './api.ts';
import { button, el, fill } from './dom.ts';
import { idOf } from './place.ts';
import type { Tab } from './tab.ts';
import { treeOf } from './tree.ts';
import type { Moment, Watched } from './watched.ts';
import { clockOf } from './words.ts';

interface Part {
  readonly type: string;
  readonly text?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly progress?: string;
  readonly result?: { readonly ok: boolean; readonly error?: string; readonly output?: unknown };
  readonly messages?: readonly Message[];
  readonly content?: unknown;
}

interface Message {
  readonly role: string;
  readonly seq: number;
  readonly at: number;
  readonly parts: readonly Part[];
}

interface MessagesPage {
  readonly messages: readonly Message[];
  readonly asks: readonly { readonly title?: string; readonly seq: number }[];
  readonly before: string | null;
}

export class TranscriptTab implements Tab {
  readonly name = 'transcript';
  readonly title = 'Transcript';
  readonly element = el('div', { class: 'transcript' });
  #read = '';
  #messages: readonly Message[] = [];
  #asks: MessagesPage['asks'] = [];
  #before: string | null = null;

  async show({ snapshot }: Moment, { address, head, at }: Watched): Promise<void> {
    const key = `${address} ${head}`;
    if (key !== this.#read) {
      this.#read = key;
      const page = await this.#page(address, '');
      if (key !== this.#read) return;
      this.#messages = page.messages;
      this.#asks = page.asks;
      this.#before = page.before;
    }
    this.#draw(address, at === undefined ? undefined : snapshot.seq);
  }

  async #page(address: string, more: string): Promise<MessagesPage> {
    return read<MessagesPage>(`runs/${encodeURIComponent(idOf(address))}/messages?last=50${more}`);
  }

  async #earlier(address: string, upTo: number | undefined): Promise<void> {
    if (this.#before === null) return;
    const page = await this.#page(address, `&before=${encodeURIComponent(this.#before)}`);
    this.#messages = [...page.messages, ...this.#messages];
    this.#before = page.before;
    this.#draw(address, upTo);
  }

  #draw(address: string, upTo: number | undefined): void {
    const shown = this.#messages.filter(({ seq }) => upTo === undefined || seq <= upTo);
    const asks = upTo === undefined ? this.#asks : [];
    fill(
      this.element,
      this.#before !== null && button('Earlier', () => void this.#earlier(address, upTo)),
      shown.length === 0 && el('p', { class: 'empty' }, 'Nobody has said anything yet.'),
      ...shown.map(messageOf),
      ...asks.map(({ title }) => el('p', { class: 'ask' }, `Waits for an answer: ${title ?? ''}`)),
    );
  }
}

function messageOf({ role, at, parts, seq }: Message): HTMLElement {
  return el(
    'article',
    { class: `message ${role === 'user' ? 'user' : 'agent'}`, 'data-seq': seq },
    el('header', {}, el('b', {}, role), el('time', {}, clockOf(at))),
    ...parts.map(partOf),
  );
}

function partOf(part: Part): HTMLElement {
  if (part.type === 'tool') return toolOf(part);
  if (part.type === 'content') return treeOf(part.content);
  return el('p', { class: part.type }, part.text ?? '');
}

function toolOf({ name = 'tool', input, progress = '', result, messages = [] }: Part): HTMLElement {
  const end = result === undefined ? 'runs' : result.ok ? 'ok' : 'failed';
  return el(
    'details',
    { class: `call ${end}` },
    el('summary', {}, el('code', {}, name), el('span', { class: 'end' }, end)),
    input !== undefined && treeOf(input, 'input'),
    progress !== '' && el('pre', {}, progress),
    result !== undefined && treeOf(result, 'result'),
    ...messages.map(messageOf),
  );
}
