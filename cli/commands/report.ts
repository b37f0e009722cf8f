import type { Command } from 'commander';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ ratchet report run-20260301T090000-0ab12c
  $ xdg-open "$(ratchet report RUN --json | jq -r .report)"

The report is one HTML page without anything to load, the curation log is Markdown. Both are files of the workspace; with
--stack they are fetched into the cache directory ($XDG_CACHE_HOME/ratchet, else ~/.cache/ratchet).`;

export function addReportCommand(program: Command, run: RunCommand): void {
  program
    .command('report')
    .summary("where a run's report and data-curation.md are")
    .description(
      "Prints the paths of a run's HTML report and of data-curation.md, the log of how its training data was made.",
    )
    .argument('<run>', 'name of the run (ratchet lineage MODEL lists them)')
    .addHelpText('after', help)
    .action((runId: string, _options: unknown, command: Command) => run(command, (session) => report(runId, session)));
}

async function report(runId: string, session: Session): Promise<ExitCode> {
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
  const html = await place.localCopy(run.reportKey);
  const curation = await place.localCopy(run.reportKey.replace(/[^/]+$/, 'data-curation.md'));
  await session.output.result(
    commandResult('report', { run: runId, model: run.modelId, decision: run.decision, report: html, curation }),
    [html, curation],
  );
  return exitCodes.done;
}
