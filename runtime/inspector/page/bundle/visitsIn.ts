/** How often an actor came into each state, and how long it stayed, as the API counts it. */

interface Stay {
  readonly at: number;
  readonly state: readonly string[];
}

export function visitsIn(stays: readonly Stay[], now: number | undefined): readonly unknown[] {
  const counted = new Map<string, { readonly state: string; count: number; ms: number }>();
  for (const [i, { at, state }] of stays.entries()) {
    const end = stays[i + 1]?.at ?? now ?? at;
    for (const path of state) {
      const one = counted.get(path) ?? { state: path, count: 0, ms: 0 };
      if (stays[i - 1]?.state.includes(path) !== true) one.count++;
      one.ms += Math.max(0, end - at);
      counted.set(path, one);
    }
  }
  return [...counted.values()];
}
