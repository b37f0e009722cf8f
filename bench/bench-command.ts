import { exitCodeOf } from '../cli/exit-codes.ts';
import { createOutput, type Output } from '../cli/output.ts';
import { createProgress, type ProgressUi } from '../cli/progress.ts';

export interface BenchCommand {
  readonly output: Output;
  readonly progress: ProgressUi;
  /** Tells the usage where help is asked for, else does the work; a fault is told as `ratchet` tells one, with its exit code. */
  run(help: boolean, work: () => Promise<void>): Promise<void>;
}

/** A benchmark as a command: results on stdout, progress and faults on stderr. Stages that end before `patienceMs` are not mentioned. */
export function benchCommand(usage: string, options: { readonly patienceMs?: number } = {}): BenchCommand {
  const output = createOutput(process, { json: false, debug: process.env.RATCHET_DEBUG === '1' });
  const interactive = options.patienceMs === undefined && process.stderr.isTTY === true;
  const progress = createProgress({ stream: process.stderr, interactive, ...options });
  return {
    output,
    progress,
    async run(help, work) {
      try {
        if (help) await output.result({ usage }, [usage]);
        else await work();
      } catch (error) {
        progress.stop();
        output.fault(error);
        process.exitCode = exitCodeOf(error);
      } finally {
        progress.stop();
      }
    },
  };
}
