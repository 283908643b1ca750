/** A process that serves a directory until a signal, for tests that end it one way or another. */
import { closeAtSignals, openServer } from '../../../runtime/http.ts';
import { openTroupe } from '../../../runtime/index.ts';

const [directory = ''] = process.argv.slice(2);
const actors = new URL('../actors/sample.ts', import.meta.url);
const troupe = await openTroupe({ directory, actors, workers: 1 });
const server = await openServer(troupe, { closeMs: 60_000 });
const { closed } = closeAtSignals(server, troupe);
console.log(server.url);
await closed;
console.log('closed');
