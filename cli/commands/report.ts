import type { Command } from 'commander';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Place } from '../place.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ ratchet report run-20260301T090000-0ab12c
  $ xdg-open "$(ratchet report RUN --json | jq -r .report)"
  $ ratchet ingest spam-filter "$(ratchet report RUN --review)"     (once a person has filled in its "expected")

The report is one HTML page without anything to load, the curation log is Markdown, and review.jsonl holds the traces
that a person should judge, as lines that can be ingested again: write the right output at "expected". All are files of the workspace; with
--stack they are fetched into the cache directory ($XDG_CACHE_HOME/ratchet, else ~/.cache/ratchet).`;

export function addReportCommand(program: Command, run: RunCommand): void {
  program
    .command('report')
    .summary("where a run's report, data-curation.md and review.jsonl are")
    .description(
      "Prints the paths of a run's HTML report, of data-curation.md, the log of how its training data was made, and of review.jsonl, what a person should judge.",
    )
    .argument('<run>', 'name of the run (ratchet lineage MODEL lists them)')
    .option('--review', 'print the path of review.jsonl alone')
    .addHelpText('after', help)
    .action((runId: string, options: unknown, command: Command) =>
      run(command, (session) => report(runId, optionsSchema.parse(options), session)),
    );
}

const optionsSchema = z.object({ review: z.boolean().default(false) });

async function report(
  runId: string,
  { review: reviewAlone }: z.infer<typeof optionsSchema>,
  session: Session,
): Promise<ExitCode> {
  const place = await session.open();
  const { ports } = place;
  const run = await ports.lineage.getRun(runId);
  if (run === undefined)
    throw new RatchetError('UnknownRun', `There is no run ${JSON.stringify(runId.slice(0, 120))} here.`);
  if (run.reportKey === null) {
    throw new RatchetError('InvalidInput', `Run ${runId} has no report: it is ${run.status}.`, {
      mend: run.failure?.mend ?? `Let it go on: ratchet run ${run.modelId} --seed ${run.seed}`,
    });
  }
  const beside = (name: string) => run.reportKey?.replace(/[^/]+$/, name) ?? '';
  const html = await place.localCopy(run.reportKey);
  const curation = await place.localCopy(beside('data-curation.md'));
  const review = await reviewCopy(beside('review.jsonl'), place);
  if (reviewAlone && review === null) {
    throw new RatchetError('InvalidInput', `Run ${runId} has no review.jsonl: it is of an earlier version.`, {
      mend: `Run again: ratchet run ${run.modelId}`,
    });
  }
  await session.output.result(
    commandResult('report', { run: runId, model: run.modelId, decision: run.decision, report: html, curation, review }),
    [...(reviewAlone ? [] : [html, curation]), ...(review === null ? [] : [review])],
  );
  return exitCodes.done;
}

/** Runs of earlier versions have none. */
async function reviewCopy(key: string, place: Place): Promise<string | null> {
  return (await place.ports.objects.list(key)).includes(key) ? place.localCopy(key) : null;
}
