/** Where the actor stands at the moment: its context, and what it would take next. */
import { el, fill } from './dom.ts';
import type { Tab } from './tab.ts';
import { treeOf } from './tree.ts';
import type { Moment } from './watched.ts';

export class ContextTab implements Tab {
  readonly name = 'context';
  readonly title = 'Context';
  readonly element = el('div', { class: 'contexttab' });

  show({ snapshot: { context, accepts, output, error, tags } }: Moment): void {
    fill(
      this.element,
      ...part('Output', output),
      ...part('Error', error),
      el('h4', {}, 'Context'),
      treeOf(context),
      el('h4', {}, 'Accepts'),
      words(accepts, 'nothing: it has ended'),
      tags.length > 0 && el('h4', {}, 'Tags'),
      tags.length > 0 && words(tags, ''),
    );
  }
}

function part(title: string, value: unknown): readonly HTMLElement[] {
  return value === undefined ? [] : [el('h4', {}, title), treeOf(value)];
}

function words(list: readonly string[], none: string): HTMLElement {
  if (list.length === 0) return el('p', { class: 'faint' }, none);
  return el('p', { class: 'words' }, ...list.map((word) => el('code', {}, word)));
}
