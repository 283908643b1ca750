/**
 * The statechart of a PTY session:
 *
 *   new ─pty.open─▶ attached { opening ─▶ live { ready ⇄ busy } ─▶ closing } ─▶ exited · killed · openFailed
 *   · lost
 *
 * `attached` invokes the PTY: leaving it closes the device, and an error of it is an event. The driver is
 * told after the commit, so nothing is written that is not recorded (B3); by the seq of the fact it knows
 * what it was told before, so that everything is written once (H1). A shell whose ends are told by its
 * prompt is busy until its first one: what is typed earlier would count the prompt of the start as the end of
 * the first command (C1).
 */
import { assign, sendTo, setup } from 'xstate';
import type { CallbackActorLogic, EventObject } from 'xstate';
import { commandsMax } from './limits.ts';
import type { PtyEvent, PtyEventOf } from './vocabulary.ts';

export interface PtyContext {
  readonly launch: Omit<PtyEventOf<'pty.open'>, 'type'> | null;
  readonly size: { readonly cols: number; readonly rows: number };
  /** The first runs, the others wait for it (C4). */
  readonly commands: readonly string[];
  /** How many inputs were recorded; the last one's ordinal. */
  readonly inputs: number;
  readonly prompted: boolean;
  readonly exit: { readonly code: number | null; readonly signal: string | null } | null;
}

/** What the driver is told. */
export type PtyOrder =
  | { readonly type: 'write'; readonly bytes: Uint8Array }
  | { readonly type: 'run'; readonly commandId: string; readonly command: string }
  | { readonly type: 'resize'; readonly cols: number; readonly rows: number }
  | { readonly type: 'signal'; readonly signal: string }
  /** HUP, TERM, KILL; its exit comes as `pty.exit`. */
  | { readonly type: 'end' };

export interface PtyInput {
  readonly launch: PtyContext['launch'];
  readonly size: PtyContext['size'];
}

const driverId = 'pty';
const startSize = { cols: 80, rows: 24 };
const startContext: PtyContext = {
  launch: null,
  size: startSize,
  commands: [],
  inputs: 0,
  prompted: false,
  exit: null,
};

/** What an event is to the driver, the same whether it hears of it at once or reads it again (H1). */
export function orderOf(event: PtyEvent): PtyOrder {
  switch (event.type) {
    case 'pty.input':
      return { type: 'write', bytes: event.bytes };
    case 'command.start':
      return { type: 'run', commandId: event.commandId, command: event.command };
    case 'pty.resize':
      return { type: 'resize', cols: event.cols, rows: event.rows };
    case 'pty.signal':
      return { type: 'signal', signal: event.signal };
    default:
      return { type: 'end' };
  }
}

const setUp = setup({
  types: {
    context: {} as PtyContext,
    events: {} as PtyEvent,
    tags: {} as 'ready' | 'busy' | 'final',
    output: {} as { readonly code: number | null; readonly signal: string | null },
  },
  // Only its name and type: the runtime brings the rest, as a driver.
  actors: {} as { readonly pty: CallbackActorLogic<PtyOrder & EventObject, PtyInput> },
  guards: {
    'there is room for it': ({ context: { commands }, event }) =>
      event.type === 'command.start' && commands.length < commandsMax && !commands.includes(event.commandId),
    'it is under way': ({ context: { commands }, event }) =>
      event.type === 'command.end' && commands.includes(event.commandId),
    'nothing is under way': ({ context: { commands, launch, prompted } }) =>
      commands.length === 0 && (prompted || launch?.ends !== 'prompt'),
  },
  actions: {
    launch: assign(({ event }) => {
      if (event.type !== 'pty.open') return {};
      const { type: _, ...launch } = event;
      const { cols = startSize.cols, rows = startSize.rows } = launch;
      return { launch, size: { cols, rows } };
    }),
    count: assign({ inputs: ({ context }) => context.inputs + 1 }),
    begin: assign({
      commands: ({ context: { commands }, event }) =>
        event.type === 'command.start' ? [...commands, event.commandId] : commands,
    }),
    end: assign({
      commands: ({ context: { commands }, event }) =>
        event.type === 'command.end' ? commands.filter((id) => id !== event.commandId) : commands,
    }),
    prompted: assign({ prompted: true }),
    resized: assign(({ event }) =>
      event.type === 'pty.resize' ? { size: { cols: event.cols, rows: event.rows } } : {},
    ),
    exited: assign(({ event }) =>
      event.type === 'pty.exit' ? { exit: { code: event.code, signal: event.signal } } : {},
    ),
    order: sendTo(driverId, ({ event }) => orderOf(event)),
  },
});

const passive = { 'pty.output': {}, 'pty.hidden': {}, 'pty.mark': {} };

export const ptyMachine = setUp.createMachine({
  id: 'pty',
  context: startContext,
  output: ({ context: { exit } }) => exit ?? { code: null, signal: null },
  initial: 'new',
  states: {
    new: { on: { 'pty.open': { target: 'attached', actions: 'launch' } } },
    attached: {
      invoke: {
        id: driverId,
        src: 'pty',
        input: ({ context: { launch, size } }) => ({ launch, size }),
        onError: '#pty.lost',
      },
      initial: 'opening',
      on: {
        ...passive,
        'pty.lost': '#pty.lost',
        'pty.exit': { target: '#pty.exited', actions: 'exited' },
        'pty.resize': { actions: ['resized', 'order'] },
        'pty.signal': { actions: 'order' },
        'command.end': { guard: 'it is under way', actions: 'end' },
        'pty.prompt': { actions: 'prompted' },
      },
      states: {
        opening: {
          tags: 'busy',
          on: {
            'pty.opened': 'live',
            'pty.openFailed': '#pty.openFailed',
            'pty.close': { target: 'closing', actions: 'order' },
          },
        },
        live: {
          initial: 'busy',
          on: {
            'pty.input': { actions: ['count', 'order'] },
            'command.start': {
              guard: 'there is room for it',
              target: '.busy',
              actions: ['count', 'begin', 'order'],
            },
            'pty.close': { target: 'closing', actions: 'order' },
          },
          states: {
            ready: { tags: 'ready' },
            busy: { tags: 'busy', always: { guard: 'nothing is under way', target: 'ready' } },
          },
        },
        closing: {
          tags: 'busy',
          on: {
            'pty.opened': { actions: 'order' },
            'pty.openFailed': '#pty.openFailed',
            'pty.exit': { target: '#pty.killed', actions: 'exited' },
          },
        },
      },
    },
    exited: { type: 'final', tags: 'final' },
    killed: { type: 'final', tags: 'final' },
    openFailed: { type: 'final', tags: 'final' },
    lost: { type: 'final', tags: 'final' },
  },
});
