/** Elements as they are written down: a tag, what it has, what is in it. Text is text, never markup. */

export type Child = Node | string | false | undefined;

type Value = string | number | boolean | undefined | ((event: never) => void);

/** A name with a function listens; false and undefined leave an attribute out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  has: Readonly<Record<string, Value>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(has)) {
    if (typeof value === 'function') element.addEventListener(name, value as EventListener);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...present(children));
  return element;
}

/** Puts these in the place of what was there. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...present(children));
}

/** These and no others, in this order; what stays is not touched. */
export function keep(element: Element, children: readonly Element[]): void {
  const wanted = new Set<Element>(children);
  for (const child of Array.from(element.children)) if (!wanted.has(child)) child.remove();
  let at = element.firstElementChild;
  for (const child of children) {
    if (child === at) at = at.nextElementSibling;
    else element.insertBefore(child, at);
  }
}

function present(children: readonly Child[]): (Node | string)[] {
  return children.filter((child) => child !== undefined && child !== false);
}

/** A button with its words, and the key that does the same. */
export function button(text: string, click: () => void, has: Readonly<Record<string, Value>> = {}): Element {
  return el('button', { type: 'button', click, ...has }, text);
}
