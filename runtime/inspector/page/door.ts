/**
 * The way to the runtime's HTTP API: the server that this page came from. A token comes once in the fragment
 * (`#token=…`), which no server sees, or from the form; it is kept for this tab alone. In a bundle another
 * door stands here (bundle/door.ts), which has the answers with it.
 */

/** Somebody is there: what is shown goes on. */
export const isLive: boolean = true;
export const connectedText: string = 'connected';

const tokenKey = 'troupe-token';
const base = new URL('v1/', document.baseURI);

/** Takes the token out of the fragment, where it would be copied along with a link. */
export function enter(): void {
  const given = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (given === undefined) return;
  keepToken(decodeURIComponent(given));
  history.replaceState(null, '', location.pathname + location.search);
}

export function keepToken(token: string): void {
  sessionStorage.setItem(tokenKey, token);
}

export async function knock(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  const token = sessionStorage.getItem(tokenKey);
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  return fetch(new URL(path, base), { ...init, headers });
}
