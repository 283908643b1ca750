/**
 * One scenario from its site to its result: what it measured is told only when what the server left behind in
 * its directory is what it answered, and every history of it verifies.
 */
import assert from 'node:assert/strict';
import { percentilesOf } from './latency.ts';
import type { Percentiles } from './latency.ts';
import type { Figure, Ran, Scenario, Span } from './scenario.ts';
import { Site } from './site/site.ts';
import type { Traffic } from './site/traffic.ts';

export interface Result {
  readonly name: string;
  readonly question: string;
  readonly seconds: number;
  /** Requests, and streams that were opened. */
  readonly traffic: Traffic;
  readonly figures: readonly Figure[];
  readonly latencies: readonly Percentiles[];
  /** Absent in figures of before there were remarks. */
  readonly remarks?: readonly string[];
  readonly checked: readonly string[];
}

export async function underLoad(scenario: Scenario, span: Span): Promise<Result> {
  const { name, question, refusals = false } = scenario;
  const start = performance.now();
  const site = await Site.open(name, scenario.settings?.(span));
  try {
    const ran = await scenario.run(site, span);
    const traffic = assertTold(site, refusals);
    await site.close();
    span.progress('what is recorded is checked');
    const checked = await checkedOf(site, ran);
    const { figures, remarks = [] } = ran;
    const latencies = ran.latencies.map(percentilesOf);
    const seconds = (performance.now() - start) / 1000;
    return { name, question, seconds, traffic, figures, latencies, remarks, checked };
  } finally {
    site.remove();
  }
}

/** Every answer was a 2xx, or a refusal where the scenario provokes them. */
function assertTold(site: Site, refusals: boolean): Traffic {
  const { sent, answered, refused, failed, cutOff } = site.http.traffic;
  assert.equal(failed, 0, 'no request failed');
  assert.equal(refused > 0, refusals, 'requests are refused where that is provoked, and nowhere else');
  return { sent, answered, refused, failed, cutOff };
}

async function checkedOf(site: Site, ran: Ran): Promise<readonly string[]> {
  const recorded = await site.recorded();
  try {
    const checked = await ran.check(recorded);
    const { ok, actors, bad } = await recorded.verify();
    assert(ok, `histories do not verify: ${JSON.stringify(bad)}`);
    return [...checked, `${actors} histories verify`];
  } finally {
    await recorded.close();
  }
}
