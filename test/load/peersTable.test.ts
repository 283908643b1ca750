/** What the page says of peers is computed from the run: figures by hand, and the sentences they make. */
import { expect, test } from 'vitest';
import { roster } from '../../load/beside/roster.ts';
import { reportOf } from '../../load/beside/table.ts';
import type { Measured } from '../../load/beside/table.ts';

const rates: Readonly<Record<string, readonly number[]>> = {
  troupe: [30_000, 40_000, 50_000],
  troupeFew: [9000, 10_000, 12_000],
  floor: [150_000, 150_000, 150_000],
};

/** Without what has to be installed, but for one stand-in of a rival. */
function measured(names: readonly string[]): Measured {
  const rival = { ...roster[1]!, name: 'rival', title: 'A rival', needs: [], inFlight: 7, isRival: true };
  const peers = [...roster, rival].filter(({ name }) => names.includes(name));
  return new Map(
    peers.map((peer) => [peer, { rates: rates[peer.name] ?? [2000, 2000, 2000], p50: [1], p99: [2] }]),
  );
}

test('what Troupe with one in flight an actor is beside the best rival is told', () => {
  const { settings, goals } = reportOf(measured(['troupe', 'troupeFew', 'floor', 'rival']), {
    rounds: 3,
    postgres: undefined,
  });
  expect(settings).toContain(
    'With one in flight an actor, 100 in all, Troupe is 5.00 × the best peer, A rival with 7 in flight ' +
      '(4.50 – 6.00 ×); the goal compares each with as many in flight as it makes good use of.',
  );
  // The bound is 20: forty thousand beside two thousand.
  expect(goals[0]).toMatchObject({ measured: '20.00 × (A rival)', met: true });
});

test('without a rival nothing is said of one', () => {
  const { settings } = reportOf(measured(['troupe', 'troupeFew', 'floor']), {
    rounds: 3,
    postgres: undefined,
  });
  expect(settings.join(' ')).not.toContain('best peer');
});

test('the other benchmark of SQLite is not mistaken for this one', () => {
  const { settings } = reportOf(measured(['troupe']), { rounds: 3, postgres: undefined });
  expect(settings.join(' ')).toMatch(/another driver and another load in bench hostSqlite: node:sqlite/);
});
