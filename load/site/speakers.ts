/** Speakers of a site: born, ended, and judged by what is recorded of them. */
import assert from 'node:assert/strict';
import { Listener } from './pieces.ts';
import type { Recorded, Site } from './site.ts';

const atOnce = 50;

/** A line is their first word, so that there is something to follow. */
export async function openSpeakers(site: Site, ids: readonly string[]): Promise<void> {
  await told(site, ids, { type: 'line', n: 0 });
}

export async function ended(site: Site, ids: readonly string[]): Promise<void> {
  await told(site, ids, { type: 'end' });
}

async function told(site: Site, ids: readonly string[], event: object): Promise<void> {
  const left = [...ids];
  const lane = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      const { status, body } = await site.http.post(`/v1/actors/speaker/${id}/events`, event);
      assert.equal(status, 200, body);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** Each has said so many pieces, in order, and has ended. */
export async function spoken(
  recorded: Recorded,
  said: ReadonlyMap<string, number>,
  length?: number,
): Promise<string> {
  let pieces = 0;
  for (const [id, expected] of said) {
    const listener = new Listener(length);
    const ref = recorded.actor('speaker', id);
    let seq = 0;
    for await (const fact of ref.history()) {
      assert.equal(fact.seq, ++seq, `${ref.address} has no hole`);
      if (fact.event.type === 'delta') listener.hear(fact.event.text, 0);
    }
    assert.equal(listener.heard, expected, `${ref.address} said all of it`);
    assert.equal((await ref.snapshot()).status, 'sealed');
    pieces += expected;
  }
  return `${pieces} pieces of ${said.size} speakers are recorded in order, each once`;
}
