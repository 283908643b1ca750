/**
 * The pages are spelt as in Britain. Words that no dictionary has stand in words.txt beside this file: names
 * of programs, words of the trade.
 */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import dictionary from 'dictionary-en-gb';
import nspell from 'nspell';
import { expect, test } from 'vitest';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const pages = globSync(['*.md', 'docs/**/*.md']);
const ours = readFileSync(here('words.txt'), 'utf8').split('\n').filter(Boolean);
const speller = nspell(Buffer.from(dictionary.aff), Buffer.from(dictionary.dic));

/** Without code, links, markup and hashes: words of three letters or more, no identifier, no abbreviation. */
function wordsOf(text: string): readonly string[] {
  const prose = text
    .replaceAll(/^```.*?^```$/gms, '')
    .replaceAll(/`[^`\n]*`|\]\([^)]*\)|<[^>]*>|https?:\S+|\bcommit [0-9a-f]{7,}/g, ' ');
  return [...prose.matchAll(/(?<![\p{L}\d])\p{L}[\p{L}’']*(?![\p{L}\d])/gu)]
    .map(([word]) => word.replace(/['’]s?$/, ''))
    .filter((word) => word.length > 2 && !/[a-z][A-Z]|^[A-Z]+s?$/.test(word));
}

const isKnown = (word: string): boolean => speller.correct(word) || speller.correct(word.toLowerCase());

const unknown = (text: string): readonly string[] =>
  [...new Set(wordsOf(text).filter((word) => !isKnown(word)))].map((word) => word.toLowerCase());

test('every word of the pages is in the dictionary, or named as one of ours', () => {
  const wrong = pages.flatMap((page) =>
    unknown(readFileSync(page, 'utf8'))
      .filter((word) => !ours.includes(word))
      .map((word) => `${page}: ${word}`),
  );
  expect(pages.length).toBeGreaterThan(30);
  expect(wrong).toEqual([]);
});

test('the words of ours are in order, and used', () => {
  const used = new Set(pages.flatMap((page) => unknown(readFileSync(page, 'utf8'))));
  expect(ours).toEqual([...new Set(ours)].toSorted());
  expect(ours.filter((word) => !used.has(word))).toEqual([]);
});

test('a misspelt word is found', () => {
  expect(unknown('Teh journal is `hdden` [here](thr.md) and durabel.')).toEqual(['teh', 'durabel']);
});

test('letters of a commit’s hash are no word', () => {
  expect(unknown('Measured at commit 03dbf78+, load 17.8.')).toEqual([]);
});
