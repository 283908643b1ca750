/** A PTY in the inspector: what its terminal showed, at any moment of its history. */
import { describe, expect, test, vi } from 'vitest';
import { openServed } from '../http/served.ts';
import { hasBrowser, openPage } from './browser.ts';

// A shell and a browser start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

/** Programs for the browser are texts: the tests know no DOM. */
const lines = `Array.from(document.querySelectorAll('.glass .line'), (line) => line.textContent.trimEnd())`;
const colour = `getComputedStyle(Array.from(document.querySelectorAll('.glass span'))
  .find((span) => span.textContent === 'red')).color`;

describe.skipIf(!hasBrowser)('the screen', () => {
  test('is the one of the chosen moment, with its colours', async () => {
    const { troupe, server } = await openServed();
    const pty = troupe.pty('one');
    const program = 'printf "first\\n"; read a; printf "\\033[38;2;200;10;20mred\\033[0m $a"; read b';
    await pty.open({ command: 'sh', args: ['-c', program], cols: 40, rows: 6 });
    const before = await pty.waitFor({ text: 'first' });
    await pty.write('yes\n');
    const after = await pty.waitFor({ text: 'red yes' });
    const { page, complaints } = await openPage(`${server.url}/inspector#pty/one@${after.seq}`);
    await page.waitForSelector(`.glass[data-seq="${after.seq}"]`);
    const shown = await page.evaluate<string[]>(lines);
    expect(shown).toEqual(after.lines);
    expect(shown).toContain('red yes');
    expect(await page.evaluate<string>(colour)).toBe('rgb(200, 10, 20)');
    await page.goto(`${server.url}/inspector#pty/one@${before.seq}`);
    await page.waitForSelector(`.glass[data-seq="${before.seq}"]`);
    expect(await page.evaluate<string[]>(lines)).toEqual(before.lines);
    // Its chart is beside it.
    await page.click('.views button:text-is("Chart")');
    await page.waitForSelector('.picture g.active');
    expect(new URL(page.url()).hash).toBe(`#pty/one@${before.seq}?view=chart`);
    expect(complaints).toEqual([]);
    await pty.close();
  });
});
