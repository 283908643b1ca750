/**
 * Where the runtime says what no caller hears: pino's shape, silent unless one is given.
 */

import { failureOf } from './host/words.ts';

export interface Logger {
  debug(details: object, text?: string): void;
  info(details: object, text?: string): void;
  warn(details: object, text?: string): void;
  error(details: object, text?: string): void;
}

/** An error as loggers can write it down: JSON of an Error is `{}`. */
export function loggable(error: unknown): { name: string; message: string; code?: string } {
  const { name, message, code } = failureOf(error);
  return code === undefined ? { name, message } : { name, message, code };
}

const ignore = (): void => undefined;

export const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
