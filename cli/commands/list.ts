import type { Command } from 'commander';
import type { ListedModel } from '../../shared/operations/list-models.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { listLines } from '../list-lines.ts';
import { type CommandResult, commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ ratchet list
  $ ratchet list --json | jq -r '.models[] | select(.next.due) | .model'

Judged are the traces of which a judgement counts today. The score is that which was measured when the champion was made; ratchet status MODEL tells how it
does since.`;

export function addListCommand(program: Command, run: RunCommand): void {
  program
    .command('list')
    .summary('all models at a glance')
    .description(
      'Lists the models of the workspace or the stack: task, champion, score, traffic, the run that is going on, and when the next one is due.',
    )
    .addHelpText('after', help)
    .action((_options: unknown, command: Command) => run(command, list));
}

async function list(session: Session): Promise<ExitCode> {
  const hasPlace = await session.hasPlace();
  const { models, toName } = hasPlace ? await foundHere(session) : { models: [], toName: [] };
  await session.output.result(commandResult('list', { models }), listLines(models));
  if (models.length === 0) {
    const found = hasPlace ? 'There are no models here yet.' : `There is no workspace in ${session.directory} yet.`;
    const first = `Make the first ${hasPlace ? 'one' : 'model'}: ratchet create MODEL --examples FILE${session.stackOption}`;
    session.output.say(toName.length === 0 ? `${found} ${first}` : found);
  }
  for (const model of toName) {
    session.output.say(
      `Clusters wait to be named for ${model}: fill in "label" in the file that ratchet create ${model} --inputs wrote, then: ratchet create ${model} --from-clusters FILE${session.stackOption}`,
    );
  }
  return exitCodes.done;
}

interface Found {
  readonly models: CommandResult<'list'>['models'];
  /** Names of models whose clusters people have yet to name. */
  readonly toName: readonly string[];
}

async function foundHere(session: Session): Promise<Found> {
  const { ports } = await session.openToRead();
  const { listModels } = await import('../../shared/operations/list-models.ts');
  const { modelsToName } = await import('../../shared/operations/kept-clusters.ts');
  return { models: (await listModels(ports)).map(shown), toName: await modelsToName(ports) };
}

function shown(model: ListedModel): CommandResult<'list'>['models'][number] {
  const { champion, lastRun } = model;
  return {
    model: model.modelId,
    task: model.task,
    labels: model.labels,
    champion:
      champion === null ? null : { checkpoint: champion.checkpointId, since: champion.since, score: champion.score },
    traffic: model.traffic,
    lastRun: lastRun === null ? null : { run: lastRun.runId, status: lastRun.status, decision: lastRun.decision },
    active: model.active?.runId ?? null,
    next: model.next,
  };
}
