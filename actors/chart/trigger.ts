/**
 * What makes a transition happen, in the words of whoever wrote the machine: XState spells timers and ends as
 * events of its own, and those names are no reading matter.
 */

export type Trigger =
  | { readonly kind: 'event'; readonly event: string }
  /** `50 ms`, or the name of a delay. */
  | { readonly kind: 'after'; readonly delay: string }
  /** The state's final child is reached, or the invoke of that id has ended. */
  | { readonly kind: 'done' | 'error'; readonly invoke?: string }
  | { readonly kind: 'always' }
  /** Where a history state leads as long as there is no history. */
  | { readonly kind: 'default' };

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** Reads the descriptor of a transition of the state with this id. */
export function triggerOf(descriptor: string, stateId: string): Trigger {
  if (descriptor === '') return { kind: 'always' };
  const [, word, rest = ''] =
    /^xstate\.(after|done\.state|done\.actor|error\.actor)\.(.*)$/s.exec(descriptor) ?? [];
  switch (word) {
    case 'after':
      return { kind: 'after', delay: delayOf(rest.slice(0, -(stateId.length + 1))) };
    case 'done.state':
      return { kind: 'done' };
    case 'done.actor':
      return { kind: 'done', invoke: rest };
    case 'error.actor':
      return { kind: 'error', invoke: rest };
    default:
      return { kind: 'event', event: descriptor };
  }
}

/** In the largest unit that leaves at most one digit behind the point; a name stays as it is. */
function delayOf(delay: string): string {
  if (!/^\d+(\.\d+)?$/.test(delay)) return delay;
  const ms = Number(delay);
  const unit = units.find(([, size]) => ms >= size && Number.isInteger((ms * 10) / size));
  return unit === undefined ? `${ms} ms` : `${ms / unit[1]} ${unit[0]}`;
}

/** As it is written at an arrow. */
export function triggerText(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'event':
      return trigger.event;
    case 'after':
      return `after ${trigger.delay}`;
    case 'always':
    case 'default':
      return trigger.kind;
    default:
      // An id that XState made up of a number and the state says nothing.
      return trigger.invoke === undefined || /^\d+\./.test(trigger.invoke)
        ? trigger.kind
        : `${trigger.kind} ${trigger.invoke}`;
  }
}
