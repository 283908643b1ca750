/**
 * What XState offers and a durable actor cannot have: refused by name, at definition where it can be seen
 * there, otherwise at the step that meets it, of which then nothing is recorded.
 */
export class Unsupported extends Error {
  /** The construct, as its user wrote it: `emit`, `spawn of inline logic`, … */
  readonly construct: string;
  /** The state path, or the event and state of the step; empty until the step fills it in. */
  readonly where: string;
  /** What to write instead. */
  readonly instead: string;

  constructor(construct: string, where: string, instead: string) {
    super(`${construct} is not supported${where && ` (${where})`}: ${instead}`);
    this.name = 'Unsupported';
    this.construct = construct;
    this.where = where;
    this.instead = instead;
  }

  /** The same refusal, with its place filled in if it had none. */
  at(where: string): Unsupported {
    return this.where === '' ? new Unsupported(this.construct, where, this.instead) : this;
  }
}

/** Refuses a construct in the middle of a step, which adds the place. */
export function refuse(construct: string, instead: string): never {
  throw new Unsupported(construct, '', instead);
}
