/**
 * An SCXML document as an XState machine, for the conformance tests only.
 *
 *   - A state's key is its id; `#id` reaches it from everywhere.
 *   - A transition is external (`reenter`), unless it is `internal` and stays below a compound source.
 *   - An event descriptor also means all events whose names go on after a dot. That is XState's `name.*`,
 *     used where such a longer name occurs; elsewhere the descriptor is exact.
 *   - An invoked document is a machine of its own, named in `setup`.
 */
import { setup } from 'xstate';
import type { AnyEventObject, AnyStateMachine } from 'xstate';
import { actionsOf, guardOf, nameOf, NotConvertible, payloadOf } from './content.ts';
import { Ecmascript } from './ecmascript.ts';
import type { Context, Scope } from './ecmascript.ts';
import { xmlOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

export interface Converted {
  readonly machine: AnyStateMachine;
  /** The machines it invokes, and theirs. */
  readonly inner: readonly AnyStateMachine[];
}

export interface Surroundings {
  /** Names of events from outside. */
  readonly events: readonly string[];
  /** Another file of the document's directory. */
  read(file: string): string;
}

type Config = Record<string, unknown>;

const stateNames = new Set(['state', 'parallel', 'final', 'history']);
const statesIn = ({ children }: XmlElement): XmlElement[] =>
  children.filter(({ name }) => stateNames.has(name));
const named = ({ children }: XmlElement, name: string): XmlElement[] =>
  children.filter((child) => child.name === name);

export function convert(source: string, around: Surroundings): Converted {
  return new Conversion(xmlOf(source), around).converted();
}

/** An element and all below it; an invoked document is none of it. */
function* all(element: XmlElement): Generator<XmlElement> {
  yield element;
  if (element.name !== 'invoke') for (const child of element.children) yield* all(child);
}

class Conversion {
  readonly #root: XmlElement;
  readonly #around: Surroundings;
  readonly #elements: readonly XmlElement[];
  readonly #code: Ecmascript;
  readonly #occurring: readonly string[];
  readonly #invoked: Record<string, Converted> = {};
  readonly #names = new Map<XmlElement, string>();

  constructor(root: XmlElement, around: Surroundings) {
    this.#root = root;
    this.#around = around;
    this.#elements = [...all(root)];
    const sent = this.#elements.filter(({ name }) => name === 'raise' || name === 'send');
    const inScripts = sent.map(({ attributes }) => attributes['event'] ?? attributes['eventexpr'] ?? '');
    this.#occurring = [...around.events, ...inScripts.map((name) => name.replaceAll("'", ''))];
    const scripts = this.#elements.filter(({ name }) => name === 'script');
    const loops = this.#elements.filter(({ name }) => name === 'foreach');
    const variables = [
      ...this.#elements.filter(({ name }) => name === 'data').map(({ attributes }) => attributes['id']!),
      ...scripts.flatMap(({ text }) => [...text.matchAll(/^\s*var\s+(\w+)/gmu)].map(([, name]) => name!)),
      ...loops.flatMap(({ attributes }) => [attributes['item']!, attributes['index'] ?? attributes['item']!]),
    ];
    this.#code = new Ecmascript(variables, root.attributes['name']);
  }

  converted(): Converted {
    const states = this.#stateOf(this.#root);
    const machines = Object.entries(this.#invoked);
    const actors = Object.fromEntries(machines.map(([name, { machine }]) => [name, machine]));
    const context = ({ input }: { input: Context | undefined }): Context => this.#start(input);
    const output = ({ event }: { event: AnyEventObject }): unknown => event['output'];
    // The types of a machine that is only known when it is read.
    const machine = setup({ actors }).createMachine({ ...states, context, output } as never);
    return {
      machine: machine as unknown as AnyStateMachine,
      inner: machines.flatMap(([, found]) => [found.machine, ...found.inner]),
    };
  }

  /** All data, wherever it stands, in document order: SCXML's early binding; then the document's script. */
  #start(input: Context | undefined): Context {
    const event = { type: 'xstate.init' };
    const bound: Record<string, unknown> = {};
    for (const { name, attributes, text } of this.#elements) {
      if (name !== 'data') continue;
      if (attributes['src'] !== undefined) throw new NotConvertible('<data src>');
      const id = attributes['id']!;
      const expression = attributes['expr'] ?? text.trim();
      const value = expression === '' ? undefined : this.#code.value(expression, { context: bound, event });
      bound[id] = input !== undefined && id in input ? input[id] : value;
    }
    let context: Context = bound;
    for (const script of named(this.#root, 'script')) {
      context = this.#code.after(this.#scriptOf(script).text, { context, event });
    }
    return context;
  }

  #scriptOf(script: XmlElement): XmlElement {
    const { src } = script.attributes;
    return src === undefined ? script : { ...script, text: this.#around.read(src) };
  }

  #nameOf(state: XmlElement): string {
    const name = this.#names.get(state) ?? nameOf(state.attributes['id'] ?? `unnamed${this.#names.size}`);
    this.#names.set(state, name);
    return name;
  }

  #stateOf(element: XmlElement): Config {
    const { name } = element;
    const id = element === this.#root ? {} : { id: this.#nameOf(element) };
    if (name === 'history') return { ...id, ...this.#historyOf(element) };
    const states = statesIn(element);
    const compound = name !== 'parallel' && states.length > 0;
    return {
      ...id,
      ...(name === 'parallel' && { type: 'parallel' }),
      ...(name === 'final' && { type: 'final', ...this.#outputOf(element) }),
      ...(compound && { initial: this.#initialOf(element, states) }),
      states: Object.fromEntries(states.map((state) => [this.#nameOf(state), this.#stateOf(state)])),
      ...this.#transitionsOf(element, compound),
      entry: this.#actions(named(element, 'onentry').flatMap(({ children }) => children)),
      exit: this.#actions(named(element, 'onexit').flatMap(({ children }) => children)),
      invoke: named(element, 'invoke').map((invoke) => this.#invokeOf(invoke)),
    };
  }

  #actions(elements: readonly XmlElement[]): unknown[] {
    const read = (element: XmlElement): XmlElement =>
      element.name === 'script' ? this.#scriptOf(element) : element;
    return actionsOf(elements.map(read), this.#code);
  }

  #historyOf(element: XmlElement): Config {
    const [transition] = named(element, 'transition');
    if (transition !== undefined && transition.children.length > 0) {
      throw new NotConvertible('executable content in <history>');
    }
    const target = transition?.attributes['target'];
    const history = element.attributes['type'] ?? 'shallow';
    return { type: 'history', history, ...(target !== undefined && { target: targetsOf(target) }) };
  }

  #outputOf(element: XmlElement): Config {
    const [donedata] = named(element, 'donedata');
    if (donedata === undefined) return {};
    return { output: (scope: Scope) => payloadOf({}, donedata.children, this.#code, scope) };
  }

  #initialOf(element: XmlElement, states: readonly XmlElement[]): Config {
    const transition = named(element, 'initial').flatMap((initial) => named(initial, 'transition'))[0];
    const said = element.attributes['initial'] ?? transition?.attributes['target'];
    const target = said === undefined ? this.#nameOf(states[0]!) : nameOf(said.trim());
    if (/\s/u.test(target)) throw new NotConvertible('more than one initial state');
    if (!states.some((state) => this.#nameOf(state) === target)) {
      throw new NotConvertible('an initial state further down');
    }
    return { target, actions: this.#actions(transition?.children ?? []) };
  }

  #transitionsOf(element: XmlElement, compound: boolean): Config {
    const always: Config[] = [];
    const on: Record<string, Config[]> = {};
    for (const transition of named(element, 'transition')) {
      const { event, target, cond, type } = transition.attributes;
      const converted = {
        ...(target !== undefined && {
          target: targetsOf(target),
          reenter: !(type === 'internal' && compound && this.#isBelow(element, targetsOf(target))),
        }),
        ...(cond !== undefined && { guard: guardOf(cond, this.#code) }),
        actions: this.#actions(transition.children),
      };
      if (event === undefined) always.push(converted);
      for (const descriptor of event?.trim().split(/\s+/u) ?? []) {
        (on[this.#descriptorOf(descriptor)] ??= []).push(converted);
      }
    }
    return { always, on };
  }

  #isBelow(element: XmlElement, targets: readonly string[]): boolean {
    const inner = [...all(element)].slice(1);
    const below = new Set(inner.map(({ attributes }) => `#${nameOf(attributes['id'] ?? '')}`));
    return targets.every((target) => below.has(target));
  }

  #descriptorOf(descriptor: string): string {
    const name = descriptor.replace(/\.\*?$/u, '');
    const [, kind, id = ''] = /^done\.(state|invoke)(?:\.(.*))?$/u.exec(name) ?? [];
    if (kind !== undefined) return `xstate.done.${kind === 'state' ? 'state' : 'actor'}.${nameOf(id) || '*'}`;
    const isPrefix = name !== descriptor || this.#occurring.some((known) => known.startsWith(`${name}.`));
    return isPrefix ? `${name}.*` : name;
  }

  #invokeOf(invoke: XmlElement): Config {
    const { id, autoforward, idlocation } = invoke.attributes;
    if (autoforward === 'true') throw new NotConvertible('autoforward');
    if (idlocation !== undefined) throw new NotConvertible('idlocation');
    if (named(invoke, 'finalize').length > 0) throw new NotConvertible('<finalize>');
    const name = `document${Object.keys(this.#invoked).length}`;
    this.#invoked[name] = new Conversion(this.#documentOf(invoke), {
      ...this.#around,
      events: [],
    }).converted();
    const parts = invoke.children.filter((child) => child.name !== 'content');
    const input = (scope: Scope): unknown => payloadOf(invoke.attributes, parts, this.#code, scope);
    return { src: name, input, ...(id !== undefined && { id }) };
  }

  #documentOf({ attributes, children }: XmlElement): XmlElement {
    const { src } = attributes;
    if (src !== undefined) return xmlOf(this.#around.read(src.replace('file:', '')));
    const inline = children.find(({ name }) => name === 'content')?.children[0];
    if (inline?.name !== 'scxml') throw new NotConvertible('an invoke of what is computed');
    return inline;
  }
}

const targetsOf = (targets: string): string[] =>
  targets
    .trim()
    .split(/\s+/u)
    .map((target) => `#${nameOf(target)}`);
