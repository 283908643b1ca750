/** A request of Node as the web has it: for `authorize`. */
import type { IncomingMessage } from 'node:http';

export function requestOf(raw: IncomingMessage, method: string, url: string): Request {
  const headers = new Headers();
  for (let i = 0; i < raw.rawHeaders.length; i += 2) {
    headers.append(raw.rawHeaders[i] ?? '', raw.rawHeaders[i + 1] ?? '');
  }
  const scheme = 'encrypted' in raw.socket ? 'https' : 'http';
  const base = `${scheme}://${raw.headers.host ?? 'localhost'}`;
  return new Request(new URL(url, URL.canParse(base) ? base : `${scheme}://localhost`), { method, headers });
}

/** One header, however often it was sent. */
export function headerOf(raw: IncomingMessage, name: string): string | undefined {
  const value = raw.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
