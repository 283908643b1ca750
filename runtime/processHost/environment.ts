/**
 * The environment of a child (W7): what its caller gives, and of the runtime's own only these, which a
 * program needs to find its files, its user and its language. Everything else, keys and tokens above all,
 * stays out.
 */

/** Passed on unless the caller gives another value. */
export const passedOn: readonly string[] = [
  'PATH HOME USER LOGNAME SHELL TMPDIR TZ',
  'LANG LC_ALL LC_CTYPE LC_MESSAGES',
  // Without these no program starts on Windows.
  'SystemRoot SystemDrive USERPROFILE APPDATA LOCALAPPDATA TEMP TMP PATHEXT',
].flatMap((line) => line.split(' '));

/** What a child on a PTY is told about its screen, unless the caller knows better. */
export const screenKind = 'xterm-256color';

export interface GivenEnvironment {
  readonly env?: Readonly<Record<string, string>>;
  /** Handed over like `env`, but never recorded and never logged. */
  readonly secretEnv?: Readonly<Record<string, string>>;
}

/** The whole environment of a child; later ones win: passed on, screen, given, secret. */
export function environmentOf(
  { env = {}, secretEnv = {} }: GivenEnvironment,
  onPty: boolean,
  own: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, string>> {
  return { ...minimumOf(own), ...(onPty && { TERM: screenKind }), ...env, ...secretEnv };
}

/** The part of an environment that is passed on. */
export function minimumOf(own: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const entries = passedOn.flatMap((name) => {
    const value = own[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}
