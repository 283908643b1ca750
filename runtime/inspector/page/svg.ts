/** Elements of a picture, as dom.ts makes those of a page. */
const svgName = 'http://www.w3.org/2000/svg';

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  has: Readonly<Record<string, string | number>> = {},
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(svgName, tag);
  for (const [name, value] of Object.entries(has)) element.setAttribute(name, String(value));
  return element;
}
