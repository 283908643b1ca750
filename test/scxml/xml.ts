/**
 * As much of XML as SCXML documents need: elements, attributes, text, CDATA and the five entities. Namespace
 * prefixes are dropped; comments, declarations and processing instructions are skipped.
 */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

interface Open {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

const skipped = '<!--[^]*?-->|<\\?[^]*?\\?>|<!(?!\\[)[^>]*>';
const cdataOf = '<!\\[CDATA\\[([^]*?)\\]\\]>';
const tagOf = `<(/?)([^\\s/>]+)((?:[^>"']|"[^"]*"|'[^']*')*)>`;
const token = new RegExp(`${skipped}|${cdataOf}|${tagOf}|([^<]+)`, 'gu');
const attribute = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/gu;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function xmlOf(source: string): XmlElement {
  const top = newElement('', '');
  const open = [top];
  for (const [, cdata, slash, name, rest = '', text] of source.matchAll(token)) {
    const parent = open.at(-1)!;
    if (cdata !== undefined) parent.text += cdata;
    else if (text !== undefined) parent.text += decoded(text);
    else if (name === undefined) continue;
    else if (slash === '/') open.pop();
    else {
      const element = newElement(name, rest);
      parent.children.push(element);
      if (!rest.endsWith('/')) open.push(element);
    }
  }
  if (open.length !== 1 || top.children.length !== 1) throw new Error('not one well-formed element');
  return top.children[0]!;
}

function newElement(name: string, rest: string): Open {
  const attributes: Record<string, string> = {};
  for (const [, key, double, single] of rest.matchAll(attribute)) {
    attributes[bare(key!)] = decoded(double ?? single ?? '');
  }
  return { name: bare(name), attributes, children: [], text: '' };
}

const bare = (name: string): string => name.slice(name.indexOf(':') + 1);

const decoded = (text: string): string =>
  text.replaceAll(/&(\w+);/gu, (whole, name: string) => entities[name] ?? whole);
