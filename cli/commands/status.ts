import type { Command } from 'commander';
import type { ModelStatus } from '../../shared/operations/model-status.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type CommandResult, commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';
import { sinceVerdict, statusLines } from '../status-lines.ts';

const help = `
Example:
  $ ratchet status spam-filter
  $ ratchet status spam-filter --json | jq -r .since.verdict

The champion is held beside its predecessor on the judged traces that came after the run that promoted it began: both
answer as they are served, neither has seen them, and no choice was made by them. What is near an earlier trace, or near
an example that either was trained on, is left out, and near-duplicates count once. Nothing is triaged: all that is judged
counts. p is of the exact one-sided McNemar test and holds for one look: who looks every day and acts on the first p below
0.05 errs more often.`;

export function addStatusCommand(program: Command, run: RunCommand): void {
  program
    .command('status')
    .summary('how the champion does since it was promoted')
    .description(
      'Says who is champion since when, how it does beside its predecessor on judged traces that neither has seen, what the last run decided, and whether one is going on.',
    )
    .argument('<model>', 'name of the model')
    .addHelpText('after', help)
    .action((model: string, _options: unknown, command: Command) => run(command, (session) => status(model, session)));
}

async function status(modelId: string, session: Session): Promise<ExitCode> {
  const { ports } = await session.open();
  const { modelStatus } = await import('../../shared/operations/model-status.ts');
  session.progress.stageStarted('compare');
  const found = await modelStatus(modelId, ports, (done, total) =>
    session.progress.stageProgress('compare', done, total, 'answers'),
  );
  session.progress.stageFinished('compare', '');
  const result = await resultOf(found);
  await session.output.result(result, statusLines(result));
  return exitCodes.done;
}

async function resultOf({ modelId, move, since, lastRun, active }: ModelStatus): Promise<CommandResult<'status'>> {
  const { missingToCompare } = await import('../../shared/operations/since-promotion.ts');
  const figures = since === null ? null : { ...since, missing: missingToCompare(since) };
  return commandResult('status', {
    model: modelId,
    champion:
      move === null
        ? null
        : { checkpoint: move.to, since: move.at, how: move.kind, by: move.by, predecessor: move.from },
    since: figures === null || move === null ? null : { ...figures, verdict: sinceVerdict(move.kind, figures) },
    lastRun:
      lastRun === null
        ? null
        : {
            run: lastRun.runId,
            status: lastRun.status,
            decision: lastRun.decision,
            reason: lastRun.failure?.cause ?? lastRun.reason,
            startedAt: lastRun.startedAt,
            finishedAt: lastRun.finishedAt,
          },
    active:
      active === null
        ? null
        : { run: active.runId, owner: active.owner, until: new Date(active.expiresAt).toISOString() },
  });
}
