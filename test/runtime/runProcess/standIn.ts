/**
 * A program that stands in for an engine: it says frames and waits for lines as its acts tell, and keeps in a
 * file how it was started and what it was told. At the end of its acts, or of its stdin, it exits.
 * `STAND_IN`: a file with the acts of each launch, the last for all that follow; `STAND_IN_LOG`: the file.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export type Act =
  | { readonly say: unknown }
  | { readonly raw: string }
  | { readonly hear: string }
  /** Waits for a request of this method, and answers it. */
  | { readonly answer: string; readonly result?: object; readonly error?: object }
  /** Waits for one of this method, and answers it when it is told to reply. */
  | { readonly request: string }
  | { readonly reply: object }
  | { readonly stderr: string }
  | { readonly deaf: NodeJS.Signals }
  | { readonly exit: number }
  | { readonly kill: NodeJS.Signals }
  /** Neither the end of its stdin nor anything else ends it but a signal. */
  | { readonly hang: true }
  /** Until the end of its stdin: a prompt for engines that take one. */
  | { readonly hearAll: true };

const { STAND_IN: acts = '', STAND_IN_LOG: log = '' } = process.env;
const launches = JSON.parse(readFileSync(acts, 'utf8')) as readonly (readonly Act[])[];
const note = (entry: object): void => appendFileSync(log, `${JSON.stringify(entry)}\n`);

const count = existsSync(log) ? (readFileSync(log, 'utf8').match(/"started"/g)?.length ?? 0) : 0;
const { API_KEY: key = '' } = process.env;
note({ started: process.argv.slice(2), pid: process.pid, key: key.length });

const lines: string[] = [];
let isOver = false;
let wake = (): void => undefined;
const input = createInterface(process.stdin);
input.on('line', (line) => {
  note({ heard: line });
  lines.push(line);
  wake();
});
input.on('close', () => {
  isOver = true;
  wake();
});

async function more(): Promise<void> {
  return new Promise((resolve) => {
    wake = resolve;
  });
}

async function heard(isIt: (line: string) => boolean): Promise<string> {
  for (;;) {
    for (let line = lines.shift(); line !== undefined; line = lines.shift()) if (isIt(line)) return line;
    if (isOver) process.exit(0);
    await more();
  }
}

/** The id of a request that waits for its reply. */
let open: unknown;

async function requested(method: string): Promise<unknown> {
  const line = await heard((text) => text.includes(`"method":"${method}"`));
  return (JSON.parse(line) as { id: unknown }).id;
}

async function write(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

async function ended(): Promise<void> {
  for (;;) {
    if (isOver) return;
    await more();
  }
}

async function act(one: Act): Promise<void> {
  if ('say' in one) return write(`${typeof one.say === 'string' ? one.say : JSON.stringify(one.say)}\n`);
  if ('raw' in one) return write(one.raw);
  if ('hear' in one) return void (await heard((line) => line.includes(one.hear)));
  if ('answer' in one) {
    const id = await requested(one.answer);
    const { result, error } = one;
    return write(`${JSON.stringify({ jsonrpc: '2.0', id, ...(error ? { error } : { result }) })}\n`);
  }
  if ('request' in one) {
    open = await requested(one.request);
    return undefined;
  }
  if ('reply' in one) return write(`${JSON.stringify({ jsonrpc: '2.0', id: open, result: one.reply })}\n`);
  if ('stderr' in one) return void process.stderr.write(one.stderr);
  if ('deaf' in one) return void process.on(one.deaf, () => note({ deafTo: one.deaf }));
  if ('exit' in one) return process.exit(one.exit);
  if ('kill' in one) return void process.kill(process.pid, one.kill);
  if ('hang' in one) {
    // Open, it keeps the program alive.
    const channel = new BroadcastChannel('hang');
    return new Promise((resolve) => {
      channel.addEventListener('message', () => resolve());
    });
  }
  return ended();
}

for (const one of launches[Math.min(count, launches.length - 1)] ?? []) await act(one);
await heard(() => false);
