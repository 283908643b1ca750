/**
 * The inspector: the fleet, and beside it the actor that is looked at. Where one is stands in the address
 * (place.ts); everything shown comes from the public HTTP API.
 */
import { ActorView } from './actor.ts';
import { isCode, read, textOf } from './api.ts';
import { button, el, fill } from './dom.ts';
import { connectedText, enter } from './door.ts';
import { Fleet } from './fleet.ts';
import { loginForm } from './login.ts';
import type { Reader } from './login.ts';
import { fragmentOf, placeOf } from './place.ts';
import type { Place } from './place.ts';
import { followTheme, toggleTheme } from './theme.ts';

const page = document.querySelector('#page') ?? document.body;

followTheme();
enter();
try {
  inspector(await reader());
} catch (error) {
  fill(page, el('main', {}, el('p', { class: 'empty', role: 'alert' }, textOf(error))));
}

async function reader(): Promise<Reader> {
  try {
    return await read<Reader>('access');
  } catch (error) {
    if (!isCode(error, 'UNAUTHORIZED')) throw error;
    return loginForm(page);
  }
}

function inspector({ can }: Reader): void {
  const mode = document.querySelector('meta[name=troupe-inspector]')?.getAttribute('content');
  const allowed = { send: mode === 'send' && can.includes('send') };
  const connection = el('span', { class: 'connection', role: 'status' }, 'connecting …');
  const main = el('main', { class: 'whole' });
  let actor: ActorView | undefined;
  const go = (place: Place): void => {
    location.hash = fragmentOf(place);
  };
  const fleet = new Fleet({
    news: () => actor?.row(fleet.rows.get(actor.address)),
    connected: (isConnected) => {
      connection.textContent = isConnected ? connectedText : 'connection lost, trying again …';
      connection.classList.toggle('lost', !isConnected);
      if (isConnected) actor?.again();
    },
    refused: (error) => {
      connection.textContent = textOf(error);
      connection.classList.add('lost');
    },
  });
  const show = (): void => {
    const place = placeOf(location.hash);
    const { address } = place;
    if (address !== actor?.address) {
      actor?.close();
      actor?.element.remove();
      actor = address === undefined ? undefined : new ActorView({ ...place, address }, allowed, go);
      if (actor !== undefined) main.append(actor.element);
      main.className = actor === undefined ? 'whole' : 'beside';
      fleet.mark(address);
      document.title = address === undefined ? 'Troupe inspector' : `${address} · Troupe`;
    } else actor?.place(place);
    actor?.row(fleet.rows.get(actor.address));
  };
  fill(main, fleet.element);
  fill(page, bar(connection), main);
  addEventListener('hashchange', show);
  addEventListener('keydown', (event) => keyed(event, { fleet, actor: () => actor, go }));
  show();
  fleet.follow(new AbortController().signal);
}

function bar(connection: HTMLElement): HTMLElement {
  return el(
    'header',
    { class: 'bar' },
    el(
      'a',
      { class: 'mark', href: '#' },
      el('span', { class: 'logo', 'aria-hidden': 'true' }, 'T'),
      'Troupe',
    ),
    connection,
    el('span', { class: 'keys', 'aria-hidden': 'true' }, '/ search · ← → step · L live · Esc fleet'),
    button('◐', toggleTheme, { 'aria-label': 'Light or dark', title: 'Light or dark' }),
  );
}

interface Keyed {
  readonly fleet: Fleet;
  readonly actor: () => ActorView | undefined;
  readonly go: (place: Place) => void;
}

function keyed(event: KeyboardEvent, { fleet, actor, go }: Keyed): void {
  const { target, key, ctrlKey, metaKey, altKey } = event;
  if (ctrlKey || metaKey || altKey || event.defaultPrevented) return;
  const isTyping = target instanceof HTMLElement && /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  if (key === 'Escape') {
    if (isTyping) target.blur();
    else go({});
    return;
  }
  if (isTyping) return;
  const work: Readonly<Record<string, (() => void) | undefined>> = {
    '/': () => fleet.focusSearch(),
    l: () => actor()?.live(),
    L: () => actor()?.live(),
    ArrowLeft: () => actor()?.step(-1),
    ArrowRight: () => actor()?.step(1),
    Home: () => actor()?.step(-Infinity),
  };
  const found = work[key];
  if (found === undefined) return;
  event.preventDefault();
  found();
}
