/**
 * `troupe ls`: rows of actors.
 */
import { columnsOf, shown } from '../output.ts';
import { rowsOf } from '../rows.ts';
import type { PlainRow } from '../rows.ts';
import { labelFlag, labelsIn } from '../labels.ts';
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';

const limitDefault = 50;

export const ls: Verb = {
  name: 'ls',
  summary: 'list actors, newest first',
  args: '',
  flags: {
    ...reachFlags,
    kind: { type: 'text', value: 'KIND', short: 'k', about: 'only of this kind' },
    status: { type: 'text', value: 'S', about: 'live, sealed or quarantined' },
    tag: { type: 'texts', value: 'TAG', about: 'only with this tag' },
    label: labelFlag('only with this label'),
    parent: { type: 'text', value: 'ADDRESS', about: 'only children of this one' },
    oldest: { type: 'switch', about: 'oldest first' },
    limit: { type: 'whole', value: 'N', short: 'n', about: `at most so many (${limitDefault})` },
  },
  examples: [
    ['troupe ls --status live', 'what is at work'],
    ['troupe ls --kind run --label team=core -n 10', 'the newest runs of a team'],
    ['troupe ls --json | jq -r .address', 'addresses, for scripts'],
  ],
  run: async ({ given, out, way }) => {
    const labels = Object.entries(labelsIn(given.texts('label')));
    const rows = rowsOf(await way(), {
      kind: given.text('kind'),
      status: given.text('status'),
      tags: given.texts('tag'),
      parent: given.text('parent'),
      order: given.is('oldest') ? 'oldest' : undefined,
      limit: given.whole('limit') ?? limitDefault,
      ...Object.fromEntries(labels.map(([name, value]) => [`labels[${name}]`, value])),
    });
    const listed: PlainRow[] = [];
    for await (const row of rows) {
      if (out.isJson) await out.line(JSON.stringify(row));
      else listed.push(row);
    }
    const cells = listed.map(({ address, status, tags, state, seq, title = '' }) => [
      address,
      status,
      (tags.length > 0 ? tags : state).join(' '),
      `#${seq}`,
      shown(title),
    ]);
    for (const line of columnsOf(cells)) await out.line(line);
    if (!out.isJson && listed.length === 0) out.note('No actors.');
    return undefined;
  },
};
