/**
 * One WebSocket of Stately's inspection protocol. Whoever opens it is told of the actors it may see; whoever
 * tells of machines of its own is told nothing from then on, and they are guests here.
 *   - What is told waits for the socket: who reads slowly is told less often (I2), and who reads nothing is
 *     taken for gone.
 *   - Who is at the other end is asked for again every `authorizeMs` (Q3).
 */
import { isTroupeError } from '../../actors/troupeError.ts';
import { inspected } from '../stately/inspected.ts';
import { assertCan, assertWhole } from './access.ts';
import type { Right } from './access.ts';
import { jsonIn } from './body.ts';
import { messageBytesMax } from './limits.ts';
import { plain } from './plain.ts';
import type { Call } from './route.ts';
import { inspectedFilter } from './routes/guests.ts';
import type { InspectionQuery } from './routes/guests.ts';
import type { Socket, SocketOptions } from './webSocket.ts';
import { assertWelcome } from './welcome.ts';

type InspectionCall = Call<InspectionQuery>;
type Accept = (options: SocketOptions) => Promise<Socket | undefined>;

/** Codes of RFC 6455. */
const [goingAway, invalid, refused, failed] = [1001, 1007, 1008, 1011];

let sockets = 0;

/** False: what came was no request for a WebSocket after all. Throws what whoever may do nothing is told. */
export async function inspecting(call: InspectionCall, accept: Accept): Promise<boolean> {
  const { access } = call;
  if (!access.can.includes('send')) assertCan(access, 'read');
  return new Inspecting(call).open(accept);
}

class Inspecting {
  readonly #call: InspectionCall;
  readonly #key = `socket ${++sockets}`;
  readonly #telling = new AbortController();
  readonly #leave: () => void;
  #socket: Socket | undefined;
  #isGuest = false;
  #doubts: NodeJS.Timeout | undefined;

  constructor(call: InspectionCall) {
    this.#call = call;
    this.#leave = call.desk.streams.enter(() => this.#close(goingAway, 'the server closes'));
  }

  async open(accept: Accept): Promise<boolean> {
    const { heartbeatMs, authorizeMs } = this.#call.desk.limits;
    this.#socket = await accept({
      bytesMax: messageBytesMax,
      heartbeatMs,
      heard: (message) => this.#heard(message),
      closed: () => this.#end(),
    });
    if (this.#socket === undefined) {
      this.#end();
      return false;
    }
    this.#doubts = setInterval(() => void this.#assertWelcome(), authorizeMs);
    if (this.#call.access.can.includes('read')) void this.#tell(this.#socket);
    return true;
  }

  async #tell(socket: Socket): Promise<void> {
    const { signal } = this.#telling;
    try {
      for await (const told of inspected(this.#call.desk.troupe, inspectedFilter(this.#call), signal)) {
        if (signal.aborted || !(await socket.send(JSON.stringify(plain(told))))) return;
      }
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  #heard(message: Uint8Array): void {
    const { desk, access, query } = this.#call;
    try {
      if (!this.#isGuest) {
        assertCan(access, 'send');
        assertWhole(access);
        this.#isGuest = true;
        this.#telling.abort();
      }
      desk.guests.take(this.#key, query.name, [jsonIn(message, desk.limits.depth)]);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #assertWelcome(): Promise<void> {
    const right: Right = this.#isGuest || !this.#call.access.can.includes('read') ? 'send' : 'read';
    try {
      await assertWelcome(this.#call, right);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (isTroupeError(error, 'INVALID_REQUEST')) this.#close(invalid, error.message);
    else if (isTroupeError(error)) this.#close(refused, `${error.code}: ${error.message}`);
    else {
      this.#call.desk.troupe.opened.plan.logger.error({ error }, 'An inspection failed');
      this.#close(failed, 'Something went wrong. The log of the server says what.');
    }
  }

  #close(code: number, reason: string): void {
    this.#telling.abort();
    this.#socket?.close(code, reason);
  }

  #end(): void {
    this.#leave();
    clearInterval(this.#doubts);
    this.#telling.abort();
    if (this.#isGuest) this.#call.desk.guests.left(this.#key);
  }
}
