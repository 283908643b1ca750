#!/usr/bin/env node
/**
 * `troupe`: the program behind the command line.
 */
import { program } from './program.ts';

// A reader that leaves (`troupe history … | head`) has what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await program(process.argv.slice(2), {
  out: process.stdout,
  errors: process.stderr,
  env: process.env,
});
