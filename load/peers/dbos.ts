/** DBOS with a workflow an event, which has one step: delivered, done and finished, all of it recorded. */
import { seated } from '../beside/seat.ts';
import type { Note } from '../beside/seat.ts';
import { loadDBOS } from './dbosLibrary.ts';

await seated(async () => {
  const DBOS = await loadDBOS();
  const take = DBOS.registerWorkflow(
    async (_actor: number, event: Note) => DBOS.runStep(async () => event.text.length, { name: 'take' }),
    { name: 'take' },
  );
  await DBOS.launch();
  return {
    send: async (actor, event) => {
      const workflowID = `run-${actor}-${event.n}`;
      return (await DBOS.startWorkflow(take, { workflowID })(actor, event)).getResult();
    },
    stored: async () => (await DBOS.listWorkflows({ status: 'SUCCESS', loadInput: false })).length,
    close: async () => DBOS.shutdown(),
  };
});
