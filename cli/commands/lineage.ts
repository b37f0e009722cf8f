import type { Command } from 'commander';
import { whichModel } from '../../shared/operations/which-model.ts';
import { unknownModel } from '../../shared/ports/unknown-model.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type LineageView, lineageLines } from '../lineage-tree.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ ratchet lineage spam-filter
  $ ratchet lineage                    (of the only model)
  $ ratchet lineage spam-filter --json | jq -r .champion`;

export function addLineageCommand(program: Command, run: RunCommand): void {
  program
    .command('lineage')
    .summary("a model's checkpoints, runs and moves")
    .description(
      'Shows the tree of checkpoints with their scores, the records frozen by promotions, the runs, and every move of the champion.',
    )
    .argument('[model]', 'name of the model; may be left out where there is one alone')
    .addHelpText('after', help)
    .action((model: string | undefined, _options: unknown, command: Command) =>
      run(command, (session) => lineage(model ?? null, session)),
    );
}

async function lineage(named: string | null, session: Session): Promise<ExitCode> {
  const { ports } = await session.openToRead();
  const store = ports.lineage;
  const { modelId } = await whichModel(named, ports);
  const control = await store.getControl(modelId);
  if (control === undefined) throw await unknownModel(modelId, ports);
  const [checkpoints, datasets, evaluationSets, runs] = await Promise.all([
    store.listCheckpoints(modelId),
    store.listDatasets(modelId),
    store.listEvaluationSets(modelId),
    store.listRuns(modelId),
  ]);
  const view: LineageView = {
    model: modelId,
    champion: control.championId,
    checkpoints,
    datasets,
    evaluationSets,
    runs,
    moves: control.moves,
  };
  await session.output.result(
    commandResult('lineage', {
      model: modelId,
      champion: control.championId,
      checkpoints: checkpoints.map((checkpoint) => ({
        ...checkpoint,
        champion: checkpoint.checkpointId === control.championId,
      })),
      datasets: [...datasets],
      evaluationSets: [...evaluationSets],
      runs: [...runs],
      moves: control.moves,
    }),
    lineageLines(view),
  );
  return exitCodes.done;
}
