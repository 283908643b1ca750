/**
 * The inspector's page. It is for anybody, because it holds nothing: what it shows it asks for as its reader.
 */
import { TroupeError } from '../../../actors/troupeError.ts';
import { inspectorFile, inspectorPage } from '../../inspector/inspectorFiles.ts';
import type { PageFile } from '../../inspector/inspectorFiles.ts';
import type { Answer } from '../incoming.ts';
import { route } from '../route.ts';
import type { AnyRoute } from '../route.ts';

/** Nothing but its own modules and styles, and nothing of it in another page. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const openInspector: AnyRoute = route({
  name: 'openInspector',
  method: 'GET',
  path: '/inspector',
  summary: 'A page that shows actors and their statecharts live',
  needs: 'nothing',
  answers: { 200: { content: 'text/html', about: 'The page' } },
  run: ({ desk: { inspector } }) => {
    if (inspector === 'off') throw absent('the inspector');
    return served(inspectorPage(inspector));
  },
});

const readInspectorFile: AnyRoute = route({
  name: 'readInspectorFile',
  method: 'GET',
  path: '/inspector/{file}',
  summary: 'A module or a style sheet of that page',
  needs: 'nothing',
  answers: {
    200: { content: 'text/javascript', about: 'A module; style sheets are text/css' },
  },
  run: ({ desk: { inspector }, params: { file: name = '' } }) => {
    const file = inspector === 'off' ? undefined : inspectorFile(name);
    if (file === undefined) throw absent(name.slice(0, 100));
    return served(file);
  },
});

export const inspectorRoutes: readonly AnyRoute[] = [openInspector, readInspectorFile];

function served({ type, text }: PageFile): Answer {
  return {
    status: 200,
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      // It is of this very version, and small.
      'cache-control': 'no-cache',
    },
    body: text,
  };
}

function absent(what: string): TroupeError {
  return new TroupeError('INVALID_REQUEST', `This server does not serve ${what}.`, { status: 404 });
}
