/** One actor in a line. */
import { el } from './dom.ts';
import { guestChip, isGuest } from './guests.ts';
import type { Mailbox } from './mailboxes.ts';
import { fragmentOf } from './place.ts';
import type { ShownRow } from './rows.ts';
import { ageOf, costOf, dayOf, rateOf, shortOf, spanOf } from './words.ts';

export interface RowLook {
  readonly now: number;
  readonly rate: number;
  readonly isSelected: boolean;
  readonly mailbox: Mailbox | undefined;
}

export function fleetRow({ row, depth }: ShownRow, { now, rate, isSelected, mailbox }: RowLook): HTMLElement {
  const { address, kind, id, status, state, title, startedAt, lastAt, endedAt, costMicroUsd, asks, error } =
    row;
  const isAsking = asks !== undefined && asks.length > 0;
  const link = el(
    'a',
    { href: fragmentOf({ address }), ...(isSelected && { 'aria-current': 'page' }) },
    el('span', { class: 'kind' }, kind),
    isGuest(address) && guestChip(),
    el('span', { class: 'id' }, id),
    title !== undefined && el('span', { class: 'title' }, title),
  );
  const dot = el('span', { class: `dot ${status}`, role: 'img', 'aria-label': status, title: status });
  const name = el('div', { class: 'cell address', role: 'cell' }, dot, link);
  if (depth > 0) name.style.setProperty('--depth', String(Math.min(depth, 6)));
  return el(
    'div',
    {
      class: ['row', isSelected ? 'selected' : '', depth > 0 ? 'child' : ''].join(' ').trim(),
      role: 'row',
      'data-address': address,
      'data-status': status,
    },
    name,
    el(
      'div',
      { class: 'cell state', role: 'cell' },
      isAsking && el('span', { class: 'chip asks' }, `${asks.length} to answer`),
      ...state.map((path) => el('span', { class: `chip ${status}`, title: path }, shortOf(path, state))),
    ),
    cell('error', error ?? '', error),
    cell('last', status === 'live' ? ageOf(now - lastAt) : ageOf(now - (endedAt ?? lastAt)), dayOf(lastAt)),
    cell(
      'age',
      endedAt === undefined ? ageOf(now - startedAt) : spanOf(endedAt - startedAt),
      dayOf(startedAt),
    ),
    cell('rate', rateOf(rate)),
    cell('waiting', String(mailbox?.waiting || '')),
    cell('cost', costOf(costMicroUsd)),
    cell('worker', String(mailbox?.worker ?? '')),
  );
}

function cell(name: string, text: string, title?: string): HTMLElement {
  return el('div', { class: `cell ${name}`, role: 'cell', title }, text);
}
