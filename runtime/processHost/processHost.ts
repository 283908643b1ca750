/**
 * The runtime's side of the process host: started when the first child is needed, replaced when it crashed.
 *   H2. A crash of the host ends its children as lost, told once what it left behind has been ended; the next
 *       need starts a new host.
 *   H3. The host hears of the runtime's end by the end of its connection, so nothing must be done for that.
 */
import { TroupeError } from '../../actors/troupeError.ts';
import { Child, checkSize } from './child.ts';
import type { Offsets, Watch } from './child.ts';
import { Connection } from './connection.ts';
import { environmentOf } from './environment.ts';
import type { GivenEnvironment } from './environment.ts';
import type { SpawnHost } from './launch.ts';
import type { StartOrder } from './frames.ts';
import { frameBytesMax, processLimitsOf } from './limits.ts';
import type { ProcessLimits } from './limits.ts';

export interface ProcessHostOptions {
  /** Starts the host's process where this Node cannot start itself again (Electron). */
  readonly spawnHost?: SpawnHost;
  readonly limits?: Partial<ProcessLimits>;
}

/** What a child is started from. */
export interface Launch extends GivenEnvironment {
  /** The caller's name for it, unique among those not forgotten: by it a later driver finds it. */
  readonly id: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** Given: the child has a PTY of this size. Absent: pipes. */
  readonly size?: { readonly cols: number; readonly rows: number };
}

export class ProcessHost {
  readonly #spawnHost: SpawnHost | undefined;
  readonly #limits: ProcessLimits;
  readonly #children = new Map<string, { readonly child: Child; readonly connection: Connection }>();
  readonly #ending = new Set<Promise<void>>();
  #connection: Promise<Connection> | undefined;
  #closed = false;

  constructor({ spawnHost, limits }: ProcessHostOptions = {}) {
    this.#spawnHost = spawnHost;
    this.#limits = processLimitsOf(limits);
  }

  /** The host's pid, while it runs. */
  async pid(): Promise<number | undefined> {
    return (await this.#connection)?.pid;
  }

  /** Starts a child; rejects with `START_FAILED` or `PTY_UNAVAILABLE`. Output may come before it resolves. */
  async open(launch: Launch, watch: Watch): Promise<Child> {
    const { id, command, args = [], cwd = process.cwd(), size } = launch;
    if (size !== undefined) checkSize(size);
    const env = environmentOf(launch, size !== undefined);
    const order = { id, command, args, cwd, env, ...(size !== undefined && { size }) };
    checkOrder(order);
    const connection = await this.#connected();
    if (this.#children.has(id)) throw new TroupeError('CONFLICT', `A child "${id}" is open.`, { id });
    const number = connection.nextNumber();
    const child = new Child({
      id,
      number,
      limits: this.#limits,
      watch,
      send: (frame) => connection.send(frame),
      settled: () => connection.settled(number),
    });
    this.#children.set(id, { child, connection });
    connection.add(number, child);
    const opened = child.answered();
    connection.send({ kind: 'open', child: number, order });
    try {
      await opened;
      return child;
    } catch (error) {
      connection.remove(number);
      this.#children.delete(id);
      throw error;
    }
  }

  /** Gives a child to another driver, which has recorded its output up to these offsets (H1). */
  async reattach(
    id: string,
    from: Offsets,
    watch: Watch,
  ): Promise<{ readonly child: Child; readonly inputSeq: number }> {
    const child = this.#children.get(id)?.child;
    if (child === undefined) throw new TroupeError('NOT_FOUND', `No child "${id}" is here.`, { id });
    return { child, inputSeq: await child.reattached(from, watch) };
  }

  /** Its end is recorded: neither it nor its output will be asked for again. */
  forget(id: string): void {
    const found = this.#children.get(id);
    if (found?.child.isOver !== true) return;
    this.#children.delete(id);
    found.connection.forget(found.child);
  }

  /** Ends every child in order, awaits their exits (bounded), then the host's own. */
  async close(): Promise<void> {
    this.#closed = true;
    const connection = await this.#connection?.catch(() => undefined);
    await connection?.close();
    await Promise.all(this.#ending);
  }

  async #connected(): Promise<Connection> {
    if (this.#closed) throw new TroupeError('CLOSED', 'The runtime is closed; it starts no child.');
    this.#connection ??= this.#start();
    return this.#connection;
  }

  async #start(): Promise<Connection> {
    const starting = Connection.open({
      spawnHost: this.#spawnHost,
      limits: this.#limits,
      ended: (settled) => {
        this.#connection = undefined; // H2
        this.#ending.add(settled);
        void settled.finally(() => this.#ending.delete(settled));
      },
    });
    try {
      return await starting;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }
}

/** What no frame holds, no system takes either. The message names sizes only: an environment has secrets. */
function checkOrder(order: StartOrder): void {
  const bytes = Buffer.byteLength(JSON.stringify(order)) + 64;
  if (bytes <= frameBytesMax) return;
  const text = `Arguments and environment of ${bytes} bytes; a child takes at most ${frameBytesMax}.`;
  throw new TroupeError('TOO_LARGE', text, { bytes, max: frameBytesMax });
}
