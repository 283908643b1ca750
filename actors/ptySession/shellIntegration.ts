/**
 * How a shell that we start comes to say when it prompts (C1): texts it reads at its start, after the user's
 * own, and the arguments and environment that lead it there. Nothing is typed, so nothing is echoed and
 * nothing enters the history.
 *   - bash, zsh and fish print the marker before each new prompt, from the hook they have for that. A prompt
 *     that is only drawn again (Ctrl-L, a new size, a completion list) does not run the hook: no end.
 *   - sh has no hook; the marker stands in its prompt. It draws no prompt twice.
 *   - A continuation prompt carries its own marker. fish has none: Enter says that what stands in its editor
 *     is incomplete, and an event of its own that it is wrong.
 * The marker comes first, so it carries the status of the command; the hook passes that status on, so prompts
 * and hooks of the user see it too. It goes to the terminal itself: after `exec > file` the shell's output
 * goes elsewhere.
 */
import { invariant } from '../invariant.ts';
import { isToken } from './marker.ts';

export const shells = ['bash', 'sh', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

export interface Integration {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** By name, to be written into the folder that was given. */
  readonly files: Readonly<Record<string, string>>;
}

export interface IntegrationOptions {
  readonly token: string;
  /** A folder of this session alone, which exists while the shell starts. */
  readonly folder: string;
  /** What the child is given otherwise: where the user's own files are. */
  readonly env: Readonly<Record<string, string>>;
}

/** Which shell a command is, by its name; undefined for what needs the sentinel. */
export function shellOf(command: string): Shell | undefined {
  const name = command.slice(command.lastIndexOf('/') + 1).replace(/^-/, '');
  if (name === 'dash' || name === 'ash') return 'sh';
  return shells.find((shell) => shell === name);
}

export function integrationOf(shell: Shell, options: IntegrationOptions): Integration {
  invariant(isToken(options.token), 'a token means nothing to a shell');
  return integrations[shell](options);
}

const integrations: Readonly<Record<Shell, (options: IntegrationOptions) => Integration>> = {
  bash: ({ token, folder }) => ({
    args: ['--rcfile', `${folder}/bashrc`, '-i'],
    env: {},
    files: { bashrc: bashText(token) },
  }),
  sh: ({ token, folder, env }) => ({
    args: ['-i'],
    env: { ENV: `${folder}/shrc` },
    files: { shrc: shText(token, env['ENV']) },
  }),
  zsh: ({ token, folder, env }) => {
    const home = env['ZDOTDIR'];
    return {
      args: ['-i'],
      env: { ZDOTDIR: folder },
      files: { '.zshenv': zshenvText(folder, home), '.zshrc': zshrcText(token, folder) },
    };
  },
  fish: ({ token }) => ({ args: ['-i', '-C', fishText(token)], env: {}, files: {} }),
};

function bashText(token: string): string {
  return String.raw`[ -f ~/.bashrc ] && . ~/.bashrc
__troupe_prompt() {
  local s=$?
  printf '\033]7737;${token};P;%s\007' "$s" >/dev/tty
  return "$s"
}
PROMPT_COMMAND="__troupe_prompt${'$'}{PROMPT_COMMAND:+; $PROMPT_COMMAND}"
PS2='\[\033]7737;${token};C\007\]'"$PS2"
`;
}

function shText(token: string, ownFile: string | undefined): string {
  const own = ownFile === undefined ? '' : `ENV=${quoted(ownFile)}\n[ -f "$ENV" ] && . "$ENV"\n`;
  const unset = ownFile === undefined ? 'unset ENV\n' : '';
  // Its bytes as they are: `$(printf …)` would be four processes before the first prompt.
  return `${own}${unset}PS1='\u001B]7737;${token};P;$?\u0007'"$PS1"
PS2='\u001B]7737;${token};C\u0007'"$PS2"
`;
}

/** Read first, before any file of the user: from here on the user's folder is the one that counts. */
function zshenvText(folder: string, home: string | undefined): string {
  const own = home === undefined ? 'unset ZDOTDIR' : `ZDOTDIR=${quoted(home)}`;
  return `${own}
[[ -f \${ZDOTDIR:-$HOME}/.zshenv ]] && . \${ZDOTDIR:-$HOME}/.zshenv
__troupe_home=\${ZDOTDIR-}
__troupe_given=\${+ZDOTDIR}
ZDOTDIR=${quoted(folder)}
`;
}

function zshrcText(token: string, folder: string): string {
  return String.raw`if (( __troupe_given )); then ZDOTDIR=$__troupe_home; else unset ZDOTDIR; fi
unset __troupe_home __troupe_given
# Where the system's own zshrc keeps the history beside the user's files, it saw this folder.
[[ ${'$'}{HISTFILE-} == ${quoted(folder)}/* ]] && HISTFILE=${'$'}{ZDOTDIR:-$HOME}/${'$'}{HISTFILE:t}
[[ -f ${'$'}{ZDOTDIR:-$HOME}/.zshrc ]] && . ${'$'}{ZDOTDIR:-$HOME}/.zshrc
__troupe_prompt() {
  local s=$?
  printf '\033]7737;${token};P;%s\007' $s >/dev/tty
  return $s
}
precmd_functions=(__troupe_prompt $precmd_functions)
PS2=$'%{\033]7737;${token};C\007%}'$PS2
`;
}

/**
 * What empties fish's editor when we ask for it: Ctrl-] twice, read as keys in their order. A Ctrl-C is a
 * signal to it, and one that comes while a function runs ends that function and nothing else.
 */
export const fishCancelKeys = Uint8Array.of(0x1d, 0x1d);

/** The status that `fish -c` gives a text it finds wrong. */
const fishWrongStatus = 127;

/**
 * Enter and Ctrl-C are bound in each mode of its editor where the user has bound nothing else to them. What
 * they call off has no prompt event.
 */
function fishText(token: string): string {
  return String.raw`function __troupe_prompt --on-event fish_prompt
  set -l s $status
  printf '\033]7737;${token};P;%s\007' $s >/dev/tty
end
function __troupe_wrong --on-event fish_posterror
  printf '\033]7737;${token};X;${fishWrongStatus}\007' >/dev/tty
end
function __troupe_enter
  commandline --is-valid
  if test $status -eq 2; or commandline | string collect | string match -qr '(?<!\\\\)(\\\\\\\\)*\\\\$'
    printf '\033]7737;${token};C\007' >/dev/tty
  end
  commandline -f execute
end
function __troupe_cancel
  printf '\033]7737;${token};P;130\007' >/dev/tty
  commandline -f cancel-commandline
end
for mode in default insert
  for key in \r \n
    bind --user -M $mode $key >/dev/null 2>&1; or bind -M $mode $key __troupe_enter
  end
  bind -M $mode \c]\c] __troupe_cancel
  bind --user -M $mode \cc >/dev/null 2>&1; or bind -M $mode \cc __troupe_cancel
end`;
}

/** As one word of any of these shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
