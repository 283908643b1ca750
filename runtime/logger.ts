/**
 * Where the runtime says what no caller hears: pino's shape, silent unless one is given.
 */

export interface Logger {
  debug(details: object, text?: string): void;
  info(details: object, text?: string): void;
  warn(details: object, text?: string): void;
  error(details: object, text?: string): void;
}

const ignore = (): void => undefined;

export const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
