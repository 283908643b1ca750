/** The runtime's HTTP API as this page uses it. */
import { knock } from './door.ts';

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await knock(path, init);
  if (response.ok) return response;
  throw new ApiError(await problemOf(response));
}

/** What a path answers; `T` is what openapi.json says of it. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, signal === undefined ? {} : { signal });
  return (await response.json()) as T;
}

export async function readText(path: string): Promise<string> {
  return (await request(path)).text();
}

export async function post(path: string, body: unknown): Promise<unknown> {
  const response = await request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.status === 204 ? undefined : response.json();
}

/** An error as its reader is told. */
export function textOf(error: unknown): string {
  if (error instanceof ApiError) return `${error.problem.code}: ${error.problem.detail}`;
  return error instanceof Error ? error.message : String(error);
}

export function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof ApiError && codes.includes(error.problem.code);
}

/** What is between may answer in its own words. */
async function problemOf(response: Response): Promise<Problem> {
  const { status } = response;
  try {
    const { code, detail } = (await response.json()) as Partial<Problem>;
    return { status, code: code ?? `HTTP ${status}`, detail: detail ?? response.statusText };
  } catch {
    return { status, code: `HTTP ${status}`, detail: response.statusText };
  }
}
