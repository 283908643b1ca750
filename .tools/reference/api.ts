/**
 * The pages of the API: every export of a subpath with its doc comment and its signature. What another
 * subpath has shown before is linked.
 */
import ts from 'typescript-5.9';
import { purposeOf, signatureOf } from './declaration.ts';
import { entries, exportsOf, pathOf } from './sources.ts';
import type { Exported } from './sources.ts';

/** Why one imports from there. */
const purposes: Readonly<Record<string, string>> = {
  '.': 'What an application imports.',
  './actors': 'The pure part of the built-in actors, usable without a runtime.',
  './adapters': 'What agents emit, as events of a run: pure mappers.',
  './client': 'A runtime behind HTTP, from a browser or another process.',
  './http': 'The runtime from outside: routes, a handler for any server, a server of its own.',
  './inspect': "An app's own XState actors in the inspector: for browsers and Node, without the runtime.",
  './storage': 'The journal on its own, without actors.',
  './testing': 'What helps to test actors and journals, free of any test framework.',
};

/** A page for each subpath, by its name. */
export async function apiPages(): Promise<ReadonlyMap<string, string>> {
  const shown = new Map<ts.Declaration, string>();
  const pages = new Map<string, string>();
  for (const { subpath, path } of entries) {
    const page = nameOf(subpath);
    const sections = (await exportsOf(path)).map((exported) => {
      const [first] = exported.declarations;
      const before = first && shown.get(first);
      if (before !== undefined) return linkTo(exported.name, before);
      if (first !== undefined) shown.set(first, page);
      return sectionOf(exported);
    });
    const purpose = purposes[subpath] ?? '';
    const opening = `# troupe${subpath.slice(1)}\n\n${purpose} Written by \`npm run reference\`.\n`;
    pages.set(page, [opening.replace('\n ', '\n'), ...sections].join('\n'));
  }
  return pages;
}

function linkTo(name: string, page: string): string {
  return `## ${name}\n\nAs in [${page}](${page}#${name.toLowerCase()}).\n`;
}

function nameOf(subpath: string): string {
  return subpath === '.' ? 'api.md' : `api-${subpath.slice(2).replaceAll('/', '-')}.md`;
}

/** Of overloads, those a caller sees. */
function sectionOf({ name, declarations, isValue }: Exported): string {
  const overloads = declarations.filter((one) => ts.isFunctionDeclaration(one) && one.body === undefined);
  const seen = overloads.length > 0 ? overloads : declarations;
  const prose = seen.map((one) => purposeOf(one, name)).filter((text) => text !== '');
  const code = seen.map((one) => signatureOf(one, isValue)).join('\n');
  const [first] = seen;
  const from = first === undefined ? [] : [`\`${pathOf(first)}\``];
  return [`## ${name}`, ...prose, `\`\`\`ts\n${code}\n\`\`\``, ...from].join('\n\n') + '\n';
}
