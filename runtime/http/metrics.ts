/**
 * The figures of a runtime and its server as Prometheus reads them: made of what is counted anyway, when they
 * are asked for.
 */
import { Counter, Gauge, Registry } from 'prom-client';
import type { Desk } from './route.ts';

type Labels = Readonly<Record<string, string | number>>;
type Value = readonly [labels: Labels, value: number];

export async function metricsOf({ troupe, answered, streams }: Desk): Promise<{
  readonly type: string;
  readonly text: string;
}> {
  const { journal, sends, effects, quarantined, failures, subscriptions, workers } = await troupe.stats();
  const registry = new Registry();
  const counter = (name: string, help: string, values: readonly Value[]): void => {
    const labelNames = [...new Set(values.flatMap(([labels]) => Object.keys(labels)))];
    const metric = new Counter({ name: `troupe_${name}`, help, labelNames, registers: [registry] });
    for (const [labels, value] of values) metric.inc(labels, value);
  };
  const gauge = (name: string, help: string, value: number): void => {
    new Gauge({ name: `troupe_${name}`, help, registers: [registry] }).set(value);
  };
  counter('http_answers_total', 'Answers by route and status', [...answered].flatMap(answersOf));
  gauge('http_streams', 'Open streams', streams.size);
  for (const [name, value] of Object.entries(journal)) {
    counter(`journal_${snaked(name)}_total`, `Of the journal: ${name}`, [[{}, value]]);
  }
  for (const [name, value] of numbersOf(sends)) gauge(`sends_${snaked(name)}`, `Of sends: ${name}`, value);
  for (const [name, value] of numbersOf(subscriptions)) {
    gauge(`subscriptions_${snaked(name)}`, `Of subscriptions: ${name}`, value);
  }
  gauge('workers_up', 'Workers that are up', workers.filter(({ state }) => state === 'up').length);
  gauge('effects_running', 'Tasks at work in this thread', effects);
  gauge('quarantined', 'Actors that were set aside', quarantined);
  counter('failures_total', 'Actors that ended as error, and code that threw unheard', [[{}, failures]]);
  return { type: registry.contentType, text: await registry.metrics() };
}

function answersOf([route, counts]: readonly [string, ReadonlyMap<number, number>]): Value[] {
  return Array.from(counts, ([status, count]) => [{ route, status }, count]);
}

function numbersOf(counters: object): [string, number][] {
  return Object.entries(counters).filter((one): one is [string, number] => typeof one[1] === 'number');
}

function snaked(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** By route and status. */
export function countAnswer(answers: Desk['answered'], name: string, status: number): void {
  let known = answers.get(name);
  if (known === undefined) answers.set(name, (known = new Map<number, number>()));
  known.set(status, (known.get(status) ?? 0) + 1);
}
