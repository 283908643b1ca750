/**
 * Addresses: `kind/id`. An id is what a user chooses; a child's id is its parent's address, the name of its
 * invoke and the seq of the commit that started it, so that a state entered again starts a new child.
 */
import { TroupeError } from './troupeError.ts';

export type Address = string;

const kindPattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$/;
const childIdPattern = /^[A-Za-z0-9][A-Za-z0-9._:@/-]*$/;

/** Children of children grow their parent's address; past this they are refused rather than cut. */
export const addressLengthMax = 512;

/** The address of a user's actor; `INVALID_ADDRESS` says which part is wrong and what is allowed. */
export function addressOf(kind: string, id: string): Address {
  if (!kindPattern.test(kind)) {
    throw invalid(`kind "${shown(kind)}"`, 'a letter, then letters, digits, _ or -, at most 64', { kind });
  }
  if (!idPattern.test(id)) {
    throw invalid(`id "${shown(id)}"`, 'a letter or digit, then letters, digits, . _ : @ or -, at most 128', {
      id,
    });
  }
  return `${kind}/${id}`;
}

/** The address that is told as these two: a child's id holds its parent's address, and rows give such ids. */
export function addressAt(kind: string, id: string): Address {
  const child = `${kind}/${id}`;
  return id.includes('/') && isAddress(child) ? child : addressOf(kind, id);
}

/** The address of the child that `parent` started as `invokeId` in the commit at `seq`. */
export function childAddressOf(kind: string, parent: Address, invokeId: string, seq: number): Address {
  const address = `${kind}/${parent}/${escaped(invokeId)}@${seq}`;
  if (address.length > addressLengthMax) {
    throw invalid(`child "${shown(invokeId)}" of ${parent}`, `at most ${addressLengthMax} characters`, {
      address,
    });
  }
  return address;
}

/** Whether `text` has the form of an address, a child's included. */
export function isAddress(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  const slash = text.indexOf('/');
  if (slash < 1 || text.length > addressLengthMax) return false;
  return kindPattern.test(text.slice(0, slash)) && childIdPattern.test(text.slice(slash + 1));
}

/** Whether an actor of this address is another's child: its id holds its parent's address. */
export function isChild(address: Address): boolean {
  return address.indexOf('/') !== address.lastIndexOf('/');
}

/** `run/fix-login` → `run`. */
export function kindOf(address: Address): string {
  return address.slice(0, address.indexOf('/'));
}

/** `run/fix-login` → `fix-login`. */
export function idOf(address: Address): string {
  return address.slice(address.indexOf('/') + 1);
}

/**
 * Invoke ids are free text in XState; what an address may not hold becomes `_` and its code, of one length.
 */
function escaped(invokeId: string): string {
  return invokeId.replace(/[^A-Za-z0-9.:-]/g, (char) => {
    const code = char.charCodeAt(0).toString(16);
    return code.length > 2 ? `_u${code.padStart(4, '0')}` : `_${code.padStart(2, '0')}`;
  });
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function invalid(what: string, allowed: string, details: Record<string, unknown>): TroupeError {
  return new TroupeError('INVALID_ADDRESS', `Invalid ${what}: allowed is ${allowed}.`, details);
}
