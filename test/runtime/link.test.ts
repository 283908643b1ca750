/** A link whose wire cannot carry everything. */
import { expect, test } from 'vitest';
import { Link } from '../../runtime/link.ts';
import type { Call } from '../../runtime/link.ts';
import type { Request } from '../../runtime/protocol.ts';

function given(isTooMuch: (requests: readonly Request[]) => boolean) {
  const posted: number[][] = [];
  let answered = 0;
  const link = new Link({
    slot: 0,
    report: () => undefined,
    answered: (sends) => void (answered += sends),
    revived: () => undefined,
    lost: () => undefined,
  });
  link.up({
    post: (requests) => {
      if (isTooMuch(requests)) throw new RangeError('too much');
      posted.push(requests.map(({ n }) => n));
    },
  });
  const ask = async (n: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const request = { op: 'send', n, stamp: { session: 's', n }, address: 'a/1', event: new Uint8Array() };
      link.ask({ request, resolve, reject } as Call);
    });
  return { link, posted, ask, answered: () => answered };
}

test('a request that no batch can carry is refused, and those beside it leave', async () => {
  const { link, posted, ask, answered } = given((requests) => requests.some(({ n }) => n === 2));
  const [one, two, three] = [ask(1), ask(2), ask(3)];
  await expect(two).rejects.toMatchObject({ code: 'NOT_STORABLE' });
  expect(posted).toEqual([[1], [3]]);
  const receipt = { seq: 1, state: [], tags: [], final: false, duplicate: false };
  link.take([1, 2, 3].map((n) => ({ op: 'receipt', n, receipt })));
  expect(await Promise.all([one, three])).toEqual([receipt, receipt]);
  expect([answered(), link.pending]).toEqual([3, 0]);
});

test('requests that are too much for one message leave one by one', async () => {
  const { link, posted, ask } = given((requests) => requests.length > 1);
  void Promise.all([ask(1), ask(2), ask(3)]);
  await new Promise((resolve) => void setImmediate(resolve));
  expect(posted).toEqual([[1], [2], [3]]);
  expect(link.pending).toBe(3);
  link.take([1, 2, 3].map((n) => ({ op: 'ok', n })));
});
