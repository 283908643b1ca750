/**
 * The engines that a run can launch by name. Each gets the arguments that make it speak in frames, and those
 * by which it goes on with a session (R2); what the launch says itself is left as it is.
 */
import { acp } from '../../actors/adapters/acp.ts';
import { claude } from '../../actors/adapters/claude.ts';
import { codexAppServer } from '../../actors/adapters/codexAppServer.ts';
import { codexExec } from '../../actors/adapters/codexExec.ts';
import { gemini } from '../../actors/adapters/gemini.ts';
import { AcpRpc } from './acpRpc.ts';
import { codexRpc } from './codexRpc.ts';
import type { Engine, EngineStart } from './engine.ts';
import { onePrompt } from './onePrompt.ts';
import { streamed } from './streamed.ts';

const codex: Engine = {
  adapter: codexAppServer,
  prompts: 'many',
  args: ({ args }) => [...args, ...missing(args, 'app-server')],
  dialect: codexRpc,
};

const engines: Readonly<Record<string, Engine>> = {
  claude: {
    adapter: claude,
    prompts: 'many',
    args: ({ args, model, mode, session }) => [
      ...args,
      ...(args.includes('--print') ? [] : missing(args, '-p')),
      ...missing(args, '--verbose'),
      ...missing(args, '--input-format', 'stream-json'),
      ...missing(args, '--output-format', 'stream-json'),
      ...missing(args, '--include-partial-messages'),
      // Requests for permission come as frames.
      ...missing(args, '--permission-prompt-tool', 'stdio'),
      ...option(args, '--model', model),
      ...option(args, '--permission-mode', mode),
      ...option(args, '--resume', session),
    ],
    dialect: streamed,
  },
  codex,
  codexAppServer: codex,
  codexExec: {
    adapter: codexExec,
    prompts: 'one',
    args: ({ args, model, session }) => [
      ...args,
      ...missing(args, 'exec'),
      ...missing(args, '--json'),
      ...option(args, '--model', model),
      ...(session === undefined ? [] : ['resume', session]),
    ],
    dialect: onePrompt,
  },
  gemini: {
    adapter: gemini,
    prompts: 'one',
    args: ({ args, model, mode, session }) => [
      ...args,
      ...missing(args, '--output-format', 'stream-json'),
      ...option(args, '--model', model),
      ...option(args, '--approval-mode', mode),
      ...option(args, '--resume', session),
    ],
    dialect: onePrompt,
  },
  /** Any agent that speaks the protocol: how it is told to is its own matter. */
  acp: {
    adapter: acp,
    prompts: 'many',
    args: ({ args }) => args,
    dialect: (start, ports) => new AcpRpc(start, ports),
  },
};

/** Undefined: a name that is a label only. */
export function engineOf(name: string | null): Engine | undefined {
  return name !== null && Object.hasOwn(engines, name) ? engines[name] : undefined;
}

function missing(args: EngineStart['args'], flag: string, ...values: readonly string[]): readonly string[] {
  const isGiven = args.some((arg) => arg === flag || arg.startsWith(`${flag}=`));
  return isGiven ? [] : [flag, ...values];
}

function option(args: EngineStart['args'], flag: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : missing(args, flag, value);
}
