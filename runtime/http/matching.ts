/**
 * Finding the route of a request: by the parts of its path, each decoded by itself, so that the slashes of a
 * child's id (`%2F`) stay within it.
 */
import { TroupeError } from '../../actors/troupeError.ts';
import type { AnyRoute } from './route.ts';

export interface Matched {
  readonly route: AnyRoute;
  readonly params: Readonly<Record<string, string>>;
}

interface Branch {
  readonly fixed: Map<string, Branch>;
  open: Branch | undefined;
  readonly routes: Map<string, Planted>;
}

/** A route, and what the parts of its path are called: '' where they are fixed. */
interface Planted {
  readonly route: AnyRoute;
  readonly names: readonly string[];
}

/** A path as its route is found: throws `INVALID_REQUEST` with 404 or 405. */
export type Match = (method: string, path: string) => Matched;

export function matcherOf(table: readonly AnyRoute[]): Match {
  const root = newBranch();
  for (const route of table) plant(root, route);
  return (method, path) => {
    const parts = partsOf(path);
    const branch = parts && branchOf(root, parts);
    if (parts === undefined || branch === undefined || branch.routes.size === 0) throw unknown(path);
    const planted = branch.routes.get(method === 'HEAD' ? 'GET' : method);
    if (planted === undefined) throw notAllowed(method, [...branch.routes.keys()]);
    return { route: planted.route, params: paramsOf(planted, parts) };
  };
}

function newBranch(): Branch {
  return { fixed: new Map(), open: undefined, routes: new Map() };
}

const isParam = (part: string): boolean => part.startsWith('{');

function plant(root: Branch, route: AnyRoute): void {
  let branch = root;
  const parts = route.path.split('/').slice(1);
  for (const part of parts) {
    const next: Branch = (isParam(part) ? branch.open : branch.fixed.get(part)) ?? newBranch();
    if (isParam(part)) branch.open = next;
    else branch.fixed.set(part, next);
    branch = next;
  }
  const names = parts.map((part) => (isParam(part) ? part.slice(1, -1) : ''));
  branch.routes.set(route.method, { route, names });
}

/** Undefined: what is percent-encoded is no text. */
function partsOf(path: string): readonly string[] | undefined {
  const parts = path.split('/').slice(1);
  if (!path.includes('%')) return parts;
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function branchOf(root: Branch, parts: readonly string[], at = 0): Branch | undefined {
  const part = parts[at];
  if (part === undefined) return root;
  const fixed = root.fixed.get(part);
  const found = fixed && branchOf(fixed, parts, at + 1);
  if (found !== undefined && found.routes.size > 0) return found;
  return part === '' || root.open === undefined ? undefined : branchOf(root.open, parts, at + 1);
}

function paramsOf({ names }: Planted, parts: readonly string[]): Matched['params'] {
  const params: Record<string, string> = {};
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name) params[name] = parts[i] ?? '';
  }
  return params;
}

function unknown(path: string): TroupeError {
  const text = `There is nothing at ${path.slice(0, 200)}. /v1/openapi.json lists what there is.`;
  return new TroupeError('INVALID_REQUEST', text, { status: 404 });
}

function notAllowed(method: string, known: readonly string[]): TroupeError {
  const allow = known.join(', ');
  return new TroupeError('INVALID_REQUEST', `${method} is not served here, but ${allow} is.`, {
    status: 405,
    allow,
  });
}
