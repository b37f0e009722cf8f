import { constants } from 'node:os';
import { runCli } from './program.ts';

let farewell = 'What is complete is kept; the same command goes on from there.';
let finish: () => Promise<void> = async () => undefined;

/** Ends the process once what must not be lost is kept; a second signal does not wait for that. */
function end(code: number): void {
  void finish()
    .catch((error: unknown) => process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`))
    .finally(() => process.exit(code));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    process.stderr.write(`\nStopped by ${signal}. ${farewell}\n`);
    end(128 + constants.signals[signal]);
  });
}

// The reader went away (`ratchet … | head`): there is nobody left to write to.
process.stdout.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'EPIPE' ? 0 : 1));

const exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  onStop(text) {
    farewell = text;
  },
  onEnding(work) {
    finish = work;
  },
});
process.exitCode = exitCode;
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
