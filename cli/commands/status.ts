import type { Command } from 'commander';
import { z } from 'zod';
import type { Drift } from '../../shared/domain/drift/drift-findings.ts';
import type { ModelHealth } from '../../shared/operations/model-health.ts';
import type { ModelStatus } from '../../shared/operations/model-status.ts';
import { whichModel } from '../../shared/operations/which-model.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Place } from '../place.ts';
import { type CommandResult, commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';
import { sinceVerdict, statusLines } from '../status-lines.ts';

const help = `
Example:
  $ ratchet status spam-filter
  $ ratchet status spam-filter --json | jq -r .since.verdict

Without MODEL: the only model there is. Judged are the traces of which a judgement counts today; the lines by day count each
batch for itself. To tell how the champion does, it answers the judged traces that came since. A model at an
endpoint is not asked, since that may cost something: it counts by its answers on record.

The champion is held beside its predecessor on the judged traces that came after the run that promoted it began: both
answer as they are served, neither has seen them, and no choice was made by them. What is near an earlier trace, or near
an example that either was trained on, is left out, and near-duplicates count once. Nothing is triaged: all that is judged
counts. p is of the exact one-sided McNemar test and holds for one look: who looks every day and acts on the first p below
0.05 errs more often. The line "Watched" is of a test that may be looked at every day: at evidence 20 the champion is proven
worse, and ratchet serve and a stack move it back by themselves (settings afterPromotion, canaryShare, watchFor).

The lines under "Drift" are of tests that may be looked at as often as one likes: of label mix, distance to the training
material, confidence and judged failures, each against all that came before in the champion's time. At 1 a change is
proven. Settings: drift, driftLevel.`;

const optionsSchema = z.object({ compare: z.boolean() });

export function addStatusCommand(program: Command, run: RunCommand): void {
  program
    .command('status')
    .summary('the health of a model at a glance')
    .description(
      'Says who is champion since when, how it does beside its predecessor on judged traces that neither has seen, how much comes in and fails over time, what waits for review, whether it has changed, what the last run decided, and when the next one is due.',
    )
    .argument('[model]', 'name of the model; may be left out where there is one alone')
    .option('--no-compare', 'leave out how the champion does beside its predecessor, which has to be computed')
    .addHelpText('after', help)
    .action((model: string | undefined, options: unknown, command: Command) =>
      run(command, (session) => status(model ?? null, optionsSchema.parse(options).compare, session)),
    );
}

async function status(named: string | null, compare: boolean, session: Session): Promise<ExitCode> {
  const place = await session.openToRead();
  const { ports } = place;
  const model = await whichModel(named, ports);
  const { modelId } = model;
  const { modelStatus } = await import('../../shared/operations/model-status.ts');
  const { modelHealth } = await import('../../shared/operations/model-health.ts');
  session.progress.stageStarted('compare');
  const { lookAtDrift } = await import('../../shared/operations/drift.ts');
  const [found, health, drift, review] = await Promise.all([
    modelStatus(modelId, ports, {
      compare,
      onProgress: (done, total) => session.progress.stageProgress('compare', done, total, 'answers'),
    }),
    modelHealth(modelId, ports),
    lookAtDrift(modelId, ports),
    leftToReview(modelId, place),
  ]);
  session.progress.stageFinished('compare', '');
  const result = await resultOf(found, health, drift, review, place.servingUrl ?? null);
  await session.output.result(result, statusLines(result));
  const { notDeployed } = await import('../../shared/operations/deploy-champion.ts');
  const missing = await notDeployed(model, ports);
  if (missing !== null) session.output.say(`Note: ${missing}`);
  return exitCodes.done;
}

type Review = CommandResult<'status'>['review'];

/** What the last run left for people. */
async function leftToReview(modelId: string, place: Place): Promise<Review> {
  const { lastFindings } = await import('../../shared/loop/inspect/last-findings.ts');
  const findings = await lastFindings(modelId, place.ports);
  if (findings === null) return null;
  const { run, triaged } = findings;
  const { toReview } = await import('../../shared/loop/inspect/to-review.ts');
  const found = await toReview(run, place.ports);
  return {
    run: run.runId,
    suspects: triaged.suspects,
    poison: triaged.poison,
    unknown: triaged.unknown,
    reasons: found === null ? null : [...found.reasons],
    file: found === null ? null : await place.localCopy(found.key),
  };
}

async function resultOf(
  { modelId, move, since, watched, lastRun, active }: ModelStatus,
  health: ModelHealth,
  drift: Drift | null,
  review: Review,
  serving: string | null,
): Promise<CommandResult<'status'>> {
  const { missingToCompare } = await import('../../shared/operations/since-promotion.ts');
  const figures = since === null ? null : { ...since, missing: missingToCompare(since) };
  return commandResult('status', {
    model: modelId,
    champion:
      move === null
        ? null
        : { checkpoint: move.to, since: move.at, how: move.kind, by: move.by, predecessor: move.from },
    since: figures === null || move === null ? null : { ...figures, verdict: sinceVerdict(move.kind, figures) },
    watched: watched === null ? null : { finding: watched.finding, ...watched.count },
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
    health: { ...health, overTime: { ...health.overTime, stretches: [...health.overTime.stretches] } },
    drift,
    review,
    serving,
  });
}
