/**
 * The digest that a seal keeps. Every ending seals: where the digest itself cannot be kept, because it is no
 * plain JSON or too large, the seal says so in its place.
 */
import { outcomeOf, TroupeError } from '../actors/troupeError.ts';
import { canonicalJson } from './canonical.ts';
import { digestBytesMax } from './limits.ts';
import { packWhole } from './values.ts';

/** What stands in a seal whose digest could not be kept. */
export interface Unstorable {
  readonly unstorable: {
    readonly code: string;
    /** Of what no seal can keep. */
    readonly path?: string;
    /** Of a digest that is too large. */
    readonly bytes?: number;
  };
}

/** The digest itself, or what stands for it; the same for the same digest, now and at every replay. */
export function sealable(digest: unknown, failed: (error: unknown) => void = () => undefined): unknown {
  try {
    // Readers get it packed.
    packWhole(digest);
    const bytes = Buffer.byteLength(canonicalJson(digest));
    if (bytes <= digestBytesMax) return digest;
    const text = `A digest has ${bytes} bytes, at most ${digestBytesMax} are sealed.`;
    throw new TroupeError('TOO_LARGE', text, { bytes, digestBytesMax });
  } catch (error) {
    failed(error);
    return standIn(error);
  }
}

function standIn(error: unknown): Unstorable {
  const { code, details } = outcomeOf(error, 'NOT_STORABLE');
  const { path, bytes } = details;
  if (typeof bytes === 'number') return { unstorable: { code, bytes } };
  return { unstorable: { code, path: typeof path === 'string' ? path.replace(/^\./u, '') : '' } };
}
