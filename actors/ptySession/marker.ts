/**
 * Markers: what a shell says to Troupe within its output. An OSC of our own number, with the session's token,
 * so that nobody else's output can pass for one, and ended by BEL (dash eats the backslash of the other end).
 *
 *   ESC ] 7737 ; <token> ; <kind> [ ; <field> … ] BEL
 *
 *   P ; <status>         a prompt: what ran before has ended with this status
 *   C                    a continuation prompt: the input is incomplete
 *   X ; <status>         the input is wrong, and stays in the shell's editor
 *   E ; <id> ; <status>  a sentinel: the command with this id has ended
 */

export type Marker =
  | { readonly kind: 'prompt'; readonly status: number }
  | { readonly kind: 'continuation' }
  | { readonly kind: 'refusal'; readonly status: number }
  | { readonly kind: 'sentinel'; readonly id: string; readonly status: number };

/** How every marker of a session begins, in text. */
export function markerStart(token: string): string {
  return `\u001B]7737;${token};`;
}

export const markerEnd = 0x07; // BEL

/** Bytes of one marker at most: an open one is held back, and no more than that. */
export const markerBytesMax = 128;

const tokenForm = /^[0-9A-Za-z]{4,32}$/;

/** Whether a session may use this token: short, and without meaning to any shell. */
export function isToken(token: string): boolean {
  return tokenForm.test(token);
}

/** The marker with this body (what stands between its start and its end), if it is one. */
export function markerOf(body: string): Marker | undefined {
  const [kind, ...fields] = body.split(';');
  if (kind === 'C' && fields.length === 0) return { kind: 'continuation' };
  if ((kind === 'P' || kind === 'X') && fields.length === 1) {
    const status = statusOf(fields[0]);
    return status === undefined ? undefined : { kind: kind === 'P' ? 'prompt' : 'refusal', status };
  }
  if (kind !== 'E' || fields.length !== 2) return undefined;
  const [id = ''] = fields;
  const status = statusOf(fields[1]);
  return status === undefined || !isToken(id) ? undefined : { kind: 'sentinel', id, status };
}

function statusOf(field: string | undefined): number | undefined {
  return field !== undefined && /^\d{1,10}$/.test(field) ? Number(field) : undefined;
}
