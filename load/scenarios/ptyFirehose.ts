/**
 * Sessions print as fast as their terminals take it, watched by readers, slow ones among them, while in
 * another session somebody works. Each byte that was printed is recorded, in its place; each reader was
 * told each byte, or by a reset that it was let go.
 */
import assert from 'node:assert/strict';
import { figure, scaled } from '../scenario.ts';
import type { Ran, Scenario, Span } from '../scenario.ts';
import type { HttpClient } from '../site/httpClient.ts';
import { lineBytes, printedBy, printer } from '../site/printing.ts';
import type { Recorded, Site } from '../site/site.ts';
import { SseReader } from '../site/sseReader.ts';
import { assertPrinted, TerminalEar } from '../site/terminalEar.ts';

const sessions = 20;
/** Of each session, a second of the scenario. */
const bytesPerSecond = 1_000_000;
const quick = {} as const;
const slow = { slowMs: 250, maxBytes: 128 * 1024 } as const;
/** Who watches a session. */
const audience = [quick, quick, slow] as const;

export const ptyFirehose: Scenario = {
  name: 'ptyFirehose',
  question: 'Does what many terminals print at once become durable, and reach who watches?',
  settings: () => ({ launch: true }),
  run,
};

interface Watcher {
  readonly reader: SseReader<TerminalEar>;
  readonly isSlow: boolean;
  readonly ended: Promise<void>;
}

/** One session and who watches it. */
interface Screen {
  readonly id: string;
  readonly watchers: readonly Watcher[];
}

async function run(site: Site, span: Span): Promise<Ran> {
  const { http } = site;
  const lines = Math.ceil((bytesPerSecond * span.seconds) / lineBytes);
  const printed = printedBy(lines);
  const openMs: number[] = [];
  const screens: Screen[] = [];
  for (let i = 0; i < scaled(sessions, span); i++) {
    const start = performance.now();
    await posted(http, `hose-${i}/open`, printer(lines));
    openMs.push(performance.now() - start);
    screens.push(await watched(http, `hose-${i}`, printed));
  }
  await posted(http, 'quiet/open', { shell: 'sh', env: { PS1: '$ ' } });
  const watchers = screens.flatMap((screen) => screen.watchers);
  // Who has had its first words is live from then on.
  await Promise.all(watchers.map(async ({ reader }) => reader.ear.began));
  span.progress(`${screens.length} sessions print ${printed.length} bytes each`);
  const start = performance.now();
  for (const { id } of screens) await posted(http, `${id}/input`, { text: '\n' });
  const beside = new Beside(http);
  const told = endOf(watchers.filter(({ isSlow }) => !isSlow)).finally(() => beside.leave());
  await Promise.all([told, beside.work()]);
  const seconds = (performance.now() - start) / 1000;
  await endOf(watchers);
  await posted(http, 'quiet/close', {});
  const heard = watchers.reduce((sum, { reader }) => sum + reader.ear.heard, 0);
  return {
    figures: [
      figure('sessions', screens.length, ''),
      figure('printed, recorded and streamed', (screens.length * printed.length) / 1e6 / seconds, ' MB/s'),
      figure('told to readers', heard / 1e6, ' MB'),
      figure('resets of slow readers', resetsOf(watchers.filter(({ isSlow }) => isSlow)), ''),
      figure('resets of the others', resetsOf(watchers.filter(({ isSlow }) => !isSlow)), ''),
    ],
    latencies: [
      { name: 'open a session', ms: openMs },
      { name: 'a waited command beside them', ms: beside.ms },
    ],
    check: async (recorded) => checked(recorded, screens, printed),
  };
}

async function watched(http: HttpClient, id: string, printed: Uint8Array): Promise<Screen> {
  const watchers = audience.map(async (manner): Promise<Watcher> => {
    const reader = new SseReader(http, `pty/${id}`, new TerminalEar(printed), manner);
    const { ended } = await reader.open();
    return { reader, isSlow: manner === slow, ended };
  });
  return { id, watchers: await Promise.all(watchers) };
}

async function endOf(watchers: readonly Watcher[]): Promise<unknown> {
  return Promise.all(watchers.map(async ({ ended }) => ended));
}

function resetsOf(watchers: readonly Watcher[]): number {
  return watchers.reduce((sum, { reader }) => sum + reader.resets, 0);
}

async function posted(http: HttpClient, place: string, body: object): Promise<void> {
  const { status, body: told } = await http.post(`/v1/ptys/${place}`, body);
  assert(status < 300, `${place}: ${told}`);
}

/** Somebody who works in a session of their own, one command after the other. */
class Beside {
  readonly ms: number[] = [];
  readonly #http: HttpClient;
  #isOver = false;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  leave(): void {
    this.#isOver = true;
  }

  async work(): Promise<void> {
    do {
      const start = performance.now();
      const { body } = await this.#http.post('/v1/ptys/quiet/commands', { command: 'true' });
      this.ms.push(performance.now() - start);
      assert.equal((JSON.parse(body) as { outcome?: string }).outcome, 'completed', body);
    } while (!this.#isOver);
  }
}

/** Bytes printed = bytes recorded, and of each reader = bytes told + bytes let go. */
async function checked(recorded: Recorded, screens: readonly Screen[], printed: Buffer): Promise<string[]> {
  let letGo = 0;
  for (const { id, watchers } of screens) {
    const places = await recordedOf(recorded, id, printed);
    for (const { ear } of watchers.map(({ reader }) => reader)) {
      const missed = ear.missed.map(([from, to]) => (places[to] ?? 0) - (places[from - 1] ?? 0));
      const untold = missed.reduce((sum, bytes) => sum + bytes, 0);
      assert.equal(ear.heard + untold, printed.length, `a reader of ${id} was told of every byte`);
      letGo += untold;
    }
  }
  const all = screens.length * printed.length;
  const count = screens.flatMap(({ watchers }) => watchers).length;
  return [
    `${all} bytes were printed by ${screens.length} sessions and are recorded, each in its place`,
    `${count} readers were told each byte, or by a reset that it was let go (${letGo} bytes)`,
  ];
}

/** How many bytes are recorded up to each fact. */
async function recordedOf(recorded: Recorded, id: string, printed: Buffer): Promise<number[]> {
  const session = recorded.pty(id);
  const places = [0];
  let [seq, place] = [0, 0];
  for await (const { seq: at, event } of session.history()) {
    assert.equal(at, ++seq, `${id} has no hole`);
    if (event.type === 'pty.output') {
      assert.equal(event.offset, place, `an output of ${id} follows the one before`);
      assertPrinted(printed, place, event.bytes);
      place += event.bytes.length;
    }
    places[seq] = place;
  }
  assert.equal(place, printed.length, `all that ${id} printed is recorded`);
  assert.equal((await session.digest()).digest.output.bytes, place, `its digest tells of all of it`);
  return places;
}
