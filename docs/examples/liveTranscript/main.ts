/**
 * A page that shows what an agent says while it says it: `npx esbuild page.ts --bundle --format=esm
 * --outfile=page.js`, then `node main.ts`, then open what it prints. The run is a script; yours is an agent.
 */
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openTroupe } from 'troupe';
import { openServer } from 'troupe/http';

const html = (api: string): string => `<!doctype html>
<meta charset="utf-8">
<title>A live transcript</title>
<h1 id="title"></h1><p id="state"></p><ol id="messages"></ol>
<button id="stop">Stop</button>
<script type="module">import { show } from '/page.js'; show(${JSON.stringify(api)}, 'demo');</script>`;

let api = '';
const pages = createServer((request, response) => {
  if (request.url === '/page.js') {
    response.writeHead(200, { 'content-type': 'text/javascript' });
    createReadStream(new URL('page.js', import.meta.url)).pipe(response);
  } else {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(html(api));
  }
});
await new Promise<void>((resolve) => {
  pages.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', resolve);
});
const page = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;

const troupe = await openTroupe({ directory: '.troupe' });
// The page is of another origin than the runtime: it is named.
const server = await openServer(troupe, { origins: [page] });
api = server.url;
const run = troupe.run('demo');
if (!(await run.exists())) {
  await run.start({ title: 'Fix the login' });
  await run.prompt('The test is in auth.test.ts');
}
console.log(page);

// Each line that is typed here is a piece of what the agent says; the end of input ends the run.
await run.send({ type: 'message.start', messageId: 'reply', role: 'assistant' });
for await (const text of process.stdin.setEncoding('utf8')) {
  await run.send({ type: 'message.delta', messageId: 'reply', part: 'text', text: String(text) });
}
await run.send({ type: 'message.end', messageId: 'reply', finish: 'stop' });
await run.end({ cause: 'completed' });
