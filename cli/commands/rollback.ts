import type { Command } from 'commander';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { person } from '../person.ts';
import { printableLine } from '../printable.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ ratchet lineage spam-filter
  $ ratchet rollback spam-filter --to 3f09c1d2aa47be50 --reason "complaints about invoices"
  $ ratchet rollback spam-filter --if-worse
  $ ratchet rollback spam-filter --release 81be5c07d2f4a613 --reason "it was the import, not the model"

--if-worse goes back to the predecessor of a promoted champion where that is proven worse on what was judged since, by a test
that may be asked as often as one likes; else the champion stays. It is what ratchet serve and a stack do by themselves as
judgements come, unless the setting afterPromotion is off.

Only a checkpoint that was champion before can be gone back to. The move is entered in the model's record with your name.
What you go back from stays out, and what the same evidence would make again, until people's judgements change the
evidence or --release lets it in.`;

const optionsSchema = z.object({
  to: z.string().optional(),
  release: z.string().optional(),
  ifWorse: z.boolean().default(false),
  reason: z.string().max(1_000),
});
type Options = z.infer<typeof optionsSchema>;

export function addRollbackCommand(program: Command, run: RunCommand): void {
  program
    .command('rollback')
    .summary('move the champion back')
    .description('Makes a former champion the champion again. Refused while a run is active.')
    .argument('<model>', 'name of the model')
    .option('--to <id>', 'checkpoint to go back to')
    .option('--if-worse', 'go back to the predecessor of a promoted champion that is proven worse since')
    .option('--release <id>', 'let in again what was gone back from, and its like; the champion stays')
    .option('--reason <text>', 'why, for the record', 'by hand')
    .addHelpText('after', help)
    .action((model: string, options: unknown, command: Command) =>
      run(command, (session) => rollback(model, optionsSchema.parse(options), session)),
    );
}

async function rollback(modelId: string, options: Options, session: Session): Promise<ExitCode> {
  const { to, release, ifWorse, reason } = options;
  if ([to !== undefined, release !== undefined, ifWorse].filter(Boolean).length !== 1) {
    throw new RatchetError('InvalidInput', 'One of --to, --if-worse and --release is needed.', {
      mend: `See the checkpoints: ratchet lineage ${modelId}${session.stackOption}`,
    });
  }
  const { ports } = await session.open();
  if (release !== undefined) return released(modelId, release, reason, session, ports);
  if (ifWorse) return backIfWorse(modelId, session, ports);
  const { rollbackChampion } = await import('../../shared/operations/rollback-champion.ts');
  const result = await rollbackChampion({ modelId, to: to ?? '', by: person(), reason }, ports);
  const kept =
    result.moved && result.from !== null
      ? [
          `${result.from} and its like stay out until people's judgements change the evidence, or: ratchet rollback ${modelId} --release ${result.from}${session.stackOption}`,
        ]
      : [];
  await session.output.result(
    commandResult('rollback', {
      model: modelId,
      champion: result.to,
      previous: result.from,
      moved: result.moved,
      released: null,
      ...(result.deployedTo === null ? {} : { deployedTo: result.deployedTo }),
    }),
    [
      result.moved
        ? `Checkpoint ${result.to} is the champion of ${modelId} again, in place of ${result.from ?? 'none'}.`
        : `Checkpoint ${result.to} is the champion of ${modelId} already.`,
      ...(result.deployedTo === null ? [] : [`It is deployed: published to ${printableLine(result.deployedTo, 400)}`]),
      ...kept,
    ],
  );
  return exitCodes.done;
}

async function backIfWorse(modelId: string, session: Session, ports: Ports): Promise<ExitCode> {
  const { watchChampion } = await import('../../shared/operations/watch-champion.ts');
  const { outcome, champion, predecessor, reason, count } = await watchChampion(modelId, ports);
  const moved = outcome === 'moved-back';
  const now = (await ports.lineage.getControl(modelId))?.championId ?? '';
  const why = printableLine(reason, 600);
  await session.output.result(
    commandResult('rollback', {
      model: modelId,
      champion: now,
      previous: moved ? champion : null,
      moved,
      released: null,
      evidence: count,
    }),
    moved
      ? [`Checkpoint ${predecessor} is the champion of ${modelId} again, in place of ${champion}.`, `${why}.`]
      : [`The champion of ${modelId} stays.`, ...(outcome === 'off' ? [] : [`${why}.`])],
  );
  return exitCodes.done;
}

async function released(
  modelId: string,
  checkpointId: string,
  reason: string,
  session: Session,
  ports: Ports,
): Promise<ExitCode> {
  const { releaseRolledBack } = await import('../../shared/operations/rollback-champion.ts');
  await releaseRolledBack({ modelId, checkpointId, by: person(), reason }, ports);
  const champion = (await ports.lineage.getControl(modelId))?.championId ?? '';
  await session.output.result(
    commandResult('rollback', { model: modelId, champion, previous: null, moved: false, released: checkpointId }),
    [`Checkpoint ${checkpointId} and its like may be promoted again; ${champion} stays the champion of ${modelId}.`],
  );
  return exitCodes.done;
}
