/**
 * Modules of the page as one script, for a file that loads nothing. It knows the few ways in which they are
 * written, named imports of each other and exported declarations, and refuses any other.
 */
import { posix } from 'node:path';
import { invariant } from '../../../actors/invariant.ts';

/** Modules by their names, without the endings: `main`, `bundle/door`. */
export type Modules = ReadonlyMap<string, string>;

const importing = /^import \{([^}]*)\} from '(\.[^']+)\.[jt]s';$/gm;
const exporting = /^export (?:\{\};$|(?=(?:(?:async )?function\*?|class|const) (\w+)))/gm;

/** `instead`: which module stands in the place of which. */
export function oneScript(modules: Modules, main: string, instead: Readonly<Record<string, string>>): string {
  const order: string[] = [];
  const add = (name: string): void => {
    if (order.includes(name)) return;
    for (const needed of importsOf(textOf(modules, name), name, instead)) add(needed);
    order.push(name);
  };
  add(main);
  return order.map((name) => wrapped(name, textOf(modules, name), instead, name === main)).join('\n');
}

function textOf(modules: Modules, name: string): string {
  const text = modules.get(name);
  invariant(text !== undefined, `a module imports "${name}", which is none of the page's`);
  return text;
}

function importsOf(text: string, name: string, instead: Readonly<Record<string, string>>): readonly string[] {
  return [...text.matchAll(importing)].map(([, , from = '']) => placeOf(from, name, instead));
}

function placeOf(from: string, name: string, instead: Readonly<Record<string, string>>): string {
  const place = posix.join(posix.dirname(name), from);
  return instead[place] ?? place;
}

const variableOf = (name: string): string => `$${name.replace('/', '$')}`;

function wrapped(
  name: string,
  text: string,
  instead: Readonly<Record<string, string>>,
  isMain: boolean,
): string {
  const names = [...text.matchAll(exporting)].flatMap(([, one]) => one ?? []);
  const body = text
    .replaceAll(importing, (_, list: string, from: string) => {
      const taken = list.replaceAll(' as ', ': ');
      return `const {${taken}} = ${variableOf(placeOf(from, name, instead))};`;
    })
    .replaceAll(exporting, '');
  invariant(!/^(?:import|export)\b/m.test(body), `the module ${name} imports or exports in a way of its own`);
  // It alone may wait.
  if (isMain) return `{${body}}`;
  return `const ${variableOf(name)} = (() => {${body}\nreturn {${names.join(', ')}};\n})();`;
}
