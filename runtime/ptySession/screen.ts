/**
 * Screens of sessions, from their facts (W1). Nobody pays before a screen is asked for; then a player is kept
 * for the session, and the next call feeds it only what is new. Players are few and the least recently used
 * goes, leaving a repaint (a checkpoint) behind; so do looks back (`at`) find one on the way.
 */
import { TroupeError } from '../../actors/troupeError.ts';
import { assertNames } from '../invalidOption.ts';
import { Checkpoints } from './checkpoints.ts';
import { emulatorsMax, rememberedMax } from './limits.ts';
import { Player } from './player.ts';
import type { Checkpoint } from './player.ts';
import type { Screen, ScreenOptions } from './screenOf.ts';
import type { SessionHistory } from './sessionFacts.ts';

/** Which moment of a session is looked at. */
export interface LookOptions extends ScreenOptions {
  /** The seq of a fact: the screen as it was after that one. */
  readonly at?: number;
}

const names: Record<keyof LookOptions, true> = { at: true, cells: true };

/** What is kept of one session. */
interface Kept {
  readonly checkpoints: Checkpoints;
  player: Player | undefined;
  /** One after the other: a player is fed by one caller at a time. */
  turn: Promise<unknown>;
  users: number;
}

/** One of these serves all sessions of a runtime. */
export class Screens {
  /** The least recently used first. */
  readonly #kept = new Map<string, Kept>();

  /** As it is shown after all that is recorded; with `at`, as it was after that fact. */
  async screen(session: SessionHistory, options: LookOptions = {}): Promise<Screen> {
    assertNames('screen', options, names);
    const { at } = options;
    return this.#played(session, at, (player) => player.screen(options));
  }

  /** The same as a checkpoint: a client's repaint, a waiter's beginning. */
  async checkpoint(session: SessionHistory, at?: number): Promise<Checkpoint> {
    return this.#played(session, at, (player) => player.checkpoint());
  }

  /** Lets go of everything; what is asked for later is played anew. */
  close(): void {
    for (const { player } of this.#kept.values()) player?.dispose();
    this.#kept.clear();
  }

  async #played<T>(session: SessionHistory, at: number | undefined, look: (player: Player) => T): Promise<T> {
    const kept = this.#keptOf(session.address);
    kept.users++;
    const turn = kept.turn.then(async () => this.#look(session, kept, at, look));
    // The next one does not care how this one ended.
    kept.turn = turn.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await turn;
    } finally {
      kept.users--;
      this.#bound();
    }
  }

  async #look<T>(
    session: SessionHistory,
    kept: Kept,
    at: number | undefined,
    look: (player: Player) => T,
  ): Promise<T> {
    const isBack = at !== undefined && at < (kept.player?.seq ?? 0);
    const player = isBack
      ? await Player.open(kept.checkpoints.before(at))
      : (kept.player ?? (await Player.open(kept.checkpoints.before(at ?? Infinity))));
    // A player that failed on its way is not used again: nobody knows what it has seen.
    if (!isBack) kept.player = undefined;
    try {
      await playTo(session, player, at, kept.checkpoints);
      const seen = look(player);
      if (!isBack) kept.player = player;
      return seen;
    } finally {
      if (kept.player !== player) player.dispose();
    }
  }

  #keptOf(address: string): Kept {
    const kept = this.#kept.get(address) ?? {
      checkpoints: new Checkpoints(),
      player: undefined,
      turn: Promise.resolve(),
      users: 0,
    };
    this.#kept.delete(address);
    this.#kept.set(address, kept);
    return kept;
  }

  #bound(): void {
    let emulators = [...this.#kept.values()].filter(({ player }) => player !== undefined).length;
    for (const [address, kept] of this.#kept) {
      const { player, users, checkpoints } = kept;
      if (users > 0) continue;
      if (player !== undefined && emulators > emulatorsMax) {
        checkpoints.add(player.checkpoint());
        player.dispose();
        kept.player = undefined;
        emulators--;
      }
      if (this.#kept.size > rememberedMax) {
        kept.player?.dispose();
        this.#kept.delete(address);
      }
    }
  }
}

/** Feeds it everything up to the fact `at`, or all there is; leaves checkpoints on the way. */
async function playTo(
  session: SessionHistory,
  player: Player,
  at: number | undefined,
  checkpoints: Checkpoints,
): Promise<void> {
  const range = { after: player.seq, ...(at !== undefined && { before: at + 1 }) };
  for await (const fact of session.history(range)) {
    await player.play(fact);
    if (checkpoints.isDue(player.bytes)) checkpoints.add(player.checkpoint());
  }
  await player.settle();
  if (at !== undefined && player.seq < at) {
    const text = `${session.address} has facts 1 to ${player.seq}: there is no screen at ${at} yet.`;
    throw new TroupeError('NOT_FOUND', text, { address: session.address, last: player.seq });
  }
}
