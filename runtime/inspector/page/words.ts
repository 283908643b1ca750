/** Times, amounts and values as people read them. */

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `4 min`, `1.5 s`, `30 ms`. */
export function spanOf(ms: number): string {
  const unit = units.find(([, size]) => ms >= size);
  if (unit === undefined) return `${Math.max(0, Math.round(ms))} ms`;
  const amount = ms / unit[1];
  return `${amount < 10 && unit[0] === 's' ? amount.toFixed(1) : Math.floor(amount)} ${unit[0]}`;
}

/** How long ago, without a flicker of milliseconds. */
export function ageOf(ms: number): string {
  return ms < 1000 ? 'now' : spanOf(Math.floor(ms / 1000) * 1000).replace('.0 ', ' ');
}

/** `14:03:22.081`, as the reader's clock has it. */
export function clockOf(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

export function dayOf(at: number): string {
  return new Date(at).toLocaleString();
}

export function costOf(microUsd: number | undefined): string {
  if (microUsd === undefined || microUsd === 0) return '';
  const usd = microUsd / 1_000_000;
  return `$${usd.toFixed(usd < 1 ? 4 : 2)}`;
}

export function rateOf(perSecond: number): string {
  if (perSecond === 0) return '';
  return perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}

/** State paths, short enough for a row: of several regions the last two names tell enough. */
export function shortOf(path: string, of: readonly string[]): string {
  return of.length === 1 ? path : path.split('.').slice(-2).join('.');
}

/** The fields of an object in one line, as `name value`; a value as it is. */
export function fieldsOf(value: object, longest = 160): string {
  const fields = Object.entries(value).map(([name, field]) => `${name} ${briefOf(field, 60)}`);
  return briefOf(fields.join(' · '), longest);
}

/** A value in one line. */
export function briefOf(value: unknown, longest = 160): string {
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  const line = text.replace(/\s+/g, ' ');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** One of eight hues for an event type, by its first word: the same everywhere. */
export function hueOf(type: string): string {
  const [word = ''] = type.split('.');
  const known = hues[word];
  if (known !== undefined) return known;
  let sum = 0;
  for (const sign of word) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 997;
  // Not the one that looks like a failure.
  return `hue${[1, 2, 3, 4, 6, 7][sum % 6] ?? 0}`;
}

const hues: Readonly<Record<string, string>> = {
  actor: 'hue0',
  run: 'hue1',
  turn: 'hue2',
  message: 'hue3',
  tool: 'hue4',
  permission: 'hue5',
  usage: 'hue6',
  process: 'hue7',
  timer: 'hue5',
  effect: 'hue4',
  child: 'hue6',
  pty: 'hue1',
  outbox: 'hue2',
};

/** What went wrong is to be seen from afar. */
export function isFailure({ type, ...rest }: { readonly type: string }): boolean {
  const { status, ok } = rest as { readonly status?: unknown; readonly ok?: unknown };
  return /(?:error|failed|refused|crash|lost)/.test(type) || status === 'error' || ok === false;
}
