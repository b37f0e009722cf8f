import type { Command } from 'commander';
import { z } from 'zod';
import { wholeNumber } from '../arguments.ts';
import { evidenceLines } from '../evidence-lines.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { localPath } from '../local-path.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ ratchet run spam-filter --seed 7
  $ ratchet report RUN          (the run's name is in the result)

A run judges and triages the traces, finds why the champion fails, trains candidates on a corrective training set, and
promotes one only if it passes the gate. A run that was broken off goes on where it stopped when it is started again.
Exit code 3: the run ended and the champion stayed; the reason says why.`;

const optionsSchema = z.object({ seed: z.int().nullable().default(null), verbose: z.boolean().default(false) });
type Options = z.infer<typeof optionsSchema>;

export function addRunCommand(program: Command, run: RunCommand): void {
  program
    .command('run')
    .summary('improve the model, and promote what passes the gate')
    .description('Runs the improvement loop once for a model.')
    .argument('<model>', 'name of the model')
    .option('--seed <n>', 'fixes all that is drawn at random (1, or that of the run it goes on with)', wholeNumber)
    .option('--verbose', 'show each item of a stage, not only how many are done')
    .addHelpText('after', help)
    .action((model: string, options: unknown, command: Command) =>
      run(command, (session) => improve(model, optionsSchema.parse(options), session), { patient: false }),
    );
}

async function improve(modelId: string, { seed, verbose }: Options, session: Session): Promise<ExitCode> {
  const workspace = await session.open();
  const { runLoop } = await import('../runtime/run-loop.ts');
  const result = await runLoop(workspace, { modelId, seed, verbose }, session.progress);
  session.progress.stop();
  const report = await localPath(result.report, workspace.ports.objects);
  await session.output.result(commandResult('run', { ...result, report }), [
    result.decision === 'promoted'
      ? `Promoted: checkpoint ${result.champion} is the champion of ${modelId} now.`
      : `Kept: checkpoint ${result.champion} stays the champion of ${modelId}.`,
    `Reason: ${result.reason}`,
    ...evidenceLines(result),
    `Report: ${report}`,
  ]);
  session.output.say(`Next: ratchet report ${result.run}`);
  return result.decision === 'promoted' ? exitCodes.done : exitCodes.kept;
}
