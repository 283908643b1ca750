/** What is served of the inspector: small, of one origin, under a strict policy; and charts for anybody. */
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { openServed } from '../http/served.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const bytesMax = 60 * 1024;

/** Addresses of what a page loads, relative to it. */
function loadedBy(html: string): readonly string[] {
  return [...html.matchAll(/(?:href|src)="(inspector\/[^"]+)"/g)].map(([, path]) => path ?? '');
}

test('the page and all that it loads have at most 60 KB, compressed', async () => {
  const { ask } = await openServed({ token: 'secret' });
  const page = await ask('/inspector');
  const paths = [...new Set(loadedBy(page.text))];
  expect(paths.length).toBeGreaterThan(10);
  const texts = [page.text];
  for (const path of paths) {
    const { status, text, headers } = await ask(`/${path}`);
    expect([path, status]).toEqual([path, 200]);
    expect(headers.get('content-type')).toMatch(/^text\/(?:css|javascript); charset=utf-8$/);
    // Nobody reads comments there.
    expect(text).not.toMatch(/^\s*(?:\/\/|\/\*\*)/m);
    // Whatever a module imports is among them.
    for (const [, name = ''] of text.matchAll(/^import .*?from '\.\/(.+?)';$/gms)) {
      expect(paths).toContain(`inspector/${name}`);
    }
    texts.push(text);
  }
  const bytes = texts.reduce((sum, text) => sum + gzipSync(text).byteLength, 0);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(bytesMax);
});

test('its policy allows its own modules and styles, and nothing else', async () => {
  const { ask } = await openServed();
  const { headers, text } = await ask('/inspector');
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(text).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|\sstyle=|https?:\/\/(?!www\.w3\.org)/);
});

test('it offers to send only where the server says so, and is not there where it is off', async () => {
  const offers = /<meta name="troupe-inspector" content="(\w+)">/;
  expect(offers.exec((await (await openServed()).ask('/inspector')).text)?.[1]).toBe('read');
  const sending = await openServed({ inspector: 'send' });
  expect(offers.exec((await sending.ask('/inspector')).text)?.[1]).toBe('send');
  const { ask } = await openServed({ inspector: 'off' });
  expect([(await ask('/inspector')).status, (await ask('/inspector/page.css')).status]).toEqual([404, 404]);
});

test('a file that is none of its own is not served', async () => {
  const { ask } = await openServed();
  for (const name of ['tsconfig.json', '..%2FpageHtml.ts', '__proto__', 'nothing.js']) {
    expect([name, (await ask(`/inspector/${name}`)).status]).toEqual([name, 404]);
  }
});

test('a chart is told as model and layout, as picture and as Mermaid', async () => {
  const { ask } = await openServed();
  const { body } = await ask('/v1/definitions/order/chart');
  expect(body).toMatchObject({
    kind: 'order',
    version: 1,
    chart: { title: 'order', root: { states: [{ path: 'open' }, { path: 'paid' }, { path: 'done' }] } },
  });
  expect((body['layout'] as { states: unknown[] }).states).toHaveLength(6);
  const svg = await ask('/v1/definitions/order/chart.svg?active=paid.packing');
  expect(svg.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
  expect(svg.text).toMatch(/class="state atomic active" data-state="paid\.packing"/);
  expect((await ask('/v1/definitions/order/chart.mmd')).text).toMatch(/^stateDiagram-v2\n/);
  expect((await ask('/v1/definitions/nothing/chart')).status).toBe(404);
});

test('a reader is told who they are, and what they may do', async () => {
  const { ask } = await openServed({ can: ['read'] });
  expect((await ask('/v1/access')).body).toEqual({ by: 'local', can: ['read'], labels: {} });
});
