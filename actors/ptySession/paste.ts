/**
 * Pasted text as a terminal sends it: line ends are those of the Enter key, and an application that asked for
 * it (mode 2004) is told where the paste begins and ends. The text itself cannot end it: its own escapes of
 * that kind are left out, or a paste could type commands.
 */

const begin = '\u001B[200~';
const end = '\u001B[201~';

export function paste(text: string, bracketed: boolean): string {
  const lines = text.replaceAll(/\r\n|\n/g, '\r');
  return bracketed ? `${begin}${withoutBrackets(lines)}${end}` : lines;
}

/** Again and again: what stood around one that is left out may be another. */
function withoutBrackets(text: string): string {
  const less = text.replaceAll(begin, '').replaceAll(end, '');
  return less.length === text.length ? text : withoutBrackets(less);
}
