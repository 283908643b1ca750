/**
 * Who a run is, as far as lists and counts need it.
 */
import type { AnyEvent } from '../../fact.ts';
import { labelsMax, nameBytesMax, titleBytesMax } from '../limits.ts';
import { clipped } from '../text.ts';
import type { RunEventOf } from '../vocabulary.ts';
import type { Identity } from './digest.ts';

type Labels = Readonly<Record<string, string | null>>;

/** What the run says of itself, at its start and later. */
export function identified(
  before: Identity,
  event: RunEventOf<'run.start'> | RunEventOf<'run.update'>,
): Identity {
  const { title, model } = event;
  const named = {
    ...before,
    ...(title === undefined ? {} : { title: clipped(title, titleBytesMax) }),
    ...(model === undefined ? {} : { model: clipped(model, nameBytesMax) }),
  };
  if (event.type === 'run.update') return named;
  const { engine, parent, continues, labels = {} } = event;
  return {
    ...named,
    engine: engine === undefined ? named.engine : clipped(engine, nameBytesMax),
    parent: parent === undefined ? named.parent : clipped(parent, 512),
    continues: continues === undefined ? null : clipped(continues, 512),
    labels: labelled(named.labels, labels),
  };
}

/** What the host says of it: who gave birth to it, and its labels. */
export function identifiedByHost(before: Identity, event: AnyEvent): Identity {
  if (event.type === 'actor.born') {
    const { parent } = event as { readonly parent?: string };
    return parent === undefined ? before : { ...before, parent: clipped(parent, 512) };
  }
  const { labels = {} } = event as { readonly labels?: Labels };
  return { ...before, labels: labelled(before.labels, labels) };
}

function labelled(before: Identity['labels'], labels: Labels): Identity['labels'] {
  const changed = Object.entries(labels).map(([name, value]) => {
    return [clipped(name, nameBytesMax), value === null ? null : clipped(value, nameBytesMax)] as const;
  });
  const after = Object.entries({ ...before, ...Object.fromEntries(changed) });
  return Object.fromEntries(
    after.filter(([, value]) => value !== null).slice(0, labelsMax),
  ) as Identity['labels'];
}
