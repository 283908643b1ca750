/**
 * A runtime in a process of its own, to be killed: it opens children that do not want to end, says their pids
 * and the host's, and waits. Run with `node`.
 */
import { ProcessHost } from '../../../runtime/processHost/processHost.ts';
import { Recorder } from './kit.ts';

const host = new ProcessHost({ limits: { hangupMs: 100, terminateMs: 200 } });
const scripts = [
  'echo ready; read line',
  'trap "" HUP TERM; echo ready; while :; do sleep 1000; done',
  'sh -c "echo ready; sleep 1000" & wait',
];
const pids: number[] = [];
for (const [i, script] of scripts.entries()) {
  for (const size of [undefined, { cols: 80, rows: 24 }]) {
    const heard = new Recorder();
    const id = `${i}-${size === undefined ? 'pipe' : 'pty'}`;
    const child = await host.open(
      { id, command: 'bash', args: ['--norc', '-c', script], ...(size && { size }) },
      heard,
    );
    await heard.says('ready');
    pids.push(child.mark.pid);
  }
}
console.log(JSON.stringify({ host: await host.pid(), pids }));
if (process.argv.includes('--close')) await host.close();
else if (process.argv.includes('--exit')) process.exit(3);
