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
  const result = commandResult('list', { models: hasPlace ? await modelsHere(session) : [] });
  await session.output.result(result, listLines(result.models));
  if (result.models.length === 0) {
    const found = hasPlace ? 'There are no models here yet.' : `There is no workspace in ${session.directory} yet.`;
    session.output.say(
      `${found} Make the first ${hasPlace ? 'one' : 'model'}: ratchet create MODEL --examples FILE${session.stackOption}`,
    );
  }
  return exitCodes.done;
}

async function modelsHere(session: Session): Promise<CommandResult<'list'>['models']> {
  const { ports } = await session.openToRead();
  const { listModels } = await import('../../shared/operations/list-models.ts');
  return (await listModels(ports)).map(shown);
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
