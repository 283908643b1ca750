/** The page: two stores and plain DOM. What did not change is the same object, and not drawn again. */
/// <reference lib="dom" />
import { connect } from 'troupe/client';

export function show(url: string, id: string): void {
  const client = connect(url);
  const run = client.run(id);
  const said = client.store({ messages: run });
  const rows = client.store({ rows: { kind: 'run' }, windowMs: 100 });
  const drawn = new Map<string, { message: unknown; item: HTMLElement }>();

  said.subscribe(() => {
    for (const message of said.get().value?.messages ?? []) {
      const known = drawn.get(message.messageId);
      if (known?.message === message) continue;
      const item = known?.item ?? element('messages').appendChild(document.createElement('li'));
      const texts = message.parts.map((part) => ('text' in part ? part.text : part.type));
      item.textContent = `${message.role}: ${texts.join('')}`;
      drawn.set(message.messageId, { message, item });
    }
  });
  rows.subscribe(() => {
    const row = rows.get().value?.find(({ address }) => address === run.address);
    element('title').textContent = row?.title ?? '';
    element('state').textContent = row?.status ?? '';
  });
  element('stop').addEventListener('click', () => void run.stop());
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}
