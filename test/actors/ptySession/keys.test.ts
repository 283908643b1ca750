/** Keys, pastes and commands as the text that is typed. */
import { describe, expect, test } from 'vitest';
import { commandLine, commandWithSentinel, lineBytesMax } from '../../../actors/ptySession/commandLine.ts';
import { keys } from '../../../actors/ptySession/keys.ts';
import { paste } from '../../../actors/ptySession/paste.ts';

const esc = '\u001B';

describe('keys', () => {
  test.each([
    ['Ctrl+C', '\u0003'],
    ['ctrl+c', '\u0003'],
    ['Ctrl+D', '\u0004'],
    ['Ctrl+[', esc],
    ['Ctrl+Space', '\u0000'],
    ['Ctrl+_', '\u001F'],
    ['Ctrl+Backspace', '\b'],
    ['Alt+x', `${esc}x`],
    ['Alt+X', `${esc}X`],
    ['Shift+x', 'X'],
    ['Ctrl+Alt+x', `${esc}\u0018`],
    ['Enter', '\r'],
    ['Alt+Enter', `${esc}\r`],
    ['Tab', '\t'],
    ['Shift+Tab', `${esc}[Z`],
    ['Escape', esc],
    ['Backspace', '\u007F'],
    ['Space', ' '],
    ['+', '+'],
    ['Ctrl+Plus', undefined],
    ['é', 'é'],
    ['🙂', '🙂'],
    ['Up', `${esc}[A`],
    ['Left', `${esc}[D`],
    ['Home', `${esc}[H`],
    ['Ctrl+Right', `${esc}[1;5C`],
    ['Shift+Up', `${esc}[1;2A`],
    ['Alt+Shift+End', `${esc}[1;4F`],
    ['F1', `${esc}OP`],
    ['Shift+F1', `${esc}[1;2P`],
    ['F5', `${esc}[15~`],
    ['Ctrl+F12', `${esc}[24;5~`],
    ['Delete', `${esc}[3~`],
    ['PageDown', `${esc}[6~`],
    ['Ctrl+PageUp', `${esc}[5;5~`],
    ['F13', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
    ['Hyper+x', undefined],
    ['Ctrl+', undefined],
    ['', undefined],
  ])('%s', (name, text) => {
    if (text === undefined) expect(() => keys([name])).toThrow(/is no key/);
    else expect(keys([name])).toBe(text);
  });

  test('in a row are typed in order', () => {
    expect(keys(['Ctrl+C', 'Up', 'F5'])).toBe(`\u0003${esc}[A${esc}[15~`);
  });

  test('of the cursor follow the application, unless something is held', () => {
    const modes = { applicationCursor: true };
    expect(keys(['Up', 'End', 'Ctrl+Up', 'Delete'], modes)).toBe(`${esc}OA${esc}OF${esc}[1;5A${esc}[3~`);
  });
});

describe('a paste', () => {
  test('ends its lines like the Enter key', () => {
    expect(paste('a\nb\r\nc\r', false)).toBe('a\rb\rc\r');
  });

  test('is bracketed if the application asked for it', () => {
    expect(paste('a\nb', true)).toBe(`${esc}[200~a\rb${esc}[201~`);
  });

  test('cannot end itself', () => {
    const sly = `a${esc}[201~rm -rf\n${esc}[20${esc}[201~1~b`;
    expect(paste(sly, true)).toBe(`${esc}[200~arm -rf\rb${esc}[201~`);
  });
});

describe('a command', () => {
  test('is typed with its line end', () => {
    expect(commandLine('ls')).toBe('ls\n');
    expect(commandLine('a\nb')).toBe('a\nb\n');
  });

  test('is refused if one of its lines would be cut', () => {
    expect(commandLine('x'.repeat(lineBytesMax - 1))).toHaveLength(lineBytesMax);
    expect(commandLine(`${'x'.repeat(4000)}\n${'y'.repeat(4000)}`)).toHaveLength(8002);
    for (const long of ['x'.repeat(lineBytesMax), 'é'.repeat(2048)]) {
      expect(() => commandLine(long)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
    }
  });

  test('carries a sentinel on a line of its own, whose echo is no marker', () => {
    const typed = commandWithSentinel('make', 'Ab12', 'cmd7');
    expect(typed).toBe("make\n (s=$?;printf '\\033]7737;Ab12;E;cmd7;%s\\007' $s;exit $s)\n");
    expect(typed).not.toContain(esc);
  });
});
