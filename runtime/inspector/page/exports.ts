/** What can be taken away from the page: the picture, Mermaid's text, and all that is loaded of an actor. */
import { read, readText } from './api.ts';
import { button, el } from './dom.ts';
import { isLive } from './door.ts';
import { chartPathOf, isGuest } from './guests.ts';
import { idOf, kindOf, pathOf } from './place.ts';
import { testOf } from './testOf.ts';
import type { ChartOfKind } from './told.ts';
import type { Watched } from './watched.ts';

export function exportMenu(watched: Watched, failed: (error: unknown) => void): HTMLElement {
  const { address } = watched;
  const kind = kindOf(address);
  const path = chartPathOf(address);
  const taking = (name: string, type: string, make: () => Promise<string>) => (): void => {
    make().then((text) => save(name, type, text), failed);
  };
  const active = (): string => (watched.moment?.snapshot.state ?? []).map(encodeURIComponent).join(',');
  const svg = async (): Promise<string> => readText(`${path}.svg?theme=auto&active=${active()}`);
  const mermaid = async (): Promise<string> => readText(`${path}.mmd`);
  const bundle = async (): Promise<string> => readText(`actors/${pathOf(address)}/bundle.html`);
  const loaded = async (): Promise<string> => {
    const chart = await read<ChartOfKind>(path);
    const { facts, moment, head } = watched;
    return JSON.stringify({ address, head, chart, moment: moment?.snapshot, facts }, undefined, 2);
  };
  const historyTest = async (): Promise<string> => {
    const { moment } = watched;
    if (moment === undefined) throw new Error('Its history is still being read.');
    return testOf(address, moment.snapshot);
  };
  const name = idOf(address).replaceAll('/', '_');
  return el(
    'details',
    { class: 'menu' },
    el('summary', {}, 'Export'),
    el(
      'div',
      { class: 'items' },
      isLive &&
        !isGuest(address) &&
        button('All of it, as a page', taking(`${kind}-${name}.html`, 'text/html', bundle)),
      isLive && button('Chart as SVG', taking(`${kind}.svg`, 'image/svg+xml', svg)),
      button('Chart as Mermaid', taking(`${kind}.mmd`, 'text/plain', mermaid)),
      // Of the built-in kinds there is no definition to import, and of guests no history.
      !isGuest(address) &&
        !/^(?:run|pty|outbox)$/.test(kind) &&
        button('A test for vitest', taking(`${kind}-${name}.test.ts`, 'text/plain', historyTest)),
      button('What is loaded, as JSON', taking(`${kind}-${name}.json`, 'application/json', loaded)),
    ),
  );
}

function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  el('a', { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
