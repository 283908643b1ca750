/** The description of the API: valid, linted, and enough for a client that was generated from it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, test, vi } from 'vitest';
import { openApiOf, table } from '../../../runtime/http.ts';
import { openServed } from './served.ts';

// A generator starts slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

/** What the linter says, one line a finding. */
async function findingsIn(description: object): Promise<readonly string[]> {
  const config = await createConfig({ extends: ['recommended'] });
  const source = JSON.stringify(description);
  const found = await lintFromString({ source, absoluteRef: 'openapi.json', config });
  return found.map(({ ruleId, message, location: [at] }) => `${ruleId}: ${message} ${at?.pointer ?? ''}`);
}

test('is linted, and the linter can find something', async () => {
  const { ask } = await openServed();
  const { body } = await ask('/v1/openapi.json');
  expect(await findingsIn(body)).toEqual([]);
  const { paths, ...rest } = body;
  const wrong = { ...rest, paths: { ...(paths as object), '/x': { get: { responses: {} } } } };
  expect((await findingsIn(wrong)).length).toBeGreaterThan(0);
});

test('names every route once, with its parameters', async () => {
  const described = JSON.parse(JSON.stringify(openApiOf(table))) as {
    paths: Record<string, Record<string, { operationId: string; parameters: { name: string }[] }>>;
  };
  const names = Object.values(described.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  expect(names.toSorted()).toEqual(table.map(({ name }) => name).toSorted());
  const { parameters } = described.paths['/v1/actors/{kind}/{id}/events']!['get']!;
  expect(parameters.map(({ name }) => name)).toEqual([
    'kind',
    'id',
    'after',
    'before',
    'limit',
    'reverse',
    'types',
  ]);
});

/** The generator needs an API that the compiler of this checkout does not have; the older one has. */
const olderCompiler = `
  import { registerHooks } from 'node:module';
  const older = import.meta.resolve('typescript-5.9');
  registerHooks({
    resolve: (name, context, next) =>
      name === 'typescript' ? { url: older, shortCircuit: true } : next(name, context),
  });
`;

test('a client that was generated from it sends, reads and is told what went wrong', async () => {
  const { server, troupe } = await openServed();
  const folder = mkdtempSync(join(tmpdir(), 'troupe-openapi-'));
  try {
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'openapi.json'), JSON.stringify(openApiOf(table)));
    writeFileSync(join(folder, 'older.mjs'), olderCompiler);
    writeFileSync(
      join(folder, 'generate.mjs'),
      `import { createClient } from '@hey-api/openapi-ts';
       await createClient({
         input: ${JSON.stringify(join(folder, 'openapi.json'))},
         output: { path: ${JSON.stringify(join(folder, 'client'))}, importFileExtension: '.ts' },
         logs: { level: 'silent', file: false },
       });`,
    );
    const generating = spawn(
      process.execPath,
      ['--import', pathToFileURL(join(folder, 'older.mjs')).href, join(folder, 'generate.mjs')],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const closed = once(generating, 'close') as Promise<[number]>;
    const [said, [code]] = await Promise.all([text(generating.stderr), closed]);
    expect([code, said]).toEqual([0, '']);
    const program = `
      import { client } from ${JSON.stringify(pathToFileURL(join(folder, 'client/client.gen.ts')).href)};
      import * as api from ${JSON.stringify(pathToFileURL(join(folder, 'client/sdk.gen.ts')).href)};
      client.setConfig({ baseUrl: ${JSON.stringify(server.url)} });
      const path = { kind: 'order', id: '1' };
      const body = { event: { type: 'order.note', text: 'a' }, labels: { team: 'core' } };
      const sent = await api.sendEvents({ path, body });
      const rows = await api.listActors({ query: { labels: { team: 'core' }, limit: 5 } });
      const page = await api.readEvents({ path, query: { types: ['order.note', 'order.pay'] } });
      const refused = await api.sendEvents({ path, body: { type: 'order.ship' } });
      const started = await api.startRun({ path: { id: 'r' }, body: { title: 'R' } });
      console.log(JSON.stringify([
        sent.data.seq, rows.data.items.map(({ address }) => address),
        page.data.items.map(({ seq }) => seq), refused.error.code, started.data.tags,
      ]));
    `;
    writeFileSync(join(folder, 'program.mjs'), program);
    const running = spawn(
      process.execPath,
      ['--experimental-transform-types', '--no-warnings', join(folder, 'program.mjs')],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const [out, errors] = await Promise.all([text(running.stdout), text(running.stderr)]);
    expect([errors, out]).toEqual(['', '[2,["order/1"],[2],"NOT_ACCEPTED",["idle"]]\n']);
    expect(await troupe.run('r').exists()).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
