/**
 * Repaints (W8): a fresh terminal that is fed one is like the one it was made from, now and for what follows.
 */
import { describe, expect, test } from 'vitest';
import { Emulator } from '../../../runtime/ptySession/emulator.ts';
import { repaintOf } from '../../../runtime/ptySession/repaint.ts';
import { screenOf } from '../../../runtime/ptySession/screenOf.ts';
import { fixtures, recorded } from './kit.ts';
import type { Recorded } from './kit.ts';

const size = { cols: 20, rows: 6 };
/** As the fixtures begin. */
const large = { cols: 80, rows: 24 };

async function after(bytes: string | Uint8Array, given = size): Promise<Emulator> {
  const emulator = await Emulator.open(given);
  await emulator.feed(Buffer.from(bytes));
  return emulator;
}

/** Everything that can be told of a terminal. */
function all(emulator: Emulator): unknown {
  const { charsets, cursorStyle, active, size: now } = emulator;
  const cursor = [active.cells.cursorX, active.cells.cursorY, active.cells.length];
  const { margins, saved, tabs } = active;
  return {
    ...screenOf(emulator, 0, { cells: false }),
    inside: [charsets, cursorStyle, cursor, margins, saved.x, saved.y, tabs.filter((at) => at < now.cols)],
    colours: [...emulator.palette.colours],
    open: [...emulator.open],
  };
}

async function expectSame(emulator: Emulator, rest: string): Promise<void> {
  const copy = await after(repaintOf(emulator), emulator.size);
  expect(all(copy)).toEqual(all(emulator));
  for (const one of [emulator, copy]) await one.feed(Buffer.from(rest));
  expect(all(copy)).toEqual(all(emulator));
}

/** What shows it when the pen, margins, sets or modes are not the same. */
const probe = 'q\u001b[2;2Hprobe\tx\r\n\n\n\n\n\n\u001b8y\u001b[?1049lz\u001b[?47lw\u001b[Av';

describe('a repaint and what follows give the same', () => {
  test.each([
    ['nothing', ''],
    ['text', 'one\r\ntwo'],
    ['lines that scrolled off', Array.from({ length: 30 }, (_, i) => `line ${i}\r\n`).join('')],
    ['wrapped lines', 'a'.repeat(50)],
    ['a wrapped line with looks', `\u001b[7m${'a'.repeat(25)}\u001b[0m${'b'.repeat(25)}`],
    ['wide characters at the edge', `${'x'.repeat(19)}日本`],
    ['a full line, the cursor behind it', 'x'.repeat(20)],
    ['a full line that ends wide', `${'x'.repeat(18)}日`],
    ['combined characters', 'e\u0301a\u0308'],
    ['colours', '\u001b[31;44mred\u001b[1;92mgreen\u001b[38;5;200mp\u001b[48;2;1;2;3mq'],
    ['styles', '\u001b[1;2;3;4;5;7;8;9;53mall\u001b[0m\u001b[4:3mcurly'],
    ['a pen that is not plain', 'text\u001b[1;35;42m'],
    ['erased with a background', '\u001b[41m\u001b[2J\u001b[3;5Hx\u001b[K\u001b[0m'],
    ['holes', 'a\u001b[5Cb\u001b[2;3Hc'],
    ['margins', '\u001b[2;4r\u001b[3;1Hx'],
    ['margins and origin mode', '\u001b[2;4r\u001b[?6h\u001b[2;3Hx'],
    ['a saved cursor', '\u001b[3;4H\u001b[31m\u001b7\u001b[0m\u001b[Habc'],
    ['tab stops', '\u001b[3g\u001b[5G\u001bH\u001b[1G'],
    ['line drawing', '\u001b(0lqk'],
    ['line drawing in G1', '\u001b)0\u000elqk'],
    ['insert mode', 'abc\u001b[4h\r'],
    ['no wrapping', `\u001b[?7l${'x'.repeat(30)}`],
    ['modes', '\u001b[?1h\u001b=\u001b[?2004h\u001b[?1004h\u001b[?25l\u001b[?45h'],
    ['mouse modes', '\u001b[?1002h\u001b[?1006h'],
    ['any mouse, in pixels', '\u001b[?1003h\u001b[?1016h'],
    ['the shape of the cursor', '\u001b[5 q'],
    ['a title', '\u001b]0;vim: a file\u0007'],
    ['colours of its own', '\u001b]4;1;#ff0000\u0007\u001b]10;white\u001b\\\u001b]11;rgb:00/11/22\u0007'],
    ['the alternate buffer', 'shell$ vi\r\n\u001b[?1049h\u001b[Hfile\u001b[6;1H:'],
    ['the alternate buffer, margins in both', '\u001b[2;4rshell\u001b[?1049h\u001b[1;5r\u001b[3;3Hx'],
    ['back from the alternate buffer', 'shell\u001b[?1049hvim\u001b[?1049l$ '],
    ['the beginning of a sequence', 'a\u001b[3'],
    ['the beginning of a title', 'a\u001b]2;half a ti'],
    ['the beginning of a character', Buffer.from('日').subarray(0, 2)],
  ] as const)('%s', async (_, bytes) => {
    for (const rest of [probe, '1mx', '\u0007x', Buffer.from([0xa5]).toString('latin1')]) {
      await expectSame(await after(bytes), rest);
    }
  });
});

test('the rest of a character that was split is shown as it', async () => {
  const bytes = Buffer.from('日本');
  const copy = await after(repaintOf(await after(bytes.subarray(0, 4))));
  await copy.feed(bytes.subarray(4));
  expect(screenOf(copy, 0).lines[0]).toBe('日本');
});

async function feed(emulator: Emulator, { output, resize }: Recorded): Promise<void> {
  if (output !== undefined) await emulator.feed(Buffer.from(output, 'base64'));
  if (resize !== undefined) emulator.resize(...resize);
}

test.each(fixtures)('%s: from every fact on, a repaint and the rest show the same', async (name) => {
  const facts = recorded(name);
  const [emulator, whole] = [await after('', large), await after('', large)];
  for (const fact of facts) await feed(whole, fact);
  for (const [i, fact] of facts.entries()) {
    await feed(emulator, fact);
    const copy = await after(repaintOf(emulator), emulator.size);
    expect(all(copy)).toEqual(all(emulator));
    for (const later of facts.slice(i + 1)) await feed(copy, later);
    expect(screenOf(copy, 0)).toEqual(screenOf(whole, 0));
    copy.dispose();
  }
});

test.each(fixtures)('%s: cut at any byte, a repaint and the rest show the same', async (name) => {
  const outputs = recorded(name).flatMap(({ output }) => (output === undefined ? [] : [output]));
  const bytes = Buffer.concat(outputs.map((output) => Buffer.from(output, 'base64')));
  const whole = screenOf(await after(bytes, large), 0);
  // A prime, so that cuts fall on every part of a sequence.
  for (let cut = 1; cut < bytes.length; cut += 211) {
    const copy = await after(repaintOf(await after(bytes.subarray(0, cut), large)), large);
    await copy.feed(bytes.subarray(cut));
    expect(screenOf(copy, 0), `cut at ${cut}`).toEqual(whole);
    copy.dispose();
  }
});
