/**
 * The door of a bundle: what the page would ask of a server is answered from what the file holds. Nothing
 * here lives, and nothing can be sent.
 */
import { fragmentOf } from '../place.ts';
import { Absent } from './absent.ts';
import type { Bundled } from './bundled.ts';
import { Recorded } from './recorded.ts';

export const isLive: boolean = false;

const bundled = JSON.parse(document.querySelector('#bundle')?.textContent ?? '') as Bundled;
const { address, takenAt, actors, charts, left } = bundled;
const byAddress = new Map(actors.map((actor) => [actor.row.address, new Recorded(actor, takenAt)]));

const count = actors.reduce((sum, { facts }) => sum + facts.length, 0);
const others = actors.length > 1 ? ` and ${actors.length - 1} below it` : '';

export const connectedText: string = [
  `Recorded ${new Date(takenAt).toLocaleString()}, nothing here is live.`,
  `${count} facts of ${address}${others}.`,
  ...left,
].join(' ');

/** A bundle opens at its actor. */
export function enter(): void {
  if (location.hash === '') history.replaceState(null, '', fragmentOf({ address }));
}

/** Nobody asks for one. */
export function keepToken(): void {}

export async function knock(path: string): Promise<Response> {
  const { pathname, searchParams } = new URL(path, 'http://bundle/');
  if (pathname === '/watch') return streamed({ changed: actors.map(({ row }) => row), removed: [] });
  try {
    const told = answer(pathname, searchParams);
    return typeof told === 'string' ? new Response(told) : Response.json(told);
  } catch (error) {
    if (!(error instanceof Absent)) throw error;
    return Response.json({ code: 'NOT_FOUND', detail: error.message }, { status: 404 });
  }
}

function answer(pathname: string, query: URLSearchParams): unknown {
  if (pathname === '/access') return { by: 'bundle', can: ['read'] };
  const [, what = '', first = '', second = '', third = ''] = pathname.split('/').map(decodeURIComponent);
  if (what === 'definitions') return chartOf(first, second);
  // `actors/run/r/…`, and of the built-in kinds also `runs/r/…`.
  const isActor = what === 'actors';
  const of = isActor ? `${first}/${second}` : `${what.replace(/e?s$/, '')}/${first}`;
  const found = byAddress.get(of)?.answer(isActor ? third : second, query);
  if (found === undefined) throw new Absent(`${of} is not in this bundle.`);
  return found;
}

function chartOf(kind: string, what: string): unknown {
  const held = Object.hasOwn(charts, kind) ? charts[kind] : undefined;
  if (what === 'chart' && held !== undefined) return held.chart;
  const text = what === 'chart.svg' ? held?.svg : held?.mermaid;
  if (text === undefined) throw new Absent(`The chart of ${kind} is not in this bundle.`);
  return text;
}

/** As a stream of which nothing more comes. */
function streamed(value: unknown): Response {
  const frame = new TextEncoder().encode(`data: ${JSON.stringify(value)}\n\n`);
  return new Response(new ReadableStream({ start: (to) => to.enqueue(frame) }));
}
