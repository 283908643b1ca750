/**
 * `troupe verify`: whether a history, or every history, is what was written.
 */
import { kindOf } from '../../../actors/address.ts';
import { isTroupeError } from '../../../actors/troupeError.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Output } from '../output.ts';
import { rowsOf } from '../rows.ts';
import { reachFlags } from '../verb.ts';
import type { Verb, VerbCall } from '../verb.ts';
import { pathOf } from '../way.ts';
import type { Way } from '../way.ts';

interface Verified {
  readonly ok: boolean;
  readonly seq?: number;
  readonly firstBadSeq?: number;
  readonly field?: string;
  readonly reason?: string;
  readonly erased?: readonly unknown[];
}

export const verify: Verb = {
  name: 'verify',
  summary: 'recompute the hashes of a history, or of all; 5 if one is not what was written',
  args: '[ADDRESS]',
  flags: reachFlags,
  examples: [
    ['troupe verify', 'every history, with a bar'],
    ['troupe verify run/fix-login', 'one'],
  ],
  run: async (call) => {
    const {
      args: [address],
    } = call;
    return address === undefined ? all(call) : one(call, address);
  },
};

/** What is damaged so far that it cannot be told is not what was written, either. */
async function verified(way: Way, address: string): Promise<Verified> {
  try {
    return (await way.get(pathOf(address, '/verify'))) as Verified; // Ours, of the route that was asked.
  } catch (error) {
    if (!isTroupeError(error, 'CORRUPT')) throw error;
    return { ok: false, reason: error.message };
  }
}

async function one({ out, way }: VerbCall, address: string): Promise<number> {
  const to = await way();
  const told = await verified(to, address);
  await out.item({ address, ...told }, () => lineOf(address, told));
  await noteUnknown(to, out, [address]);
  return told.ok ? exitCodes.ok.code : exitCodes.found.code;
}

async function all({ out, way }: VerbCall): Promise<number> {
  const to = await way();
  const addresses: string[] = [];
  for await (const { address } of rowsOf(to, { order: 'oldest' })) addresses.push(address);
  let bad = 0;
  for (const [index, address] of addresses.entries()) {
    out.progress(barOf(index, addresses.length));
    const told = await verified(to, address);
    if (!told.ok) bad++;
    if (out.isJson) await out.line(JSON.stringify({ address, ...told }));
    else if (!told.ok) await out.line(lineOf(address, told));
  }
  out.progress('');
  const summary = `${addresses.length - bad} of ${addresses.length} histories are what was written.`;
  if (out.isJson) out.note(summary);
  else await out.line(summary);
  await noteUnknown(to, out, addresses);
  return bad === 0 ? exitCodes.ok.code : exitCodes.found.code;
}

/** Whose digests only their definition could fold anew: all else of them was checked. */
async function noteUnknown(to: Way, out: Output, addresses: readonly string[]): Promise<void> {
  const { items } = (await to.get('/v1/definitions')) as { readonly items: readonly { kind: string }[] };
  const kinds = new Set(items.map(({ kind }) => kind));
  const unknown = addresses.map(kindOf).filter((kind) => !kinds.has(kind));
  if (unknown.length === 0) return;
  const named = [...new Set(unknown)].map((kind) => `"${kind}"`).join(', ');
  const where = to.isReadOnly ? ': --actors FILE says where it is' : '';
  out.note(`Of ${unknown.length} no digest was folded anew: no definition of ${named} is known${where}.`);
}

function lineOf(address: string, { ok, seq, firstBadSeq, field, reason, erased = [] }: Verified): string {
  if (!ok) {
    const differs =
      firstBadSeq === undefined
        ? `its digest differs in ${field ?? 'a field'}`
        : `bad from #${firstBadSeq} on`;
    const where = reason ?? differs;
    return `${address}: NOT what was written: ${where}`;
  }
  return `${address}: what was written, up to #${seq ?? 0}${erased.length > 0 ? ', some of it erased' : ''}`;
}

const barWidth = 30;

function barOf(done: number, of: number): string {
  const filled = Math.floor((barWidth * done) / Math.max(1, of));
  return `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}] ${done}/${of}`;
}
