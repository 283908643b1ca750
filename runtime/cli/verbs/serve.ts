/**
 * `troupe serve`. What it needs is loaded when it runs: no other verb pays for it.
 */
import { directoryDefault, portDefault } from '../places.ts';
import type { Verb } from '../verb.ts';

export const serve: Verb = {
  name: 'serve',
  summary: 'own a directory and serve it over HTTP, until Ctrl-C',
  args: '',
  flags: {
    directory: { type: 'text', value: 'D', short: 'd', about: `the data directory (${directoryDefault})` },
    port: { type: 'whole', value: 'N', short: 'p', about: `the port; 0: any that is free (${portDefault})` },
    host: { type: 'text', value: 'H', about: 'the address to listen on (127.0.0.1)' },
    token: { type: 'text', value: 'T', about: 'demanded of every request (TROUPE_TOKEN)' },
    actors: { type: 'text', value: 'FILE', about: 'the module that exports your definitions' },
    workers: { type: 'whole', value: 'N', about: 'threads that host actors (1)' },
    demo: { type: 'switch', about: 'with a live fleet to look at (data in .troupe-demo)' },
    origin: { type: 'texts', value: 'URL', about: 'pages of this origin may ask, too' },
    'allow-launch': { type: 'switch', about: 'lets requests start processes' },
    'allow-send': { type: 'switch', about: 'lets the inspector send events' },
  },
  examples: [
    ['troupe serve', 'the built-in kinds, data in .troupe'],
    ['troupe serve --actors ./actors.ts --workers 2', 'your own kinds'],
    ['troupe serve --demo', 'agents at work, until Ctrl-C'],
    ['TROUPE_TOKEN=… troupe serve --host 0.0.0.0', 'beyond this machine; a token is demanded'],
  ],
  run: async (call) => (await import('../serving.ts')).served(call),
};
