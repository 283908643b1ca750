/** What a command line asks of load and soak, and what of it may be published. */
import { expect, test } from 'vitest';
import { askedOf } from '../../load/asked.ts';
import { publishRefusalOf } from '../../load/publish.ts';

const command = {
  usage: 'the usage',
  names: ['mixed', 'outbox'],
  numbers: { seconds: '5' },
  texts: { out: '.load', again: undefined },
};

test('names and options are what is asked, and the rest is as by default', () => {
  expect(askedOf(['outbox', '--seconds', '0.5', '--publish'], command)).toEqual({
    names: ['outbox'],
    numbers: { seconds: 0.5 },
    texts: { out: '.load', again: undefined },
    publish: true,
    busy: false,
  });
});

test('help is no error, whatever else is asked', () => {
  expect(askedOf(['--help'], command)).toEqual({ text: 'the usage', code: 0 });
  expect(askedOf(['-h', 'nobody'], command)).toEqual({ text: 'the usage', code: 0 });
});

test('what there is not, and what is no number above zero, is told in a line above the usage', () => {
  const reasons = [
    [['nobody'], 'There is no nobody'],
    [['--wrong'], "Unknown option '--wrong'"],
    [['--seconds', '-1'], "Option '--seconds' argument is ambiguous"],
    [['--seconds=-1'], '--seconds is a number above zero'],
    [['--seconds', 'Infinity'], '--seconds is a number above zero'],
    [['--seconds', 'x'], '--seconds is a number above zero'],
  ] as const;
  for (const [args, reason] of reasons) {
    expect(askedOf(args, command)).toEqual({ text: `${reason}\nthe usage`, code: 2 });
  }
});

test('files that are no commit, small sizes and a busy machine are not published unless it is asked', () => {
  const large = { commit: 'abc1234', load: 1, seconds: 10, scale: 1 };
  expect(publishRefusalOf(large, false)).toBeUndefined();
  expect(publishRefusalOf({ commit: 'abc1234', load: 1 }, false)).toBeUndefined();
  const refused = [
    [{ ...large, commit: 'abc1234+' }, 'What is measured is no commit (abc1234+)'],
    [{ ...large, commit: 'not committed yet' }, 'What is measured is no commit (not committed yet)'],
    [{ ...large, seconds: 9 }, 'Sizes below --seconds 10 and --scale 1 say little'],
    [{ ...large, scale: 0.5 }, 'Sizes below --seconds 10 and --scale 1 say little'],
    [{ ...large, load: 4 }, 'The load of this machine is 4.0'],
  ] as const;
  for (const [run, reason] of refused) {
    expect(publishRefusalOf(run, false)).toContain(reason);
    expect(publishRefusalOf(run, true)).toBeUndefined();
  }
});
