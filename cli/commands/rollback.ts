import type { Command } from 'commander';
import { z } from 'zod';
import { rollbackChampion } from '../../shared/operations/rollback-champion.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { person } from '../person.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ ratchet lineage spam-filter
  $ ratchet rollback spam-filter --to 3f09c1d2aa47be50 --reason "complaints about invoices"

Only a checkpoint that was champion before can be gone back to. The move is entered in the model's record with your name.`;

const optionsSchema = z.object({ to: z.string(), reason: z.string().max(1_000) });

export function addRollbackCommand(program: Command, run: RunCommand): void {
  program
    .command('rollback')
    .summary('move the champion back')
    .description('Makes a former champion the champion again. Refused while a run is active.')
    .argument('<model>', 'name of the model')
    .requiredOption('--to <id>', 'checkpoint to go back to')
    .option('--reason <text>', 'why, for the record', 'by hand')
    .addHelpText('after', help)
    .action((model: string, options: unknown, command: Command) =>
      run(command, (session) => rollback(model, optionsSchema.parse(options), session)),
    );
}

async function rollback(
  modelId: string,
  { to, reason }: z.infer<typeof optionsSchema>,
  session: Session,
): Promise<ExitCode> {
  const { ports } = await session.open();
  const result = await rollbackChampion({ modelId, to, by: person(), reason }, ports);
  await session.output.result(
    commandResult('rollback', { model: modelId, champion: to, previous: result.from, moved: result.moved }),
    [
      result.moved
        ? `Checkpoint ${to} is the champion of ${modelId} again, in place of ${result.from ?? 'none'}.`
        : `Checkpoint ${to} is the champion of ${modelId} already.`,
    ],
  );
  return exitCodes.done;
}
