/**
 * The table as OpenAPI 3.1: made of the very schemas that requests are checked with.
 */
import type { TSchema } from 'typebox';
import type { AnyRoute, Told } from './route.ts';
import { problem } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

/** A part of the description is said once and pointed at. */
const problemAnswer = { $ref: '#/components/responses/Problem' };

/** The description of all routes, from the schemas that check them. */
export function openApiOf(table: readonly AnyRoute[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const one of table) (paths[one.path] ??= {})[one.method.toLowerCase()] = operationOf(one);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Troupe',
      version: '1',
      description:
        'Durable actors over HTTP. Errors are problems (RFC 9457) with the codes of docs/ERRORS.md.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: tagsOf(table),
    paths,
    components: {
      schemas: { Problem: problem },
      responses: {
        Problem: {
          description: 'What went wrong',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operationOf(one: AnyRoute): Json {
  const { name, summary, needs, body, streams, isBodyOptional = false, answers } = one;
  return {
    operationId: name,
    summary,
    tags: [tagOf(one)],
    ...(needs === 'nothing' && { security: [] }),
    parameters: [...pathParametersOf(one), ...queryParametersOf(one), ...headerParametersOf(one)],
    ...(body !== undefined && {
      requestBody: { required: !isBodyOptional, content: { 'application/json': { schema: body } } },
    }),
    ...(streams !== undefined && {
      requestBody: { required: true, content: { [streams]: { schema: { type: 'string' } } } },
    }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, told]) => [status, answerOf(told)])),
      '4XX': problemAnswer,
      '5XX': problemAnswer,
    },
  };
}

function pathParametersOf({ path }: AnyRoute): readonly Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParametersOf({ query }: AnyRoute): readonly Json[] {
  const properties: Readonly<Record<string, TSchema>> = query?.properties ?? {};
  const required: readonly string[] = query?.required ?? [];
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    ...(required.includes(name) && { required: true }),
    ...((schema as { type?: string }).type === 'object' && { style: 'deepObject', explode: true }),
    schema,
  }));
}

/** Of sends the identity, of streams the place to go on from. */
function headerParametersOf({ method, streams, answers }: AnyRoute): readonly Json[] {
  const isStream = Object.values(answers).some((told) => contentOf(told) === 'text/event-stream');
  const header = (name: string): Json => ({ name, in: 'header', schema: { type: 'string' } });
  if (isStream) return [header('Last-Event-ID')];
  return method === 'POST' && streams === undefined ? [header('Idempotency-Key')] : [];
}

function contentOf(told: Told): string | undefined {
  return 'content' in told && typeof told.content === 'string' ? told.content : undefined;
}

function answerOf(told: Told): Json {
  const content = contentOf(told);
  if (content !== undefined) {
    const { about } = told as { readonly about: string };
    return { description: about, content: { [content]: { schema: { type: 'string' } } } };
  }
  if ((told as { type?: string }).type === 'null') return { description: 'Done' };
  return { description: 'As asked', content: { 'application/json': { schema: told } } };
}

/** The first part of a path that says something: actors, runs, outboxes. */
function tagOf({ path }: AnyRoute): string {
  const [first = '', second = ''] = path.split('/').slice(1);
  return first !== 'v1' ? 'server' : second === 'openapi.json' ? 'server' : second;
}

function tagsOf(table: readonly AnyRoute[]): readonly Json[] {
  return [...new Set(table.map(tagOf))].map((name) => ({ name, description: `Routes of ${name}` }));
}
