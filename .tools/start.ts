/**
 * What `npm start` says until there is a server to start. It prints what works today, and nothing else.
 */
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

console.log(`troupe ${version}: there is no server to start yet.

Today this checkout holds the journal, the durable host, agent runs, subscriptions and the outbox,
embedded in your process. README.md shows it in twenty lines, docs/guide/ goes on from there.
  npm test             types, lint, tidy and every test
  npm run test:crash   kills a writing process again and again, and checks what it had acknowledged
  npm run bench        measures the journal and the host, side by side with their limits
The server (HTTP, inspector, CLI) comes later: see docs/ROADMAP.md.`);
