import type { Command } from 'commander';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { hadTheLease, type Run } from '../../shared/domain/models/run.ts';
import { latestReported } from '../../shared/operations/latest-run.ts';
import { whichModel } from '../../shared/operations/which-model.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { openOnDesktop } from '../open-on-desktop.ts';
import type { Place } from '../place.ts';
import { printableLine } from '../printable.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';
import { transcriptLines, transcriptListLines } from '../transcript-lines.ts';

const help = `
Example:
  $ ratchet report                      (the latest run of the only model)
  $ ratchet report spam-filter --open   (of this model, shown in the browser)
  $ ratchet report run-20260301T090000-0ab12c
  $ ratchet ingest spam-filter "$(ratchet report spam-filter --review)"     (once a person has filled in its "expected")
  $ ratchet report spam-filter --transcripts                                (the agents of the latest run)
  $ ratchet report spam-filter --transcripts 0/build-taxonomy/all/taxonomy.json    (what one of them said and did)

The report is one HTML page without anything to load, the curation log is Markdown, and review.jsonl holds the traces
that a person should judge, as lines that can be ingested again: write the right output at "expected". All are files of the workspace; with
--stack they are fetched into the cache directory ($XDG_CACHE_HOME/ratchet, else ~/.cache/ratchet).`;

const optionsSchema = z.object({
  open: z.boolean().default(false),
  review: z.boolean().default(false),
  transcripts: z.union([z.string(), z.literal(true)]).optional(),
});

export function addReportCommand(program: Command, run: RunCommand): void {
  program
    .command('report')
    .summary("where a run's report, data-curation.md and review.jsonl are")
    .description(
      "Prints the paths of a run's HTML report, of data-curation.md, the log of how its training data was made, and of review.jsonl, what a person should judge.",
    )
    .argument('[of]', 'a run, a model (its latest run), or "latest"; may be left out where there is one model alone')
    .option('--open', 'show the page in the browser')
    .option('--review', 'print the path of review.jsonl alone')
    .option('--transcripts [agent]', 'list the agents of the run, or show the turns of one, also while it goes on')
    .addHelpText('after', help)
    .action((of: string | undefined, options: unknown, command: Command) =>
      run(command, (session) => report(of ?? 'latest', optionsSchema.parse(options), session)),
    );
}

async function report(
  of: string,
  { open, review: reviewAlone, transcripts }: z.infer<typeof optionsSchema>,
  session: Session,
): Promise<ExitCode> {
  const place = await session.openToRead();
  if (transcripts !== undefined) {
    return tellTranscripts(
      await runMeant(of, place.ports, newestRun),
      transcripts === true ? null : transcripts,
      session,
      place.ports,
    );
  }
  const run = await runMeant(of, place.ports);
  if (run.reportKey === null) {
    throw new RatchetError('InvalidInput', `Run ${run.runId} has no report: ${stateOf(run)}`, {
      mend: run.failure?.mend ?? `Let it go on: ratchet run ${run.modelId} --seed ${run.seed}`,
    });
  }
  const beside = (name: string) => run.reportKey?.replace(/[^/]+$/, name) ?? '';
  const html = await place.localCopy(run.reportKey);
  const curation = await place.localCopy(beside('data-curation.md'));
  const review = await reviewCopy(beside('review.jsonl'), place);
  if (reviewAlone && review === null) {
    throw new RatchetError('InvalidInput', `Run ${run.runId} has no review.jsonl: it is of an earlier version.`, {
      mend: `Run again: ratchet run ${run.modelId}`,
    });
  }
  session.output.say(printableLine(`${run.decision ?? run.status}: ${run.reason ?? ''}`, 2_000));
  const opened = open && (await openOnDesktop(html));
  await session.output.result(
    commandResult('report', {
      run: run.runId,
      model: run.modelId,
      decision: run.decision,
      report: html,
      curation,
      review,
      opened,
    }),
    [...(reviewAlone ? [] : [html, curation]), ...(review === null ? [] : [review])],
  );
  if (open && !opened)
    session.output.say('There is no desktop here to open the page on; open the first path yourself.');
  return exitCodes.done;
}

function stateOf({ status, failure, reason }: Run): string {
  const cause = failure?.cause ?? reason ?? '';
  if (status !== 'failed') return 'it has not ended.';
  return cause === '' ? 'it failed.' : `it failed, as ${failure?.name ?? 'it was given up'}: ${cause}`;
}

/** A run by its name, or the latest one with a report, of a model or of the only one. */
async function runMeant(of: string, ports: Pick<Ports, 'lineage'>, latestOf = latestReported): Promise<Run> {
  const named = await ports.lineage.getRun(of);
  if (named !== undefined) return named;
  const isModel = (await ports.lineage.getModel(of)) !== undefined;
  if (of !== 'latest' && !isModel) {
    throw new RatchetError('UnknownRun', `There is no run and no model ${JSON.stringify(of.slice(0, 120))} here.`);
  }
  const { modelId } = await whichModel(isModel ? of : null, ports);
  const latest = await latestOf(modelId, ports);
  if (latest !== null) return latest;
  throw new RatchetError('UnknownRun', `Model ${modelId} has had no run so far.`, {
    mend: `Start one: ratchet run ${modelId}`,
  });
}

/** Agents can be looked at while they work. */
async function newestRun(modelId: string, { lineage }: Pick<Ports, 'lineage'>): Promise<Run | null> {
  return (await lineage.listRuns(modelId)).findLast(hadTheLease) ?? null;
}

async function tellTranscripts(
  { modelId, runId }: Run,
  agent: string | null,
  { output }: Session,
  ports: Ports,
): Promise<ExitCode> {
  const { listTranscripts, readTranscript } = await import('../../shared/operations/read-transcripts.ts');
  if (agent === null) {
    const agents = await listTranscripts(modelId, runId, ports);
    const result = commandResult('report', { run: runId, model: modelId, agents: [...agents] });
    await output.result(result, transcriptListLines(agents));
  } else {
    const transcript = await readTranscript(modelId, runId, agent, ports);
    const result = commandResult('report', { run: runId, model: modelId, agent: transcript });
    await output.result(result, transcriptLines(transcript));
  }
  return exitCodes.done;
}

/** Runs of earlier versions have none. */
async function reviewCopy(key: string, place: Place): Promise<string | null> {
  return (await place.ports.objects.list(key)).includes(key) ? place.localCopy(key) : null;
}
