/**
 * Group commit by hand: what is asked for within one turn of the event loop is committed at its end by one
 * call, and acknowledged after it.
 */
interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function together<Item>(commit: (items: readonly Item[]) => void): (item: Item) => Promise<void> {
  let waiting: Waiting<Item>[] = [];
  const commitTurn = (): void => {
    const group = waiting;
    waiting = [];
    try {
      commit(group.map(({ item }) => item));
    } catch (error) {
      for (const { reject } of group) reject(error);
      return;
    }
    for (const { resolve } of group) resolve();
  };
  return async (item) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ item, resolve, reject }) === 1) setImmediate(commitTurn);
    });
}
