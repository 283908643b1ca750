/**
 * Lays charts out: ELK in a thread of its own under a time limit, or the simpler outline. The same chart is
 * laid out once; what is known of it is its hash.
 */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Chart } from '../../actors/chart.ts';
import { graphOf, layoutOfGraph } from './graph.ts';
import type { GraphNode } from './graph.ts';
import type { ChartLayout } from './layout.ts';
import { chartLimits } from './limits.ts';
import { outlineOf } from './outline.ts';

/** A page is somewhat wider than high. */
const wantedAspect = 1.5;

const layouts = new Map<string, Promise<ChartLayout>>();

/** The layout of a chart, made when it is first asked for. */
export async function chartLayout(chart: Chart): Promise<ChartLayout> {
  const known = layouts.get(chart.hash);
  if (known !== undefined) return known;
  const oldest = layouts.keys().next();
  if (layouts.size >= chartLimits.layouts && oldest.done !== true) layouts.delete(oldest.value);
  const made = layoutWithin(chart, chartLimits.layoutMs);
  layouts.set(chart.hash, made);
  return made;
}

/** The layout of a chart, made anew; the outline where ELK fails or takes longer, with the reason in it. */
export async function layoutWithin(chart: Chart, limitMs: number): Promise<ChartLayout> {
  const answer = await answerOf([graphOf(chart, 'RIGHT'), graphOf(chart, 'DOWN')], limitMs);
  if ('failure' in answer) return outlineOf(chart, answer.failure);
  try {
    const made = answer.graphs.map((graph) => layoutOfGraph(chart, graph));
    return made.reduce((best, other) => (unease(other) < unease(best) ? other : best));
  } catch (error) {
    // What ELK left out cannot be drawn; what is in the boxes can.
    return outlineOf(chart, String(error));
  }
}

/** How far a picture is from the form of a page, and how large. */
function unease({ width, height }: ChartLayout): number {
  const aspect = width / height / wantedAspect;
  return Math.sqrt(width * height) * Math.max(aspect, 1 / aspect) ** 0.75;
}

type Answer = { readonly graphs: readonly GraphNode[] } | { readonly failure: string };

async function answerOf(graphs: readonly GraphNode[], limitMs: number): Promise<Answer> {
  const entry = threadEntry();
  if (entry === undefined) return { failure: 'troupe is bundled, and elkThread is not beside it' };
  const thread = new Worker(entry, { workerData: graphs });
  let timer: NodeJS.Timeout | undefined;
  const answer = new Promise<Answer>((resolve) => {
    const late = (): void => resolve({ failure: `it took longer than ${limitMs} ms` });
    timer = setTimeout(late, limitMs);
    thread.once('message', resolve);
    thread.once('error', (error) => resolve({ failure: String(error) }));
    thread.once('exit', (code) => resolve({ failure: `the thread exited with code ${code}` }));
  });
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}

/** The thread beside this file, from sources and from what was built of them; a bundler leaves it behind. */
function threadEntry(): URL | undefined {
  // A bundle in CommonJS has no URL.
  const { url } = import.meta as { readonly url?: string };
  const entry = url === undefined ? undefined : new URL(`./elkThread${url.slice(-3)}`, url);
  return entry !== undefined && existsSync(entry) ? entry : undefined;
}
