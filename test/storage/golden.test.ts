/**
 * Bytes that version 1 wrote decode for ever: test/fixtures/journal-v1/README.md.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chainAfter, chainStart } from '../../storage/chain.ts';
import type { StoredFact } from '../../storage/commit.ts';
import { decodeCommit, glanceAt } from '../../storage/commitCodec.ts';
import { unpack } from '../../storage/values.ts';

interface Wanted {
  readonly seq: number;
  readonly to: number;
  readonly facts: readonly { readonly bytes?: number }[];
  readonly erased?: true;
  readonly seal?: { readonly digest: unknown };
}

interface Golden {
  readonly address: string;
  readonly records: readonly {
    readonly name: string;
    readonly chain: string;
    readonly wanted: Wanted;
    readonly record: string;
  }[];
}

const folder = 'test/fixtures/journal-v1';
const golden = JSON.parse(readFileSync(`${folder}/records.json`, 'utf8')) as Golden;

function bytesOf(text: string): Buffer {
  const parts = text.split(' ').map((part) => {
    const [byte = '', count] = part.split('*');
    return Buffer.from(count === undefined ? byte : byte.repeat(Number(count)), 'hex');
  });
  return Buffer.concat(parts);
}

function factOf({ event, ...fact }: StoredFact, isLong: boolean): unknown {
  if (event === undefined) return fact;
  return isLong ? { ...fact, bytes: event.length } : { ...fact, event: unpack(event) };
}

describe.each(golden.records.map((one, i) => ({ ...one, i })))('the golden record "$name"', (one) => {
  const { chain, wanted, record, i } = one;
  const bytes = bytesOf(record);
  const commit = decodeCommit(bytes);

  test('decodes to what it was', () => {
    const { header: _header, tag: _tag, payloadHash: _payloadHash, seal, erased, facts, ...rest } = commit;
    const { seal: wantedSeal, erased: wantedErased, ...wantedRest } = wanted;
    const shown = facts.map((fact, j) => factOf(fact, wanted.facts[j]?.bytes !== undefined));
    expect({ ...rest, facts: shown }).toEqual({ address: golden.address, ...wantedRest });
    expect(erased).toBe(wantedErased ?? false);
    const digest = createHash('sha256').update('{"a":null,"b":[1,"x"]}').digest('hex');
    const found = seal === undefined ? undefined : (JSON.parse(Buffer.from(seal).toString()) as unknown);
    expect(found).toEqual(
      wantedSeal === undefined ? undefined : { ...wantedSeal, chain, digestHash: digest },
    );
  });

  test('has the chain it had', () => {
    const previous = i === 0 ? chainStart : Buffer.from(golden.records[i - 1]!.chain, 'hex');
    expect(chainAfter(previous, commit.header, commit.payloadHash()).toString('hex')).toBe(chain);
    expect(Buffer.from(commit.tag).toString('hex')).toBe(chain.slice(0, 16));
  });

  test('is found by a glance', () => {
    const { seq, to, seal } = wanted;
    const { address } = golden;
    expect(glanceAt(bytes, 0)).toEqual({ address, seq, to, sealed: seal !== undefined, end: bytes.length });
  });
});

test('there is a golden record of every form', () => {
  const flags = golden.records.map(({ record }) => bytesOf(record)[0]);
  expect(flags).toEqual([0, 0, 1, 0, 4, 2]);
});
