/**
 * An application on Fastify with Troupe inside: its own routes start the work, the plugin shows it to whoever
 * is logged in, page and streams included, under a prefix. Each user sees the runs of their own team alone.
 */
import fastify from 'fastify';
import { openTroupe } from 'troupe';
import { fastifyTroupe } from 'troupe/http';
import type { Authorize } from 'troupe/http';

const teams = new Map([
  ['anna', 'red'],
  ['ben', 'blue'],
]);
const troupe = await openTroupe({ directory: '.troupe' });
const app = fastify();

// In earnest a session tells who asks.
const userOf = (name: string | string[] | undefined | null): string => String(name ?? '');

app.post('/tickets/:id/work', async (request, reply) => {
  const user = userOf(request.headers['x-user']);
  const team = teams.get(user);
  if (team === undefined) return reply.code(401).send('Log in first');
  const { id } = request.params as { id: string };
  // The ticket is the identity: a click that comes twice starts one run.
  const run = troupe.run(`ticket-${id}`);
  const { duplicate } = await run.start({ title: `Ticket ${id}`, labels: { team } }, { id, by: user });
  return reply
    .code(duplicate ? 200 : 201)
    .send({ run: run.address, see: `/troupe/v1/actors/${run.address}/digest` });
});

const authorize: Authorize = ({ headers }) => {
  const user = userOf(headers.get('x-user'));
  const team = teams.get(user);
  if (team === undefined) return new Response('Log in first', { status: 401 });
  return { by: user, labels: { team }, can: ['read', 'send', 'answer'] };
};
await app.register(fastifyTroupe, { prefix: '/troupe', troupe, authorize });

console.log(await app.listen({ port: Number(process.env['PORT'] ?? 0) }));
process.once('SIGTERM', async () => {
  await app.close(); // ends the streams
  await troupe.close();
});
