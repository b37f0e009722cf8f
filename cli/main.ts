import { constants } from 'node:os';
import { runCli } from './program.ts';

let farewell = 'What is complete is kept; the same command goes on from there.';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    process.stderr.write(`\nStopped by ${signal}. ${farewell}\n`);
    process.exit(128 + constants.signals[signal]);
  });
}

// The reader went away (`ratchet … | head`): there is nobody left to write to.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  onStop(text) {
    farewell = text;
  },
});
process.exitCode = exitCode;
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
