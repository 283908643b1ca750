/**
 * JSON-RPC over the lines of a child, as much of it as a client needs: requests with their answers, and a no
 * to whatever it is asked that it does not serve.
 */
import { fieldsOf, messageOf, requestIdOf } from '../../actors/adapters/reading.ts';
import type { Fields } from '../../actors/adapters/reading.ts';
import type { DialectPorts } from './engine.ts';

export interface Answered {
  readonly done: (result: Fields) => void;
  readonly failed: (message: string) => void;
}

const methodNotFound = -32_601;

export class Rpc {
  readonly #ports: DialectPorts;
  readonly #header: object;
  readonly #open = new Map<string, Answered>();

  /** `header`: what every message has. */
  constructor(ports: DialectPorts, header: object = {}) {
    this.#ports = ports;
    this.#header = header;
  }

  request(method: string, params: object, answered: Answered): object {
    const id = this.#ports.requestId();
    const frame = { ...this.#header, id, method, params };
    this.send(frame, answered);
    return frame;
  }

  /** A request that was made elsewhere; its `id` is ours. */
  send(frame: object, answered: Answered): void {
    this.#open.set(requestIdOf(fieldsOf(frame)['id']), answered);
    this.#ports.write(frame);
  }

  notify(method: string, params?: object): void {
    this.#ports.write({ ...this.#header, method, ...(params && { params }) });
  }

  answer(id: unknown, result: object): void {
    this.#ports.write({ ...this.#header, id, result });
  }

  refuse(id: unknown, code: number, message: string): void {
    this.#ports.write({ ...this.#header, id, error: { code, message } });
  }

  /** An answer to one of our requests goes to whoever waits for it; a request of theirs is declined. */
  heard(frame: unknown, isServed: (method: string) => boolean): void {
    const { id, method, result, error } = fieldsOf(frame);
    if (id === undefined) return;
    if (typeof method === 'string') {
      if (isServed(method)) return;
      return this.refuse(id, methodNotFound, `This client does not serve ${method}.`);
    }
    const answered = this.#open.get(requestIdOf(id));
    this.#open.delete(requestIdOf(id));
    if (error === undefined || error === null) answered?.done(fieldsOf(result));
    else answered?.failed(messageOf(error) ?? 'the request failed');
  }
}
