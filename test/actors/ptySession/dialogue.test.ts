/** The dialogue on values: the same facts however the output is cut (C3), every byte recorded (B1). */
import { expect, test } from 'vitest';
import { sentinelLine } from '../../../actors/ptySession/commandLine.ts';
import { Dialogue } from '../../../actors/ptySession/dialogue.ts';
import type { PtyEvent } from '../../../actors/ptySession/vocabulary.ts';
import { Random } from '../../../storage/conformance/random.ts';

const token = 'Ab12';
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const prompt = (status: number): string => `\u001B]7737;${token};P;${status}\u0007`;
const continuation = `\u001B]7737;${token};C\u0007`;

/** Facts without the cuts of their output: what was printed between two other facts is one. */
function told(facts: readonly PtyEvent[]): readonly string[] {
  const lines: string[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') lines.push(text);
    text = '';
  };
  for (const fact of facts) {
    if (fact.type === 'pty.output') text += Buffer.from(fact.bytes).toString('latin1');
    else {
      flush();
      const { type, ...rest } = fact;
      lines.push(`${type} ${JSON.stringify(rest)}`);
    }
  }
  flush();
  return lines;
}

function factsOf(dialogue: Dialogue): readonly PtyEvent[] {
  const facts: PtyEvent[] = [];
  while (!dialogue.transcript.isEmpty) facts.push(...dialogue.transcript.take(1000, 2 ** 30));
  return facts;
}

test('commands are typed one by one from the first prompt on, and each ends at its last line', () => {
  const dialogue = new Dialogue({ token, shell: 'bash' });
  dialogue.run({ commandId: 'a', command: 'for i in 1\ndo true; done' });
  dialogue.run({ commandId: 'b', command: "echo 'open" });
  dialogue.run({ commandId: 'c', command: 'true' });
  expect(dialogue.typed.splice(0)).toEqual([]);
  dialogue.output(bytesOf(prompt(0)));
  expect(dialogue.typed.splice(0)).toEqual(['for i in 1\ndo true; done\n']);
  dialogue.output(bytesOf(`${continuation}> `));
  expect(dialogue.typed.splice(0)).toEqual([]);
  dialogue.output(bytesOf(`x${prompt(3)}`));
  expect(dialogue.typed.splice(0)).toEqual(["echo 'open\n"]);
  dialogue.output(bytesOf(`${continuation}> `));
  dialogue.output(bytesOf(prompt(130)));
  expect(dialogue.typed.splice(0)).toEqual(['true\n']);
  const ends = factsOf(dialogue).filter(({ type }) => type === 'command.end' || type === 'pty.input');
  expect(ends).toMatchObject([
    { commandId: 'a', outcome: 'completed', exitCode: 3 },
    { commandId: 'b', outcome: 'incompleteInput' },
    { type: 'pty.input', bytes: Uint8Array.of(3) },
  ]);
});

test('what a shell finds wrong has ended, and what stands in its editor is called off', () => {
  const dialogue = new Dialogue({ token, shell: 'fish' });
  dialogue.run({ commandId: 'a', command: 'echo )' });
  dialogue.output(bytesOf(prompt(0)));
  dialogue.output(bytesOf(`wrong\u001B]7737;${token};X;127\u0007`));
  dialogue.run({ commandId: 'b', command: 'true' });
  expect(dialogue.typed.splice(0)).toEqual(['echo )\n']);
  dialogue.output(bytesOf(prompt(130)));
  expect(dialogue.typed.splice(0)).toEqual(['true\n']);
  const ends = factsOf(dialogue).filter(({ type }) => type === 'command.end' || type === 'pty.input');
  expect(ends).toMatchObject([
    { commandId: 'a', outcome: 'completed', exitCode: 127 },
    { type: 'pty.input', bytes: Uint8Array.of(0x1d, 0x1d), via: 'reply' },
  ]);
});

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));
test(`any cutting of the output gives the same facts, and every byte once (SEED=${seed})`, () => {
  const random = new Random(seed);
  const echo = sentinelLine(token, 's0001').replace('\n', '\r\n');
  const end = `\u001B]7737;${token};E;s0001;7\u0007`;
  const stream = bytesOf(
    ` a (s=${echo}hello ${echo.slice(0, 20)}!${end}more \u001B]7737;${token};X\u0007 tail`,
  );
  const facts = (cuts: readonly number[]): readonly PtyEvent[] => {
    const dialogue = new Dialogue({ token, shell: undefined });
    dialogue.run({ commandId: 'a', command: 'x' });
    for (let i = 1; i < cuts.length; i++) dialogue.output(stream.subarray(cuts[i - 1], cuts[i]));
    dialogue.end();
    return factsOf(dialogue);
  };
  const whole = facts([0, stream.length]);
  expect(whole.filter(({ type }) => type === 'command.end')).toMatchObject([{ commandId: 'a', exitCode: 7 }]);
  expect(whole.filter(({ type }) => type === 'pty.hidden')).toHaveLength(2);
  const single = Array.from({ length: stream.length + 1 }, (_, i) => i);
  for (let round = 0; round < 200; round++) {
    const cuts = round === 0 ? single : [0, ...single.filter(() => random.below(8) === 0), stream.length];
    const cut = facts(cuts.toSorted((a, b) => a - b));
    expect(told(cut)).toEqual(told(whole));
    const all = cut.flatMap((fact) => (fact.type === 'pty.output' ? [...fact.bytes] : []));
    expect(Uint8Array.from(all)).toEqual(stream);
  }
});
