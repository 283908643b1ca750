/**
 * The thread that lays a chart out, and the one file that imports elkjs: its code is large, keeps a thread
 * busy for as long as it works, and cannot be interrupted but by ending the thread.
 */
import { parentPort, workerData } from 'node:worker_threads';
import ELK from 'elkjs';
import type { ElkNode } from 'elkjs';

const elk = new ELK.default();
const graphs = workerData as ElkNode[];

try {
  const done: ElkNode[] = [];
  for (const graph of graphs) done.push(await elk.layout(graph));
  parentPort?.postMessage({ graphs: done });
} catch (error) {
  parentPort?.postMessage({ failure: String(error) });
}
