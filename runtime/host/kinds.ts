/**
 * The kinds one host knows: each definition with its statechart, made once per thread.
 */
import { TroupeError } from '../../actors/troupeError.ts';
import { kindOf } from '../../actors/address.ts';
import { Unsupported, statechartOf } from '../../actors/statechart.ts';
import type { Statechart } from '../../actors/statechart.ts';
import { unsupported } from '../definition.ts';
import type { AnyDefinition, DigestFold } from '../definition.ts';
import { unsendableOf } from '../unsendable.ts';
import { eventDigest } from './eventDigest.ts';

export interface Kind {
  readonly name: string;
  readonly definition: AnyDefinition;
  readonly statechart: Statechart;
  readonly digest: DigestFold;
  readonly passive: ReadonlySet<string>;
  readonly replyNow: ReadonlySet<string>;
  readonly driverTypes: ReadonlySet<string>;
  /** What nobody may send; the driver's own types are among them. */
  readonly own: ReadonlySet<string>;
}

export class Kinds {
  readonly #kinds = new Map<string, Kind>();
  readonly #byMachine = new Map<unknown, string>();

  constructor(definitions: readonly AnyDefinition[]) {
    for (const definition of definitions) this.#add(definition);
  }

  #add(definition: AnyDefinition): void {
    const { kind, machine } = definition;
    if (this.#kinds.has(kind)) {
      const text = `Two definitions are of kind "${kind}". Give one of them another name.`;
      throw new TroupeError('DEFINITION_MISMATCH', text, { kind });
    }
    try {
      this.#kinds.set(kind, {
        name: kind,
        definition,
        statechart: statechartOf(machine),
        digest: definition.digest ?? eventDigest,
        passive: new Set(definition.passive),
        replyNow: new Set(definition.replyNow),
        driverTypes: new Set(definition.driverTypes),
        own: new Set(unsendableOf(definition)),
      });
    } catch (error) {
      throw error instanceof Unsupported ? unsupported(kind, error) : error;
    }
    this.#byMachine.set(machine, kind);
  }

  has(kind: string): boolean {
    return this.#kinds.has(kind);
  }

  /** The kind of an address; `UNKNOWN_KIND` says which there are. */
  of(address: string): Kind {
    const name = kindOf(address);
    const kind = this.#kinds.get(name);
    if (kind !== undefined) return kind;
    const known = [...this.#kinds.keys()].join(', ') || 'none';
    const text = `No definition of kind "${name}" was given to openTroupe; known are: ${known}.`;
    throw new TroupeError('UNKNOWN_KIND', text, { kind: name });
  }

  /** The kind that hosts a machine invoked by `parent` under the name `src`. */
  childKind(parent: Kind, src: string): string {
    const source = parent.statechart.source(src);
    const byMachine = source.kind === 'machine' ? this.#byMachine.get(source.machine) : undefined;
    if (byMachine !== undefined) return byMachine;
    if (this.#kinds.has(src)) return src;
    const text = `"${parent.name}" invokes the machine "${src}", which no definition hosts: define an actor.`;
    throw new TroupeError('UNKNOWN_KIND', text, { kind: src, parent: parent.name });
  }
}
