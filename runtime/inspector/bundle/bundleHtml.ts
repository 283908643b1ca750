/**
 * A bundle as one file: the page's own modules and styles, and what they show, under a policy that lets
 * nothing else run and nothing be loaded. What comes from a history cannot end the element it stands in.
 */
import { createHash } from 'node:crypto';
import { invariant } from '../../../actors/invariant.ts';
import { TroupeError } from '../../../actors/troupeError.ts';
import { inspectorStyles, pageModules } from '../inspectorFiles.ts';
import type { Bundled } from '../page/bundle/bundled.ts';
import { pageHtml } from '../pageHtml.ts';
import { oneScript } from './oneScript.ts';

export function bundleHtml(bundled: Bundled): string {
  const styles = inspectorStyles().join('\n');
  const script = scriptText();
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(styles)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return pageHtml({
    mode: 'read',
    title: `${escaped(bundled.address)} · Troupe`,
    first: [`<meta http-equiv="Content-Security-Policy" content="${policy}">`],
    loads: [`<style>${styles}</style>`],
    last: [
      `<script type="application/json" id="bundle">${dataText(bundled)}</script>`,
      `<script type="module">${script}</script>`,
    ],
  });
}

let script: string | undefined;

function scriptText(): string {
  if (script !== undefined) return script;
  const modules = pageModules();
  if (modules.size === 0) {
    const text = 'The page was left behind when this program was bundled: install troupe beside it.';
    throw new TroupeError('UNSUPPORTED', text, {});
  }
  const text = oneScript(modules, 'main', { door: 'bundle/door' });
  invariant(!/<\/?script|<!--/i.test(text), 'the modules of the page can stand in a page');
  return (script = text);
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** JSON in which no element ends, and none begins. */
function dataText(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
