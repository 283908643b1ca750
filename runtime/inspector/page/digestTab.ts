/** The running summary, and once the actor has ended its seal, which can be checked here. */
import { read, textOf } from './api.ts';
import { button, el, fill } from './dom.ts';
import { isLive } from './door.ts';
import { pathOf } from './place.ts';
import type { Tab } from './tab.ts';
import type { Digest, Verified } from './told.ts';
import { treeOf } from './tree.ts';
import type { Moment, Watched } from './watched.ts';

export class DigestTab implements Tab {
  readonly name = 'digest';
  readonly title = 'Digest';
  readonly element = el('div', { class: 'digesttab' });
  #shown: string | undefined;

  async show(_moment: Moment, { address, head }: Watched): Promise<void> {
    const shown = `${address} ${head}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const told = await read<Digest>(`actors/${pathOf(address)}/digest`);
    if (shown !== this.#shown) return;
    fill(
      this.element,
      told.seal === undefined
        ? el('p', { class: 'faint' }, `Of facts 1 to ${told.seq}. The actor has not ended: there is no seal.`)
        : sealOf(address, told.seal),
      el('h4', {}, 'Digest'),
      treeOf(told.digest),
    );
  }
}

function sealOf(address: string, seal: NonNullable<Digest['seal']>): HTMLElement {
  const answer = el('p', { class: 'verdict', role: 'status' });
  const check = button('Verify', () => void verify(address, answer));
  return el(
    'div',
    { class: 'seal' },
    el('h4', {}, `Sealed: ${seal.cause ?? 'done'}`),
    el(
      'p',
      { class: 'faint' },
      `Its history is closed. ${isLive ? 'Verify reads' : 'Its server can read'} all of it again.`,
    ),
    isLive && check,
    answer,
    treeOf(seal, 'seal', 1),
  );
}

async function verify(address: string, answer: HTMLElement): Promise<void> {
  answer.className = 'verdict';
  answer.textContent = 'Reading its whole history …';
  try {
    const told = await read<Verified>(`actors/${pathOf(address)}/verify`);
    answer.classList.add(told.ok ? 'good' : 'bad');
    answer.textContent = told.ok ? goodOf(told) : badOf(told);
  } catch (error) {
    answer.classList.add('bad');
    answer.textContent = textOf(error);
  }
}

/** What was checked is said: no more than that is known. */
function goodOf({ seq, erased = [], isRefolded }: Verified): string {
  const chain = `Every fact up to ${seq ?? 'the last'} is what was written, and the seal fits the chain.`;
  const folded = isRefolded === true ? ' The digest was folded anew and is the same.' : '';
  const gone = erased.length === 0 ? '' : ` Erased: ${erased.map((pair) => pair.join('–')).join(', ')}.`;
  return `✓ ${chain}${folded}${gone}`;
}

function badOf({ firstBadSeq, field }: Verified): string {
  const where =
    firstBadSeq === undefined ? '' : ` The first fact that is not what was written is ${firstBadSeq}.`;
  return `✗ This is not what was written.${where}${field === undefined ? '' : ` It differs in ${field}.`}`;
}
