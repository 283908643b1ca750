/**
 * `troupe completion`: what a shell needs to complete verbs and flags.
 */
import { commonFlags, wrong } from '../commandLine.ts';
import type { Verb } from '../verb.ts';

export const completion: Verb = {
  name: 'completion',
  summary: 'a script for your shell: bash, zsh or fish',
  args: 'SHELL',
  flags: {},
  examples: [
    ['eval "$(troupe completion bash)"', 'in ~/.bashrc; zsh alike'],
    ['troupe completion fish > ~/.config/fish/completions/troupe.fish', 'for good'],
  ],
  run: async ({ args: [shell = ''], out }) => {
    const { verbs } = await import('../verbs.ts');
    const script = scripts[shell]?.(verbs);
    if (script === undefined) throw wrong(`There is a completion for ${Object.keys(scripts).join(', ')}.`);
    await out.line(script);
    return undefined;
  },
};

const scripts: Readonly<Record<string, (verbs: readonly Verb[]) => string>> = { bash, zsh, fish };

const flagsOf = ({ flags }: Verb): readonly string[] =>
  Object.keys({ ...flags, ...commonFlags }).map((name) => `--${name}`);

function bash(verbs: readonly Verb[]): string {
  const cases = verbs.map((verb) => `    ${verb.name}) words="${flagsOf(verb).join(' ')}" ;;`);
  return `_troupe() {
  local words="${verbs.map(({ name }) => name).join(' ')}"
  if ((COMP_CWORD > 1)); then
    case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _troupe troupe`;
}

function zsh(verbs: readonly Verb[]): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bash(verbs)}`;
}

function fish(verbs: readonly Verb[]): string {
  const lines = verbs.flatMap((verb) => [
    `complete -c troupe -f -n __fish_use_subcommand -a ${verb.name} -d '${quoted(verb.summary)}'`,
    ...Object.entries({ ...verb.flags, ...commonFlags }).map(
      ([name, { type, about }]) =>
        `complete -c troupe -n '__fish_seen_subcommand_from ${verb.name}' -l ${name}` +
        `${type === 'switch' ? '' : ' -r'} -d '${quoted(about)}'`,
    ),
  ]);
  return lines.join('\n');
}

const quoted = (text: string): string => text.replaceAll("'", String.raw`\'`);
