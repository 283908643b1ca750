/**
 * The mixed load of a soak. A lane does one thing after the other: the next when the last is answered, and
 * again under the same key while its worker comes back. So what must be recorded is known without a list
 * of it.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../site/httpClient.ts';
import { pieceOf } from '../site/pieces.ts';
import type { Recorded, Site } from '../site/site.ts';
import { ended, openSpeakers } from '../site/speakers.ts';
import { speakerReader } from '../site/speakerEar.ts';
import type { Hearing } from './hearing.ts';

const notesOfTally = 400;
const piecesOfSpeaker = 200;
const recordsOfOutbox = 200;
const restMs = { note: 4, piece: 100, record: 20, read: 20, retry: 50 } as const;
const text = 'The tests pass again; two files changed.';

/** What all lanes share. */
export interface Shift {
  readonly site: Site;
  readonly signal: AbortSignal;
  readonly isOver: () => boolean;
  /** Counts one answer. */
  readonly answered: () => void;
  /** Counts one note that was answered. */
  readonly noted: () => void;
  readonly hearing: Hearing;
}

/** Notes to one tally after the other; each is ended after its last. Gives how many notes each was sent. */
export async function writing(shift: Shift, lane: number): Promise<Map<string, number>> {
  const told = new Map<string, number>();
  for (let i = 0; !shift.isOver(); i++) {
    const id = `${lane}-${i}`;
    const path = `/v1/actors/tally/${id}/events`;
    let n = 0;
    while (n < notesOfTally && !shift.isOver()) {
      await insisted(shift, path, { type: 'note', n: ++n, text }, `note ${n}`);
      shift.noted();
      await pause(restMs.note);
    }
    await insisted(shift, path, { type: 'end' }, 'end');
    told.set(id, n);
  }
  return told;
}

/** A speaker after the other, each with a reader of which is told how late it hears. */
export async function speaking(shift: Shift): Promise<void> {
  for (let i = 0; !shift.isOver(); i++) {
    const id = `soak-${i}`;
    await openSpeakers(shift.site, [id]);
    const reader = speakerReader(shift.site.http, id);
    const open = await reader.open();
    let n = 0;
    while (n < piecesOfSpeaker && !shift.isOver()) {
      const said = { type: 'delta', text: pieceOf(++n, Date.now()) };
      await insisted(shift, `/v1/actors/speaker/${id}/events`, said, `piece ${n}`);
      for (const ms of reader.ear.lateMs.splice(0)) shift.hearing.heard(ms);
      await pause(restMs.piece);
    }
    await ended(shift.site, [id]);
    await open.ended;
    assert.equal(reader.ear.listener.heard, n, `all of speaker/${id} was heard, once`);
  }
}

/** A record to an outbox, then its lease and ack; an outbox after the other. Gives their ids. */
export async function posting(shift: Shift): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; !shift.isOver(); n++) {
    if (n % recordsOfOutbox === 0) ids.push(`soak-${ids.length}`);
    const path = `/v1/outboxes/${ids.at(-1) ?? ''}`;
    const record = { child: 'run/a', childSeq: n + 1, kind: 'finished' };
    await insisted(shift, `${path}/records`, record, `record ${n}`);
    const leased = await insisted(shift, `${path}/leases`, { leaseMs: 600_000 }, `lease ${n}`);
    const { leaseId, records } = JSON.parse(leased.body) as {
      readonly leaseId: number | null;
      readonly records: readonly { readonly position: number; readonly childSeq: number }[];
    };
    assert.deepEqual(
      records.map(({ childSeq }) => childSeq),
      [n + 1],
      'a lease has the one record',
    );
    const positions = records.map(({ position }) => position);
    await insisted(shift, `${path}/leases/${leaseId}/ack`, { positions });
    await pause(restMs.record);
  }
  return ids;
}

/** Rows, snapshots and digests. */
export async function reading({ site, isOver, answered }: Shift): Promise<void> {
  const paths = ['/v1/actors?limit=20', '/v1/actors/tally/0-0/snapshot', '/v1/actors/tally/0-0/digest'];
  for (let i = 0; !isOver(); i++) {
    const { status } = await site.http.get(paths[i % paths.length] ?? '');
    // Before the first note there is no tally; while a worker comes back it cannot be asked.
    assert([200, 404, 503].includes(status), `a read is answered, not ${status}`);
    answered();
    await pause(restMs.read);
  }
}

/** Ends the worker's thread every so often, each time by another actor. Gives how often. */
export async function breaking(shift: Shift, everyMs: number): Promise<number> {
  const { hearing, site, signal } = shift;
  for (let n = 0; ; n++) {
    try {
      await pause(everyMs, undefined, { signal });
    } catch {
      return n; // The soak is over.
    }
    hearing.killed();
    await insisted(shift, `/v1/actors/breaker/${n}/events`, { type: 'break' }, 'break');
    // The answer comes before the end: it is back when one that was started anew has answered.
    while (!shift.isOver() && (await site.restarts()) <= n) await pause(restMs.retry);
    await insisted(shift, `/v1/actors/tally/back-${n}/events`, { type: 'end' }, 'end');
    hearing.back();
  }
}

/** Sends until it is taken: a worker that is gone is back soon. */
async function insisted(
  { site, answered }: Shift,
  path: string,
  body: object,
  key?: string,
): Promise<Answer> {
  for (;;) {
    const answer = await site.http.post(path, body, key);
    if (answer.status < 300) {
      answered();
      return answer;
    }
    assert.equal(answer.status, 503, `${path}: ${answer.body}`);
    await pause(restMs.retry);
  }
}

/** Every note of every tally is there, in its place, once; every outbox is empty. */
export async function assertRecorded(
  recorded: Recorded,
  told: ReadonlyMap<string, number>,
  outboxes: readonly string[],
): Promise<string> {
  let notes = 0;
  for (const [id, count] of told) {
    const ref = recorded.actor('tally', id);
    let [seq, n] = [0, 0];
    for await (const fact of ref.history()) {
      assert.equal(fact.seq, ++seq, `${ref.address} has no hole`);
      if (fact.event.type === 'note')
        assert.equal(fact.event.n, ++n, `${ref.address} has its notes in order`);
    }
    assert.equal(n, count, `${ref.address} has all its notes, once`);
    assert.equal((await ref.snapshot()).status, 'sealed');
    notes += n;
  }
  for (const id of outboxes) {
    assert.deepEqual(await recorded.outbox(id).pending(), { ready: 0, leased: 0, dead: 0 });
  }
  const { ok, actors, bad } = await recorded.verify();
  assert(ok, `histories do not verify: ${JSON.stringify(bad)}`);
  return `${notes} notes are recorded in order, each once; ${actors} histories verify`;
}
