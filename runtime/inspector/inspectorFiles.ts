/**
 * What a browser loads of the inspector, in memory: the page, its modules and its styles. From the package
 * modules are served as they were built; from a checkout their types are taken out first.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as module from 'node:module';
import { chartStyle } from '../chart/theme.ts';
import { pageHtml } from './pageHtml.ts';
import { colours } from './styles/colours.ts';
import { details } from './styles/details.ts';
import { frame } from './styles/frame.ts';
import { guests } from './styles/guests.ts';
import { lists } from './styles/lists.ts';
import { screen } from './styles/screen.ts';
import { sequence } from './styles/sequence.ts';

export interface PageFile {
  readonly type: 'text/html' | 'text/javascript' | 'text/css';
  readonly text: string;
}

/** Every file but the page itself, by its name. */
let files: ReadonlyMap<string, PageFile> | undefined;

export function inspectorFile(name: string): PageFile | undefined {
  return inspectorFiles().get(name);
}

export function inspectorFiles(): ReadonlyMap<string, PageFile> {
  files ??= new Map([
    [
      'page.css',
      { type: 'text/css', text: [colours, frame, lists, details, sequence, screen, guests].join('\n') },
    ],
    ['chart.css', { type: 'text/css', text: chartSheet() }],
    ...modules(),
  ]);
  return files;
}

/** The page; what it may offer stands in it. */
export function inspectorPage(mode: 'read' | 'send'): PageFile {
  const names = [...inspectorFiles()].filter(([, { type }]) => type === 'text/javascript');
  return {
    type: 'text/html',
    text: pageHtml(
      names.map(([name]) => name),
      mode,
    ),
  };
}

/** Both themes; the page says which. Neither weighs more than the page's own rules. */
function chartSheet(): string {
  return `${chartStyle('light')}\n:where(:root[data-theme=dark]){\n${chartStyle('dark')}\n}`;
}

function modules(): [string, PageFile][] {
  // A bundle in CommonJS has no URL, and a bundler leaves the page behind.
  const { url } = import.meta as { readonly url?: string };
  const folder = url === undefined ? undefined : new URL('page/', url);
  if (folder === undefined || !existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\w+\.(?:js|ts)$/.test(name))
    .map((name) => [name, { type: 'text/javascript', text: scriptOf(name, new URL(name, folder)) }]);
}

function scriptOf(name: string, url: URL): string {
  const text = readFileSync(url, 'utf8');
  return name.endsWith('.ts') ? module.stripTypeScriptTypes(text) : text;
}
