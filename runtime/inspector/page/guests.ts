/**
 * Guests: machines that other apps run and tell of. The server has them at paths of their own, as far as it
 * has them: their last moments, in memory. No actor has an address that begins like theirs.
 */
import { el } from './dom.ts';
import { kindOf, pathOf } from './place.ts';

export const isGuest = (address: string): boolean => address.startsWith('~');

export const pathTo = (address: string): string =>
  `${isGuest(address) ? 'guests' : 'actors'}/${pathOf(address)}`;

export const chartPathOf = (address: string): string =>
  `${isGuest(address) ? pathTo(address) : `definitions/${encodeURIComponent(kindOf(address))}`}/chart`;

export function guestChip(): HTMLElement {
  return el('span', { class: 'chip guest', title: 'Another app runs it and tells of it' }, 'guest');
}

export function guestNote(): HTMLElement {
  const text =
    'A guest: another app runs it and tells of it. ' +
    'Its last moments are here, in memory alone; nothing of it is kept.';
  return el('p', { class: 'guestnote' }, text);
}
