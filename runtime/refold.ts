/**
 * The digest of a history folded anew, to be held against its seal. Possible where this thread knows the
 * definition that the hosts use; otherwise chain and hashes are all that is checked, and `verify` says so.
 */
import { kindOf } from '../actors/address.ts';
import type { StoredFact } from '../storage/commit.ts';
import type { BodyOf } from '../storage/values.ts';
import type { VerifyOptions } from '../storage/verify.ts';
import { hostedWith } from './builtIn.ts';
import type { AnyDefinition, DigestFold } from './definition.ts';
import { factOf } from './history.ts';
import type { Opened } from './opened.ts';
import { differingKind, shapesOf } from './shape.ts';

export function refoldOf({ plan, hosting }: Opened, address: string): VerifyOptions {
  const kind = kindOf(address);
  const given = Array.isArray(plan.actors) ? (plan.actors as readonly AnyDefinition[]) : [];
  const definition = hostedWith(given).find((one) => one.kind === kind);
  const { digest } = definition ?? {};
  // Events of older versions, and a last word that needs the machine, are more than a fold.
  if (definition === undefined || digest === undefined) return {};
  if (digest.sealed !== undefined || definition.upcast !== undefined) return {};
  const hosted = hosting.shapes.filter((shape) => shape.kind === kind);
  if (differingKind(shapesOf([definition]), hosted) !== undefined) return {};
  return {
    schema: digest.schema,
    fold: (before, { facts }, bodies) =>
      facts.reduce((folded, fact) => refolded(digest, folded, fact, bodies), before ?? digest.start()),
  };
}

/** As the host does: a fold that throws leaves the digest as it was. */
function refolded(
  digest: DigestFold,
  before: unknown,
  stored: StoredFact,
  bodies: BodyOf | undefined,
): unknown {
  if (stored.event === undefined) return before;
  const fact = factOf(stored, stored.event, bodies);
  try {
    return digest.fold(before, fact);
  } catch {
    return before;
  }
}
