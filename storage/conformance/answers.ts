/**
 * Every question the port answers, asked of a journal and compared with the model.
 */
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import type { Address } from '../../actors/address.ts';
import type { Commit } from '../commit.ts';
import type { Due, DueQuery, Journal, Range, Row, RowQuery } from '../journal.ts';
import { pageFactsMax, shards } from '../limits.ts';
import { shardOf } from '../shard.ts';
import { hour, start } from './drafts.ts';
import type { Model, Told } from './model.ts';
import type { Random } from './random.ts';
import { hexOf, shown, written } from './shown.ts';

/** The journal and the model agree in everything (J7); `random` chooses some of the questions. */
export async function assertAnswers(journal: Journal, model: Model, random: Random): Promise<void> {
  for (const told of model.told.values()) {
    await assertActor(journal, model, told);
    await assertRanges(journal, told, random);
    await assertSnapshots(journal, told);
    await assertBodies(journal, told);
  }
  for (const query of rowQueries)
    await assertRows(journal, model, { ...query, limit: random.between(1, 50) });
  await assertDue(journal, model);
  await assertUsage(journal, model, -Infinity, Infinity);
  const first = Math.floor(start / hour);
  await assertUsage(journal, model, first, first + 1);
  await assertTail(journal, model);
}

async function assertActor(journal: Journal, model: Model, told: Told): Promise<void> {
  const standing = await journal.last(told.address);
  assert.deepEqual(plain(standing), plain(model.standing(told)), `where ${told.address} stands`);
  const seal = await journal.seal(told.address);
  const last = told.commits.at(-1);
  if (last?.sealHash === undefined || told.forgotten) {
    assert.equal(seal, undefined, `${told.address} has no seal`);
    return;
  }
  assert.ok(seal !== undefined, `${told.address} has its seal`);
  assert.equal(
    createHash('sha256').update(seal).digest('hex'),
    last.sealHash,
    'the seal has the hash it was given',
  );
}

async function assertRanges(journal: Journal, told: Told, random: Random): Promise<void> {
  const end = told.commits.at(-1)?.to ?? 0;
  const ranges: Range[] = [{}, { after: end }, { before: 1 }, { after: end - 1 }, { after: 0, before: 2 }];
  for (let i = 0; i < 3; i++) {
    const after = random.between(0, end);
    ranges.push({ after, before: after + random.below(end + 2), limit: random.between(1, 80) });
  }
  for (const range of ranges) {
    await assertRange(journal, told, range);
    await assertRange(journal, told, { ...range, reverse: true });
  }
}

/** J8: page by page, every commit that reaches into the range, in order, and none twice. */
export async function assertRange(journal: Journal, told: Told, range: Range): Promise<void> {
  const { after = 0, before = Infinity, reverse = false } = range;
  const [from, to] = [Math.max(after, told.historyTo) + 1, before - 1];
  const wanted = told.commits.filter(
    ({ draft, to: last }) => Math.max(draft.seq, from) <= Math.min(last, to),
  );
  if (reverse) wanted.reverse();
  const text = `${told.address} in ${JSON.stringify(range)}`;
  const commits = await walk(journal, told.address, range);
  assert.deepEqual(
    commits.map(shown),
    wanted.map((commit) => written(commit, told.bodiesTo)),
    text,
  );
}

/** All pages of a range; each keeps its bounds, and leads on. */
export async function walk(
  journal: Journal,
  address: Address,
  range: Range = {},
): Promise<readonly Commit[]> {
  const all: Commit[] = [];
  const limit = Math.min(range.limit ?? pageFactsMax, pageFactsMax);
  for (let next: Range | undefined = range; next !== undefined;) {
    const page = await journal.read(address, next);
    const { after = 0, before = Infinity } = next;
    const facts = page.commits.slice(0, -1).flatMap((commit) => commit.facts);
    const inRange = facts.filter(({ seq }) => seq > after && seq < before);
    assert.ok(inRange.length < limit, `a page ends with the commit that reaches ${limit} facts`);
    assert.ok(page.commits.length > 0 || page.next === undefined, 'a page that leads on is not empty');
    all.push(...page.commits);
    assert.ok(page.next === undefined || leadsOn(next, page.next), 'the next page is another one');
    next = page.next;
  }
  return all;
}

function leadsOn(range: Range, next: Range): boolean {
  const { after = 0, before = Infinity } = next;
  return after > (range.after ?? 0) || before < (range.before ?? Infinity);
}

async function assertSnapshots(journal: Journal, { address, snapshots }: Told): Promise<void> {
  assert.deepEqual(
    await snapshotAt(journal, address),
    plainSnapshot(snapshots.at(-1)),
    `the newest of ${address}`,
  );
  for (const { seq } of snapshots) {
    const found = await snapshotAt(journal, address, seq);
    // Older ones may be thinned out, but never the oldest: there is always one to start from.
    const candidates = snapshots.filter((snapshot) => snapshot.seq <= seq).map(plainSnapshot);
    assert.ok(
      candidates.some((candidate) => JSON.stringify(candidate) === JSON.stringify(found)),
      `a snapshot of ${address} at or before ${seq} is one that was written`,
    );
  }
  const [oldest] = snapshots;
  if (oldest !== undefined) assert.equal(await snapshotAt(journal, address, oldest.seq - 1), undefined);
}

async function snapshotAt(journal: Journal, address: Address, seq?: number): Promise<unknown> {
  return plainSnapshot(await journal.snapshot(address, seq));
}

function plainSnapshot(snapshot: { seq: number; chain: Uint8Array; bytes: Uint8Array } | undefined): unknown {
  if (snapshot === undefined) return undefined;
  return { seq: snapshot.seq, chain: hexOf(snapshot.chain), bytes: hexOf(snapshot.bytes) };
}

async function assertBodies(journal: Journal, { address, commits, bodiesTo }: Told): Promise<void> {
  const all = commits.flatMap(({ draft, to }) => (draft.bodies ?? []).map((body) => ({ ...body, to })));
  const bodyOf = await journal.bodies(address, [...new Set(all.map(({ hash }) => hash))]);
  for (const { hash, bytes } of all) {
    const isKept = all.some((body) => body.hash === hash && body.to > bodiesTo);
    const found = bodyOf(hash);
    assert.equal(
      found === undefined ? undefined : hexOf(found),
      isKept ? hexOf(bytes) : undefined,
      `a body of ${address}`,
    );
  }
}

/** One question for each filter, and some that join them. */
const rowQueries: readonly RowQuery[] = [
  {},
  { order: 'oldest' },
  { kind: 'run' },
  { kind: 'none' },
  { status: 'sealed' },
  { status: 'live', order: 'oldest' },
  { tags: ['busy'] },
  { tags: ['busy', 'asks'] },
  { labels: { team: 'red' } },
  { labels: { team: 'blue', stage: 'two' }, order: 'oldest' },
  { parent: 'run/parent-1' },
  { since: start + 40 },
  { until: start + 40, order: 'oldest' },
  { since: start + 10, until: start + 60, kind: 'run', status: 'live' },
  { parent: 'run/parent-0', tags: ['waiting'], labels: { stage: 'one' }, since: start },
];

/** All pages of the query: every row it selects, once, in order. */
export async function assertRows(journal: Journal, model: Model, query: RowQuery): Promise<void> {
  const wanted = model.rows((row) => isWanted(row, query));
  if (query.order !== 'oldest') wanted.reverse();
  const rows: Row[] = [];
  for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
    const page = await journal.rows(after === undefined ? query : { ...query, after });
    assert.ok(page.rows.length <= (query.limit ?? Infinity), 'a page of rows keeps its limit');
    rows.push(...page.rows);
    assert.ok(page.next === undefined || page.next !== after, 'the next page of rows is another one');
    after = page.next;
  }
  assert.deepEqual(plain(rows), plain(wanted), `rows of ${JSON.stringify(query)}`);
}

function isWanted(
  row: Row,
  { kind, status, tags = [], labels = {}, parent, since, until }: RowQuery,
): boolean {
  const checks = [
    kind === undefined || row.kind === kind,
    status === undefined || row.status === status,
    parent === undefined || row.parent === parent,
    since === undefined || row.at >= since,
    until === undefined || row.at < until,
    tags.every((tag) => row.tags.includes(tag)),
    Object.keys(labels).every((name) => row.labels[name] === labels[name]),
  ];
  return checks.every(Boolean);
}

async function assertDue(journal: Journal, model: Model): Promise<void> {
  const all = await journal.due();
  await assertDueOf(journal, model, {}, () => true);
  const middle = all[Math.floor(all.length / 2)]?.at ?? start;
  await assertDueOf(journal, model, { until: middle }, ({ at }) => at <= middle);
  const even = Array.from({ length: shards / 2 }, (_, i) => 2 * i);
  await assertDueOf(journal, model, { shards: even }, ({ address }) => shardOf(address) % 2 === 0);
  await assertDueOf(journal, model, { shards: [] }, () => false);
  assert.deepEqual(
    plain(await journal.due({ limit: 3 })),
    plain(all.slice(0, 3)),
    'the first three that are due',
  );
}

async function assertDueOf(
  journal: Journal,
  model: Model,
  query: DueQuery,
  selects: (due: Due) => boolean,
): Promise<void> {
  assert.deepEqual(
    plain(await journal.due(query)),
    plain(model.due(selects)),
    `due in ${JSON.stringify(query)}`,
  );
}

async function assertUsage(journal: Journal, model: Model, since: number, until: number): Promise<void> {
  const byName = (entries: readonly { hour: number; key: readonly string[] }[]): string[] =>
    entries.map((entry) => JSON.stringify(plain(entry))).toSorted((a, b) => (a < b ? -1 : 1));
  const wanted = model.usage(since, until).map(({ hour: h, key, counts }) => ({ hour: h, key, counts }));
  const found = (await journal.usage(since, until)).map(({ hour: h, key, counts }) => ({
    hour: h,
    key,
    counts,
  }));
  assert.deepEqual(byName(found), byName(wanted), `usage from hour ${since} to ${until}`);
}

/** J9: from the beginning, every commit that is left, and of each actor in order. */
async function assertTail(journal: Journal, model: Model): Promise<void> {
  const given = new Map<Address, Map<number, Commit>>();
  for (let cursor: string | undefined, end = false; !end;) {
    const page = await journal.tail(cursor, 100);
    for (const commit of page.commits) {
      const seen = given.get(commit.address) ?? new Map<number, Commit>();
      given.set(commit.address, seen);
      if (!seen.has(commit.seq)) seen.set(commit.seq, commit);
    }
    assert.ok(page.end || page.cursor !== cursor, 'the tail goes on');
    ({ cursor, end } = page);
  }
  for (const { address, commits, historyTo, bodiesTo } of model.told.values()) {
    const wanted = commits.filter(({ to }) => to > historyTo).map((commit) => written(commit, bodiesTo));
    assert.deepEqual(
      [...(given.get(address)?.values() ?? [])].map(shown),
      wanted,
      `the tail gives ${address}`,
    );
  }
}

/** Without keys that stand for nothing. */
export function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
