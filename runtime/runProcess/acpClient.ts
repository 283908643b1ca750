/**
 * What an ACP agent may ask of its client beside permissions: files and terminals, each only where the launch
 * allows it (`allows`). What was asked is a note in the history, whether it was granted or not.
 */
import { fieldsOf, listOf, textOf, textsOf, wordOf } from '../../actors/adapters/reading.ts';
import type { Fields } from '../../actors/adapters/reading.ts';
import type { RunEvent } from '../../actors/agentRun/vocabulary.ts';
import { isTroupeError, TroupeError } from '../../actors/troupeError.ts';
import { readText, writeText } from './acpFiles.ts';
import { AcpTerminals } from './acpTerminals.ts';
import type { DialectPorts, EngineStart } from './engine.ts';

/** Under way at the same time; those that wait for the end of a command do not count. */
const requestsMax = 32;

type Serve = (params: Fields) => object | Promise<object>;

export class AcpClient {
  readonly #start: EngineStart;
  readonly #tell: DialectPorts['tell'];
  readonly #terminals: AcpTerminals;
  readonly #methods: ReadonlyMap<string, Serve>;
  #underWay = 0;

  constructor(start: EngineStart, { tell, newSession, address }: DialectPorts) {
    this.#start = start;
    this.#tell = tell;
    this.#terminals = new AcpTerminals(newSession, address, start.cwd);
    const methods = [
      ...(this.#allows('readFiles') ? this.#reading : []),
      ...(this.#allows('writeFiles') ? this.#writing : []),
      ...(this.#allows('terminals') ? this.#running : []),
    ];
    this.#methods = new Map(methods);
  }

  get capabilities(): object {
    return {
      fs: { readTextFile: this.#allows('readFiles'), writeTextFile: this.#allows('writeFiles') },
      terminal: this.#allows('terminals'),
    };
  }

  serves(method: string): boolean {
    return this.#methods.has(method);
  }

  /** The result; rejects with why not. */
  async serve(method: string, params: Fields): Promise<object> {
    const isWait = method === 'terminal/wait_for_exit';
    if (this.#underWay >= requestsMax && !isWait) {
      throw new TroupeError('TOO_MANY_REQUESTS', `${requestsMax} requests are under way.`, {});
    }
    if (!isWait) this.#underWay++;
    try {
      const result = await this.#methods.get(method)?.(params);
      this.#note(method, params, {});
      return result ?? {};
    } catch (error) {
      this.#note(method, params, { failed: messageIn(error) });
      throw error;
    } finally {
      if (!isWait) this.#underWay--;
    }
  }

  /** The agent has ended. */
  close(): void {
    // A session that does not end is recorded as that.
    this.#terminals.close().catch(() => undefined);
  }

  #allows(what: EngineStart['allows'][number]): boolean {
    return this.#start.allows.includes(what);
  }

  /** Looking again and again is no news. */
  #note(method: string, { path, command, terminalId }: Fields, more: object): void {
    if (method === 'terminal/output') return;
    const about = textOf(path) ?? textOf(command) ?? textOf(terminalId) ?? '';
    // Fields that the vocabulary does not name are kept.
    this.#tell({ type: 'note', served: method, about: about.slice(0, 1024), ...more } as RunEvent);
  }

  readonly #reading: readonly (readonly [string, Serve])[] = [
    [
      'fs/read_text_file',
      async (params) => {
        const [line, limit] = [countIn(params, 'line'), countIn(params, 'limit')];
        const part = { ...(line !== undefined && { line }), ...(limit !== undefined && { limit }) };
        return { content: await readText(this.#start.cwd, wordIn(params, 'path'), part) };
      },
    ],
  ];

  readonly #writing: readonly (readonly [string, Serve])[] = [
    [
      'fs/write_text_file',
      async (params) => {
        const content = textOf(params['content']);
        if (content === undefined) throw lacking('content');
        await writeText(this.#start.cwd, wordIn(params, 'path'), content);
        return {};
      },
    ],
  ];

  readonly #running: readonly (readonly [string, Serve])[] = [
    [
      'terminal/create',
      async (params) => {
        const { terminalId, session } = await this.#terminals.create({
          command: wordIn(params, 'command'),
          args: textsOf(params['args']),
          env: environmentIn(params['env']),
          cwd: wordOf(params['cwd']) ?? this.#start.cwd,
          outputByteLimit: countIn(params, 'outputByteLimit'),
        });
        return { terminalId, _meta: { troupe: { session } } };
      },
    ],
    ['terminal/output', (params) => this.#terminals.output(wordIn(params, 'terminalId'))],
    ['terminal/wait_for_exit', async (params) => this.#terminals.exit(wordIn(params, 'terminalId'))],
    ['terminal/kill', async (params) => done(this.#terminals.kill(wordIn(params, 'terminalId')))],
    ['terminal/release', async (params) => done(this.#terminals.release(wordIn(params, 'terminalId')))],
  ];
}

async function done(work: Promise<void>): Promise<object> {
  await work;
  return {};
}

function wordIn(params: Fields, name: string): string {
  const word = wordOf(params[name]);
  if (word === undefined) throw lacking(name);
  return word;
}

/** A whole number from 0 on; null is as good as absent. */
function countIn(params: Fields, name: string): number | undefined {
  const count = params[name] ?? undefined;
  if (count === undefined || (Number.isSafeInteger(count) && (count as number) >= 0)) {
    return count as number | undefined;
  }
  throw lacking(name);
}

function environmentIn(list: unknown): Readonly<Record<string, string>> {
  const pairs = listOf(list).map(fieldsOf);
  return Object.fromEntries(pairs.map((pair) => [wordIn(pair, 'name'), textOf(pair['value']) ?? '']));
}

function lacking(name: string): TroupeError {
  return new TroupeError('INVALID_REQUEST', `"${name}" is lacking, or is not what it has to be.`, {});
}

export function messageIn(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 1024);
}

/** Of JSON-RPC, for what went wrong. */
export function codeOf(error: unknown): number {
  if (isTroupeError(error, 'INVALID_REQUEST')) return -32_602;
  const isMissing = isTroupeError(error, 'NOT_FOUND') || (error as { code?: unknown }).code === 'ENOENT';
  return isMissing ? -32_002 : -32_603;
}
