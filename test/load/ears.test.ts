/** What readers hear: nothing is lost, doubled or other than it was, without their saying so. */
import { expect, test } from 'vitest';
import { pieceOf } from '../../load/site/pieces.ts';
import { lineBytes, printedBy, printer } from '../../load/site/printing.ts';
import { SpeakerEar } from '../../load/site/speakerEar.ts';
import { TerminalEar } from '../../load/site/terminalEar.ts';

const delta = (text: string): { type: string; text: string } => ({ type: 'delta', text });

test('behind a reset a speaker is heard from its next piece on', async () => {
  const ear = new SpeakerEar();
  ear.hear(delta(pieceOf(1, 0)));
  await ear.miss(3, 4);
  ear.hear(delta(pieceOf(7, 0)));
  expect(ear.listener).toMatchObject({ last: 7, heard: 2 });
});

test('what a reset let go is heard where it is read up; a piece missing there is an error', async () => {
  const readUp = (...numbers: number[]) =>
    async function* (from: number, to: number) {
      expect([from, to]).toEqual([3, 4]);
      for (const n of numbers) yield delta(pieceOf(n, 0));
    };
  const ear = new SpeakerEar(readUp(2, 3));
  ear.hear(delta(pieceOf(1, 0)));
  await ear.miss(3, 4);
  ear.hear(delta(pieceOf(4, 0)));
  expect(ear.listener).toMatchObject({ last: 4, heard: 4 });
  const deaf = new SpeakerEar(readUp(3));
  deaf.hear(delta(pieceOf(1, 0)));
  await expect(deaf.miss(3, 4)).rejects.toThrow('none is lost or doubled');
});

const printed = printedBy(3);
const output = (from: number, to: number, bytes = printed.subarray(from, to)) => {
  return { type: 'pty.output', offset: from, bytes: { $bytes: bytes.toString('base64') } };
};

test('a printer prints lines of a hundred bytes, as its text says', () => {
  expect(printed.length).toBe('ready\r\n'.length + 3 * lineBytes);
  expect(printed.toString().split('\r\n')[3]).toMatch(/^00000003 what a build says/);
  expect(JSON.stringify(printer(3))).toContain('n <= 3');
});

test('each byte of a terminal is heard in its place', () => {
  const ear = new TerminalEar(printed);
  ear.hear(output(0, 7));
  ear.hear({ type: 'pty.prompt' });
  ear.hear(output(7, 300));
  expect(ear.heard).toBe(300);
});

test('a byte that is lost, doubled or another one is an error', () => {
  const begun = (): TerminalEar => {
    const ear = new TerminalEar(printed);
    ear.hear(output(0, 100));
    return ear;
  };
  expect(() => begun().hear(output(101, 110))).toThrow('follows the one before');
  expect(() => begun().hear(output(99, 110))).toThrow('follows the one before');
  expect(() => begun().hear(output(100, 110, printed.subarray(101, 111)))).toThrow('what was printed there');
  expect(() => begun().hear(output(300, 400))).toThrow('follows the one before');
});

test('behind a reset a terminal is heard wherever that is, and nothing else than was printed there', () => {
  const ear = new TerminalEar(printed);
  ear.miss(3, 9);
  ear.hear(output(200, 207));
  expect([ear.heard, ear.missed]).toEqual([7, [[3, 9]]]);
  expect(() => ear.hear(output(207, 210, Buffer.from('abc')))).toThrow('what was printed there');
});
