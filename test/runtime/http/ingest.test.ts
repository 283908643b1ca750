/** Frames of an engine over HTTP: each once, however its stream is slow, cut, broken or given again. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import { claude } from '../../../actors/adapters/index.ts';
import { createHandler } from '../../../runtime/http.ts';
import type { Access, Server } from '../../../runtime/http.ts';
import type { Run } from '../../../runtime/index.ts';
import { adapted } from '../../../runtime/testing.ts';
import { eventsOf, fixture, linesOf } from '../ingest/streams.ts';
import { openServed, toldBy } from './served.ts';
import type { Served, Told } from './served.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const turnOfLoop = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const { frames } = fixture('claudeTwoTurns');
const lines = linesOf(frames);
const events = adapted(claude, frames, 'p1');
const path = '/v1/runs/a/ingest?adapter=claude&source=p1';
const ndjson = { 'content-type': 'application/x-ndjson' };

async function startedRun({ troupe }: Served): Promise<Run> {
  const run = troupe.run('a');
  await run.start({ engine: 'claude' });
  return run;
}

const given = async ({ ask }: Served, body: string, to = path): Promise<Told> =>
  ask(to, { method: 'POST', headers: ndjson, body });

/** A request whose body is written by hand. */
async function begun({ port }: Pick<Server, 'port'>, to = path): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const head = [
    `POST ${to} HTTP/1.1`,
    'host: localhost',
    'content-type: application/x-ndjson',
    'transfer-encoding: chunked',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  return socket;
}

/** Answers are small enough to come at once. */
async function answerOn(socket: Socket): Promise<string> {
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return String(answer);
}

const chunk = (piece: string): string => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`;
const end = '0\r\n\r\n';

/** The history has so many events of the stream. */
async function recorded(run: Run, count: number): Promise<void> {
  let seen = 0;
  for await (const { facts } of run.subscribe({ after: 0, windowMs: 0 })) {
    seen += facts.filter(({ by }) => by === 'ingest:p1').length;
    if (seen >= count) return;
  }
}

describe('a stream', () => {
  test('is the history that it is in process, and the answer says how much was taken', async () => {
    const served = await openServed();
    const run = await startedRun(served);
    const nothing = { refusals: 0, refused: [], incomplete: 0 };
    const first = { frames: 13, resumedAfter: 0, events: events.length, ...nothing };
    expect(await given(served, lines)).toMatchObject({ status: 200, body: first });
    expect(await eventsOf(run)).toEqual(events);
    const again = { frames: 13, resumedAfter: 13, events: 0, ...nothing };
    expect(await given(served, lines)).toMatchObject({ status: 200, body: again });
    expect(await eventsOf(run)).toEqual(events);
  });

  test('that is cut anywhere and given again has each event once', async () => {
    const served = await openServed();
    const run = await startedRun(served);
    const cuts = [0.1, 0.5, 0.9].map((part) => Math.floor(lines.length * part));
    for (const [i, cut] of cuts.entries()) {
      const socket = await begun(served.server);
      socket.write(chunk(lines.slice(0, cut)));
      const whole = lines.slice(0, cut).split('\n').length - 1;
      await recorded(run, adapted(claude, frames.slice(0, whole), 'p1').length - 1);
      if (i === 1) socket.resetAndDestroy();
      else socket.destroy();
    }
    expect(await given(served, lines)).toMatchObject({ status: 200, body: { frames: 13 } });
    expect(await eventsOf(run)).toEqual(events);
  });

  test('may take longer than any other request', async () => {
    const served = await openServed({ headersMs: 50, requestMs: 100 });
    const run = await startedRun(served);
    const socket = await begun(served.server);
    socket.write(chunk(lines.slice(0, 700)));
    // It began later, and was told that its time is over.
    const other = connect(served.server.port, '127.0.0.1');
    other.write('POST /v1/runs/a/stop HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n');
    other.write('content-type: application/json\r\n\r\n{');
    expect(await text(other)).toMatch(/^HTTP\/1\.1 408 |^$/);
    socket.write(chunk(lines.slice(700)) + end);
    expect(await answerOn(socket)).toMatch(/^HTTP\/1\.1 200 [^]*"frames":13/);
    expect(await eventsOf(run)).toEqual(events);
  });

  test('of which the sender falls silent is ended, and what came of it is kept', async () => {
    const served = await openServed({ limits: { silenceMs: 100 } });
    const run = await startedRun(served);
    const socket = await begun(served.server);
    socket.write(chunk(lines.slice(0, 700)));
    // Nobody reads it any more, and so it is cut.
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 [^]*Nothing came for 100 ms/);
    expect(await given(served, lines)).toMatchObject({ body: { frames: 13 } });
    expect(await eventsOf(run)).toEqual(events);
  });

  test('of somebody who gives it again ends the request before', async () => {
    const served = await openServed();
    const run = await startedRun(served);
    const socket = await begun(served.server);
    socket.write(chunk(lines.slice(0, 700)));
    await recorded(run, 1);
    const [before, after] = await Promise.all([answerOn(socket), given(served, lines)]);
    expect(before).toMatch(/^HTTP\/1\.1 409 [^]*Another request gives this stream/);
    expect(after).toMatchObject({ status: 200, body: { frames: 13 } });
    expect(await eventsOf(run)).toEqual(events);
  });

  test('ends with its server, and is told to go elsewhere', async () => {
    const served = await openServed();
    const run = await startedRun(served);
    const socket = await begun(served.server);
    socket.write(chunk(lines.slice(0, 700)));
    await recorded(run, 1);
    const [answer] = await Promise.all([answerOn(socket), served.server.close()]);
    expect(answer).toMatch(/^HTTP\/1\.1 503 [^]*This server is closing/);
  });

  test('with a line that has no end keeps its beginning', async () => {
    const served = await openServed();
    const run = await startedRun(served);
    const endless = 'x'.repeat(17 * 1024 * 1024);
    const answer = await given(served, `${endless}${endless}\n${lines}`);
    expect(answer).toMatchObject({ status: 200, body: { frames: 14, refusals: 0 } });
    const [first, ...rest] = await eventsOf(run);
    expect(first).toEqual({ type: 'note', unknown: true, raw: 'x'.repeat(4096) });
    expect(rest).toHaveLength(events.length);
  });

  test('that is no text at all is kept as notes, and its last half line is left', async () => {
    const served = await openServed();
    const run = await startedRun(served);
    const body = Buffer.from([0xff, 0x00, 0x0a, 0x7b, 0x22]);
    const { body: told } = await served.ask(path, { method: 'POST', headers: ndjson, body });
    expect(told).toMatchObject({ frames: 1, events: 1, incomplete: 2 });
    expect(await eventsOf(run)).toEqual([{ type: 'note', unknown: true, raw: '\ufffd\0' }]);
  });

  test('of an engine of your own has the name under which it was given', async () => {
    const served = await openServed({}, { engines: { parrot: { adapter: { ...claude, name: 'parrot' } } } });
    const run = await startedRun(served);
    const answer = await given(served, lines, '/v1/runs/a/ingest?adapter=parrot&source=p1');
    expect(answer).toMatchObject({ status: 200, body: { frames: 13 } });
    expect(await eventsOf(run)).toEqual(events);
  });

  test('goes through a handler as a stream of the web', async () => {
    const served = await openServed();
    const run = await startedRun(served);
    const access: Access = { by: 'me', can: ['send'] };
    const handler = createHandler(served.troupe, { authorize: () => access });
    const pieces = new Blob([lines]).stream();
    const request = new Request(`http://app.example${path}`, {
      method: 'POST',
      headers: ndjson,
      body: pieces,
      duplex: 'half',
    });
    expect(await toldBy(await handler(request))).toMatchObject({ status: 200, body: { frames: 13 } });
    expect(await eventsOf(run)).toEqual(events);
  });
});

describe('is refused, though its body goes on:', () => {
  const cases: readonly (readonly [string, string, number, string])[] = [
    ['an adapter that nobody has', '/v1/runs/a/ingest?adapter=parrot', 422, 'codexAppServer'],
    ['no adapter', '/v1/runs/a/ingest', 422, 'adapter'],
    ['a source without a name', '/v1/runs/a/ingest?adapter=claude&source=', 422, 'source'],
    ['a run that is none', '/v1/runs/none/ingest?adapter=claude', 404, 'NOT_FOUND'],
    ['another stream under its name', path, 409, 'not the stream'],
    ['a run that has ended', '/v1/runs/over/ingest?adapter=claude', 410, 'SEALED'],
  ];
  test.each(cases)('%s', async (_, to, status, why) => {
    const served = await openServed();
    await startedRun(served);
    await given(served, lines);
    const over = served.troupe.run('over');
    await over.start();
    await over.stop();
    const socket = await begun(served.server, to);
    socket.on('error', () => undefined);
    const other = linesOf(frames.toReversed());
    socket.write(chunk(other));
    expect(await answerOn(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*${why}`));
  });

  test('and its sender, who closes behind it, has the answer before its connection ends', async () => {
    const served = await openServed();
    const socket = connect({ port: served.server.port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    const head = [
      'POST /v1/runs/none/ingest?adapter=claude HTTP/1.1',
      'host: localhost',
      'connection: close',
    ];
    const body = ['content-type: application/x-ndjson', 'transfer-encoding: chunked'];
    socket.write(`${[...head, ...body].join('\r\n')}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1\.1 404 [^]*NOT_FOUND/);
    // More than any buffer between the two holds: somebody takes it.
    for (let pieces = 0; pieces < 16; pieces++) {
      if (!socket.write(chunk('x'.repeat(1024 * 1024)))) await once(socket, 'drain');
    }
    socket.end(end);
    socket.resume();
    expect(await once(socket, 'close')).toEqual([false]);
  });

  test('what says that it is something else', async () => {
    const served = await openServed();
    await startedRun(served);
    const types = {
      'application/json': {},
      'text/plain': {},
      'application/x-ndjson': { 'content-encoding': 'gzip' },
    };
    for (const [type, more] of Object.entries(types)) {
      const headers = { 'content-type': type, ...more };
      const answer = await served.ask(path, { method: 'POST', headers, body: lines });
      expect(answer, type).toMatchObject({ status: 415 });
    }
  });

  test('what is not for its sender, from the beginning or from now on', async () => {
    let access: Access = { by: 'one', can: ['read', 'send'], labels: { tenant: 'one' } };
    const served = await openServed({ authorize: () => access, limits: { authorizeMs: 1 } });
    const run = served.troupe.run('a');
    await run.start({ labels: { tenant: 'one' } }, { labels: { tenant: 'one' } } as object);
    access = { ...access, labels: { tenant: 'two' } };
    expect(await given(served, lines)).toMatchObject({ status: 404 });
    access = { ...access, labels: { tenant: 'one' }, can: ['read'] };
    expect(await given(served, lines)).toMatchObject({ status: 403 });
    access = { ...access, can: ['send'] };
    const socket = await begun(served.server);
    socket.write(chunk(lines.slice(0, 700)));
    await recorded(run, 1);
    access = { ...access, labels: { tenant: 'two' } };
    expect(await refusedOn(socket)).toMatch(/^HTTP\/1\.1 403 /);
  });

  test('what goes on into a run that was given to somebody else', async () => {
    const access: Access = { by: 'one', can: ['send'], labels: { tenant: 'one' } };
    const served = await openServed({ authorize: () => access, limits: { authorizeMs: 1 } });
    const run = served.troupe.run('a');
    await run.start({ labels: { tenant: 'one' } });
    const socket = await begun(served.server);
    socket.write(chunk(lines.slice(0, 700)));
    await recorded(run, 1);
    await run.label({ tenant: 'two' });
    expect(await refusedOn(socket)).toMatch(/^HTTP\/1\.1 403 /);
  });
});

/** Goes on with what says nothing, until there is an answer. */
async function refusedOn(socket: Socket): Promise<string> {
  const answer = answerOn(socket);
  for (let isOver = false; !isOver; await turnOfLoop()) {
    socket.write(chunk('\n'));
    isOver = socket.bytesRead > 0;
  }
  return answer;
}
