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
    ...inspectorStyles().map((text, i): [string, PageFile] => [
      `${sheets[i] ?? ''}.css`,
      { type: 'text/css', text },
    ]),
    ...modulesIn('page/').map(([name, text]): [string, PageFile] => [
      name,
      { type: 'text/javascript', text },
    ]),
  ]);
  return files;
}

const sheets = ['page', 'chart'];

/** The page's own, and the charts' in both themes; the page says which. */
export function inspectorStyles(): readonly string[] {
  // Neither theme weighs more than the page's own rules.
  const chart = `${chartStyle('light')}\n:where(:root[data-theme=dark]){\n${chartStyle('dark')}\n}`;
  return [[colours, frame, lists, details, sequence, screen, guests].join('\n'), chart];
}

/** Every module by its name without the ending, those of a bundle among them. */
export function pageModules(): ReadonlyMap<string, string> {
  const named = (folder: string): [string, string][] =>
    modulesIn(`page/${folder}`).map(([name, text]) => [folder + name.replace(/\.\w+$/, ''), text]);
  return new Map([...named(''), ...named('bundle/')]);
}

/**
 * The page; what it may offer stands in it. Nothing in it runs but the modules it names, and all addresses
 * are relative, so that it can be mounted anywhere.
 */
export function inspectorPage(mode: 'read' | 'send'): PageFile {
  const names = [...inspectorFiles().keys()];
  const modules = names.filter((name) => !name.endsWith('.css'));
  const main = modules.find((name) => name.startsWith('main.')) ?? '';
  const loads = [
    ...sheets.map((name) => `<link rel="stylesheet" href="inspector/${name}.css">`),
    ...modules.map((name) => `<link rel="modulepreload" href="inspector/${name}">`),
    `<script type="module" src="inspector/${main}"></script>`,
  ];
  return { type: 'text/html', text: pageHtml({ mode, loads }) };
}

function modulesIn(place: string): readonly [string, string][] {
  // A bundle in CommonJS has no URL, and a bundler leaves the page behind.
  const { url } = import.meta as { readonly url?: string };
  const folder = url === undefined ? undefined : new URL(place, url);
  if (folder === undefined || !existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\w+\.(?:js|ts)$/.test(name))
    .map((name) => [name, scriptOf(name, new URL(name, folder))]);
}

function scriptOf(name: string, url: URL): string {
  const text = readFileSync(url, 'utf8');
  return bare(name.endsWith('.ts') ? module.stripTypeScriptTypes(text) : text);
}

/** Without what a browser does not read: comments that have lines of their own, and empty lines. */
function bare(script: string): string {
  return script
    .replaceAll(/^[ \t]*\/\*\*(?:(?!\*\/)[^])*\*\/[ \t]*\n/gm, '')
    .replaceAll(/^[ \t]*(?:\/\/.*)?\n/gm, '');
}
