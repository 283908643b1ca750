/**
 * docs/ERRORS.md and the codes in the code say the same, in both directions, retryability included.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../../actors/troupeError.ts';

interface Section {
  readonly code: string;
  readonly retryable: boolean;
}

/** The codes a page documents: a heading each, then `Retryable.` or `Not retryable.` and the advice. */
function sectionsOf(page: string): readonly Section[] {
  const section = /^### (?<code>\w+)\n\n(?<verdict>Retryable|Not retryable)\. \S/gm;
  return [...page.matchAll(section)]
    .map(({ groups }) => ({ code: groups?.['code'] ?? '', retryable: groups?.['verdict'] === 'Retryable' }))
    .toSorted((a, b) => a.code.localeCompare(b.code));
}

describe('docs/ERRORS.md', () => {
  test('documents every code in the code, and no other', () => {
    const declared = Object.entries(errorCodes)
      .map(([code, { retryable }]) => ({ code, retryable }))
      .toSorted((a, b) => a.code.localeCompare(b.code));
    expect(sectionsOf(readFileSync('docs/ERRORS.md', 'utf8'))).toEqual(declared);
  });

  test('is read so that a missing verdict or text counts as a missing code', () => {
    const page =
      '### A\n\nRetryable. Again.\n\n### B\n\nNo verdict.\n\n### C\n\nNot retryable. Never.\n\n### D\n\n';
    expect(sectionsOf(page)).toEqual([
      { code: 'A', retryable: true },
      { code: 'C', retryable: false },
    ]);
  });
});
