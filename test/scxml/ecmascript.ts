/**
 * The ecmascript datamodel of one SCXML document, on top of an XState context: each `<data>` is a property
 * of the context and a variable of every expression, `_event` is the event as SCXML shows it.
 * Whatever an expression changes, it changes in a copy: contexts are values.
 */
import type { AnyEventObject } from 'xstate';

export type Context = Readonly<Record<string, unknown>>;

export interface Scope {
  readonly context: Context;
  readonly event: AnyEventObject;
}

/** How a document names itself as the target of a `<send>`. */
export const ownTarget = '#_scxml_session';
const io = { location: ownTarget };

export class Ecmascript {
  readonly #names: readonly string[];
  readonly #system: Readonly<Record<string, unknown>>;
  readonly #compiled = new Map<string, (...values: unknown[]) => unknown>();

  constructor(names: readonly string[], machineName: string | undefined) {
    this.#names = [...new Set(names)];
    const _ioprocessors = { 'http://www.w3.org/TR/scxml/#SCXMLEventProcessor': io, scxml: io };
    this.#system = { _name: machineName, _sessionid: 'session', _ioprocessors };
  }

  value(expression: string, scope: Scope): unknown {
    return this.#run(`return (${expression});`, scope);
  }

  /** The variables as they are after these statements. */
  after(statements: string, scope: Scope): Context {
    return this.#run(`${statements};\nreturn { ${this.#names.join(', ')} };`, scope) as Context;
  }

  #run(body: string, { context, event }: Scope): unknown {
    let run = this.#compiled.get(body);
    if (run === undefined) {
      const names = [...Object.keys(this.#system), ...this.#names, '_event'];
      // The documents of the suite are code, and node:vm aborts the process on one that is not well-formed.
      run = Reflect.construct(Function, [...names, body]) as (...values: unknown[]) => unknown;
      this.#compiled.set(body, run);
    }
    const variables = structuredClone(context);
    const values = this.#names.map((name) => variables[name]);
    return run(...Object.values(this.#system), ...values, shown(event));
  }
}

/** An event as `_event`; there is none before the first one. */
function shown(event: AnyEventObject): object | undefined {
  if (event.type === 'xstate.init') return undefined;
  const name = event.type
    .replace(/^xstate\.done\.actor\b/u, 'done.invoke')
    .replace(/^xstate\.done\.state\b/u, 'done.state');
  return { name, data: (event['data'] ?? event['output']) as unknown };
}
