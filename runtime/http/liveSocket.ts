/**
 * Whether somebody who owns a directory can be asked.
 */
import { connect } from 'node:net';
import { socketIn } from './socketPath.ts';

/** The path of its owner's socket; undefined where nobody answers: one that was killed leaves it behind. */
export async function liveSocketIn(directory: string): Promise<string | undefined> {
  const path = socketIn(directory);
  return path !== undefined && (await isAnswered(path)) ? path : undefined;
}

async function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const told = (is: boolean): void => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => told(true));
    socket.once('error', () => told(false));
  });
}
