/**
 * SCXML's executable content as XState actions: `<raise>`, `<send>`, `<cancel>`, `<assign>`, `<log>`,
 * `<script>`, `<if>` and `<foreach>`; and conditions as guards.
 *
 * `<send>` without a target goes through the mailbox, behind what is there: `sendTo` the actor itself.
 * `<raise>` and `#_internal` come before all of it: `raise`.
 */
import { assign, cancel, enqueueActions, log, not, raise, sendTo, stateIn } from 'xstate';
import type { AnyActorRef, AnyEventObject } from 'xstate';
import { ownTarget } from './ecmascript.ts';
import type { Ecmascript, Scope } from './ecmascript.ts';
import type { XmlElement } from './xml.ts';

/** What XState takes for an action or a guard is typed by a machine, and there is none yet. */
export type Action = never;
export type Guard = never;

/** What a document says and XState has no word for. */
export class NotConvertible extends Error {}

type Self = Scope & { readonly self: AnyActorRef };

/** XState reads a dot in a name as a step down. */
export const nameOf = (id: string): string => id.replaceAll('.', '~');

export function actionsOf(elements: readonly XmlElement[], code: Ecmascript): Action[] {
  return elements.map((element) => actionOf(element, code) as Action);
}

function actionOf(element: XmlElement, code: Ecmascript): unknown {
  const { name, attributes } = element;
  switch (name) {
    case 'raise':
      return raise({ type: attributes['event']! });
    case 'send':
      return sendOf(element, code);
    case 'cancel':
      return cancel((scope: Scope) => said(attributes, 'sendid', 'sendidexpr', code, scope)!);
    case 'assign':
      return assignOf(`${attributes['location']} = (${attributes['expr'] ?? element.text})`, code);
    case 'script':
      return assignOf(element.text, code);
    case 'log':
      return log((scope: Scope) => code.value(attributes['expr'] ?? 'undefined', scope), attributes['label']);
    case 'if':
      return choiceOf(element, code);
    case 'foreach':
      return loopOf(element, code);
    default:
      throw new NotConvertible(`<${name}>`);
  }
}

const assignOf = (statements: string, code: Ecmascript): unknown =>
  assign((scope: Scope) => code.after(statements, scope));

function sendOf({ attributes, children }: XmlElement, code: Ecmascript): unknown {
  if (attributes['idlocation'] !== undefined) throw new NotConvertible('idlocation');
  const event = (scope: Scope): AnyEventObject => {
    const sent = payloadOf(attributes, children, code, scope);
    const type = said(attributes, 'event', 'eventexpr', code, scope)!;
    return sent === undefined ? { type } : { type, data: sent };
  };
  const delayed = attributes['delay'] !== undefined || attributes['delayexpr'] !== undefined;
  const delay = (scope: Scope): number => msOf(said(attributes, 'delay', 'delayexpr', code, scope)!);
  const options = { ...(attributes['id'] && { id: attributes['id'] }), ...(delayed && { delay }) };
  if (attributes['target'] === '#_internal') return raise(event as never, options as never);
  const to = (scope: Self): unknown => {
    const target = said(attributes, 'target', 'targetexpr', code, scope);
    // XState itself knows `#_parent` and `#_internal`, and `#_` before a child's id.
    return target === undefined || target === ownTarget ? scope.self : target;
  };
  return sendTo(to as never, event as never, options as never);
}

/** What `<param>`, `namelist` and `<content>` come to. */
export function payloadOf(
  attributes: XmlElement['attributes'],
  children: readonly XmlElement[],
  code: Ecmascript,
  scope: Scope,
): unknown {
  const content = children.find(({ name }) => name === 'content');
  if (content !== undefined) {
    const { expr } = content.attributes;
    return expr === undefined ? literal(content.text) : code.value(expr, scope);
  }
  const names = attributes['namelist']?.split(/\s+/u).map((name) => [name, name] as const) ?? [];
  const params = children
    .filter(({ name }) => name === 'param')
    .map(({ attributes: param }) => [param['name']!, param['expr'] ?? param['location']!] as const);
  if (names.length + params.length === 0) return undefined;
  return Object.fromEntries([...names, ...params].map(([name, expr]) => [name, code.value(expr, scope)]));
}

/** JSON as its value, any other text with its white space normalised. */
function literal(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.trim().replaceAll(/\s+/gu, ' ');
  }
}

/** An attribute, or the value of the expression in its twin. */
function said(
  attributes: XmlElement['attributes'],
  plain: string,
  twin: string,
  code: Ecmascript,
  scope: Scope,
): string | undefined {
  const expression = attributes[twin];
  // `_event.origin` is undefined: XState's events do not say where they come from.
  return expression === undefined ? attributes[plain] : (code.value(expression, scope) as string | undefined);
}

function msOf(delay: string): number {
  const [, amount, unit] = /^([\d.]+)(ms|s)?$/u.exec(delay.trim()) ?? [];
  if (amount === undefined) throw new NotConvertible(`the delay ${delay}`);
  return Number(amount) * (unit === 's' ? 1000 : 1);
}

/** `In('id')` is XState's `stateIn`, where it is the whole condition. */
export function guardOf(condition: string, code: Ecmascript): Guard {
  const [, negated, id] = /^\s*(!?)\s*In\(\s*['"]([^'"]+)['"]\s*\)\s*$/u.exec(condition) ?? [];
  if (id !== undefined) {
    const within = stateIn(`#${nameOf(id)}`);
    return (negated ? not(within as never) : within) as Guard;
  }
  if (/\bIn\(/u.test(condition)) throw new NotConvertible('In() inside an expression');
  return ((scope: Scope) => Boolean(code.value(condition, scope))) as unknown as Guard;
}

interface Branch {
  /** None after `<else>`. */
  readonly guard?: Guard;
  readonly elements: XmlElement[];
}

function choiceOf({ attributes, children }: XmlElement, code: Ecmascript): unknown {
  const branches: Branch[] = [{ guard: guardOf(attributes['cond']!, code), elements: [] }];
  for (const child of children) {
    if (child.name === 'elseif')
      branches.push({ guard: guardOf(child.attributes['cond']!, code), elements: [] });
    else if (child.name === 'else') branches.push({ elements: [] });
    else branches.at(-1)!.elements.push(child);
  }
  const choices = branches.map(({ elements, ...when }) => ({ ...when, actions: actionsOf(elements, code) }));
  return enqueueActions(({ enqueue, check }) => {
    const chosen = choices.find((choice) => !('guard' in choice) || check(choice.guard));
    for (const action of chosen?.actions ?? []) enqueue(action);
  });
}

function loopOf({ attributes, children }: XmlElement, code: Ecmascript): unknown {
  const { array, item, index } = attributes;
  const actions = actionsOf(children, code);
  return enqueueActions(({ context, event, enqueue }) => {
    const items = code.value(array!, { context, event }) as Iterable<unknown>;
    for (const [at, value] of [...items].entries()) {
      enqueue(assign({ [item!]: value, ...(index !== undefined && { [index]: at }) }));
      for (const action of actions) enqueue(action);
    }
  });
}
