/**
 * What helps where a directory is only read, and somebody wants to change it: an owner that can be asked.
 */

/** `pid`: of the process that has it open, and no socket that answers; undefined: nobody has. */
export function ownerWanted(directory: string, pid: number | undefined): string {
  if (pid === undefined) {
    return (
      `Nobody who can be asked has ${directory} open: it is read only, and this changes it. ` +
      `Start its owner (\`troupe serve --directory ${directory}\`, or \`openTroupe\` and ` +
      '`openOwnerSocket`), and try again.'
    );
  }
  return (
    `Process ${pid} has ${directory} open, and no socket by which it can be asked: it is read only from ` +
    'here, and this changes it. Let that process call `openOwnerSocket(troupe)` of `troupe/http`, and try ' +
    'again.'
  );
}
