/**
 * Requests of our own, for what a load generator cannot do: arrivals by a timetable, retries, and answers
 * that lead to the next request. Connections are kept.
 */
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { TrafficCount } from './traffic.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const socketsMax = 512;

export class HttpClient {
  readonly url: string;
  readonly traffic = new TrafficCount();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: socketsMax });

  constructor(url: string) {
    this.url = url;
  }

  async get(path: string): Promise<Answer> {
    return this.#sent('GET', path, undefined, {});
  }

  async post(path: string, body: object, key?: string): Promise<Answer> {
    return this.#sent('POST', path, JSON.stringify(body), {
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    });
  }

  /** An answer whose end is far away; the connection is its own. */
  async open(path: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      request(`${this.url}${path}`, { agent: false }, (response) => {
        this.traffic.heard(response.statusCode ?? 0);
        resolve(response);
      })
        .on('error', reject)
        .end();
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  async #sent(
    method: string,
    path: string,
    body: string | undefined,
    headers: Record<string, string>,
  ): Promise<Answer> {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const options = { method, agent: this.#agent, headers: { ...headers, ...length } };
      const sent = request(`${this.url}${path}`, options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('error', reject);
        response.on('end', () => {
          this.traffic.heard(response.statusCode ?? 0);
          resolve({ status: response.statusCode ?? 0, body: text });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
