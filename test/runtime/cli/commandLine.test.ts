/** What a command line is taken for, and what is told of one that is not right. */
import { expect, test } from 'vitest';
import { nearest } from '../../../runtime/cli/nearest.ts';
import { verbs } from '../../../runtime/cli/verbs.ts';
import manifest from '../../../package.json' with { type: 'json' };
import { said } from './kit.ts';

test('slips are told with what was probably meant, and the exit code of a wrong command line', async () => {
  expect(await said('sreve')).toEqual({
    out: '',
    errors:
      'troupe: There is no verb "sreve". Did you mean "serve"? ' +
      '`troupe --help` lists them. (INVALID_OPTION)\n',
    code: 2,
  });
  const slips: readonly (readonly [line: string, told: string])[] = [
    ['serve --prot 1', 'Did you mean "--port"?'],
    ['serve --port x', '--port is a whole number'],
    ['serve --actors --json', '"code":"INVALID_OPTION"'],
    ['serve --actors', '--actors wants a value: --actors FILE'],
    ['serve --demo=yes', '--demo takes no value'],
    ['serve data', 'wants less'],
    ['serve --__proto__ x', 'has no --__proto__'],
  ];
  for (const [line, told] of slips) {
    const { errors, code, out } = await said(...line.split(' '));
    expect([code, out]).toEqual([2, '']);
    expect(errors).toContain(told);
  }
});

test('what is nothing like a verb is not guessed at', () => {
  expect(nearest('frobnicate', ['serve', 'ls'])).toBeUndefined();
  expect(nearest('hsitory', ['history', 'digest'])).toBe('history');
  expect(nearest('l', ['ls'])).toBe('ls');
});

test('help names every verb, and each verb shows its flags and examples', async () => {
  expect(await said('--version')).toEqual({ out: `troupe ${manifest.version}\n`, errors: '', code: 0 });
  const { out, code } = await said('--help');
  expect(code).toBe(0);
  for (const verb of verbs) {
    expect(out).toContain(`  ${verb.name} `);
    const help = await said(verb.name, '--help');
    expect(help.code).toBe(0);
    for (const flag of Object.keys(verb.flags)) expect(help.out).toContain(`--${flag}`);
    expect(verb.examples.length).toBeGreaterThan(0);
    for (const [line] of verb.examples) expect(help.out).toContain(line);
    for (const line of help.out.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  }
});
