/**
 * Where the reader is, as the fragment of the address: `#run/fix-login@123?tab=context`. What can be linked
 * to is all of it. An at-sign within an address is written `%40`, so that a moment is known for one.
 */

export interface Place {
  /** Absent: the fleet. */
  readonly address?: string;
  /** The fact after which the actor is shown; absent: live. */
  readonly at?: number;
  readonly tab?: string;
  /** What stands above the timeline; absent: what is usual for its kind. */
  readonly view?: View;
}

export type View = 'chart' | 'sequence' | 'screen';

const views: ReadonlySet<string | null> = new Set<View>(['chart', 'sequence', 'screen']);

export function placeOf(fragment: string): Place {
  const [path = '', query = ''] = fragment.replace(/^#/, '').split('?', 2);
  const [, written = '', at] = /^(.*?)(?:@(\d{1,15}))?$/s.exec(path) ?? [];
  const address = decoded(written);
  const params = new URLSearchParams(query);
  const tab = params.get('tab');
  const view = params.get('view');
  if (!address.includes('/')) return {};
  return {
    address,
    ...(at !== undefined && Number(at) > 0 && { at: Number(at) }),
    ...(tab !== null && { tab }),
    ...(views.has(view) && { view: view as View }),
  };
}

export function fragmentOf({ address, at, tab, view }: Place): string {
  if (address === undefined) return '#';
  const written = address.split('/').map(encodeURIComponent).join('/');
  const params = Object.entries({ tab, view }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  const query = params.length === 0 ? '' : `?${params.join('&')}`;
  return `#${written}${at === undefined ? '' : `@${at}`}${query}`;
}

/** As the API wants it: the slashes of a child's id stay within it. */
export function pathOf(address: string): string {
  const slash = address.indexOf('/');
  return `${encodeURIComponent(address.slice(0, slash))}/${encodeURIComponent(address.slice(slash + 1))}`;
}

export const kindOf = (address: string): string => address.slice(0, address.indexOf('/'));
export const idOf = (address: string): string => address.slice(address.indexOf('/') + 1);

/** What somebody typed by hand may be no encoding at all. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
