/**
 * A name of anybody's as a key of an object that is stored: storage refuses `__proto__`, which reaches a
 * prototype, and half a surrogate pair, which has no UTF-8 form. A digest that counted such a name by itself
 * could never be stored again, and its actor neither go on nor end.
 */
export function storedKey(name: string): string {
  return name === '__proto__' ? '[__proto__]' : name.toWellFormed();
}
