/**
 * An actor as one file that opens in the inspector's page without a server: what its reader may read, at
 * this moment.
 */
import { Type } from 'typebox';
import { bundleHtml } from '../../inspector/bundle/bundleHtml.ts';
import { bundledOf } from '../../inspector/bundle/bundledOf.ts';
import type { Beside } from '../../inspector/bundle/bundledActor.ts';
import type { Budget } from '../../inspector/bundle/budget.ts';
import { factsDefault, factsMax } from '../../inspector/bundle/limits.ts';
import { screensOf } from '../../inspector/bundle/screensOf.ts';
import type { Row, Snapshot } from '../../inspector/page/told.ts';
import { historyOf, notFound } from '../../history.ts';
import { listedOf } from '../../list.ts';
import type { Opened } from '../../opened.ts';
import { nothingShown } from '../../ptySession/player.ts';
import type { Range } from '../../../storage/journal.ts';
import type { WireSnapshot } from '../../protocol.ts';
import { snapshotOf } from '../../snapshot.ts';
import { askingAs } from '../asking.ts';
import { plain } from '../plain.ts';
import { refOf, visible } from '../reach.ts';
import { route } from '../route.ts';
import type { AnyRoute } from '../route.ts';

export const bundleActor: AnyRoute = route({
  name: 'bundleActor',
  method: 'GET',
  path: '/v1/actors/{kind}/{id}/bundle.html',
  summary: 'An actor and its children as one page that needs no server: of their last `facts`',
  needs: 'read',
  query: Type.Object({ facts: Type.Optional(Type.Integer({ minimum: 1, maximum: factsMax })) }),
  answers: { 200: { content: 'text/html', about: 'A page, to be saved as a file' } },
  run: async (call) => {
    const { facts = factsDefault } = call.query;
    const { opened, address } = await visible(call, refOf(call));
    const standing = await opened.journal.last(address);
    if (standing === undefined) throw notFound(address);
    const bundled = await bundledOf({
      ask: askingAs(call),
      // As lists tell it.
      row: plain(listedOf(standing.row, opened.quarantine)) as Row,
      besideOf: (of, budget) => besideOf(opened, of, budget),
      facts,
      now: opened.plan.now(),
      signal: call.incoming.gone(),
    });
    return {
      status: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        // It is for a place of its own: here its programs would be this server's.
        'content-disposition': 'attachment; filename="bundle.html"',
        'content-security-policy': 'sandbox',
        'x-content-type-options': 'nosniff',
      },
      body: bundleHtml(bundled),
    };
  },
});

/** As the API tells it. */
function jsonOf(standing: object): Snapshot {
  return JSON.parse(JSON.stringify(plain({ ...standing, matches: undefined }))) as Snapshot;
}

function besideOf({ journal, looks, router }: Opened, address: string, budget: Budget): Beside {
  return {
    commits: async (from, to) => {
      const ends: (readonly [number, number])[] = [];
      let range: Range | undefined = { after: from - 1, before: to + 1 };
      while (range !== undefined) {
        const { commits, next } = await journal.read(address, range);
        ends.push(...commits.map((commit) => [commit.to, commit.at] as const));
        range = next;
      }
      return ends;
    },
    snapshots: async (from, to) => {
      const request = { op: 'snapshots' as const, address, from, to };
      // As protocol.ts has it.
      const told = (await router.ask(router.linkOf(address), request)) as readonly WireSnapshot[];
      return new Map(told.map((wire) => [wire.seq, jsonOf(snapshotOf(wire))]));
    },
    screens: async (from, to) => {
      const session = { address, history: (options?: object) => historyOf(journal, address, options) };
      const start = from === 1 ? nothingShown : await looks.screens.checkpoint(session, from - 1);
      return screensOf(start, session.history({ after: from - 1, before: to + 1 }), budget);
    },
  };
}
