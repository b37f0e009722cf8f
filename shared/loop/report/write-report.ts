import { RatchetError } from '../../domain/base/errors.ts';
import { calibrationFile } from '../../domain/evaluation/calibration.ts';
import { checkLease, giveLeaseBack } from '../../operations/lease.ts';
import { writeJson, writeJsonl } from '../../ports/documents.ts';
import type { Stage } from '../engine/stage.ts';
import { reviewFile } from '../state/review.ts';
import { type ReportInput, type RunResult, reportInputSchema, runResultSchema } from '../state/run-result.ts';
import { gatherReport } from './gather-report.ts';
import { renderCurationLog } from './render-curation-log.ts';
import { renderReport } from './render-report.ts';

/**
 * Writes the run's HTML report, data-curation.md, and what a person should review as lines to ingest again. Once that is complete, the run's record is ended and the lease
 * given back.
 */
export const writeReport: Stage<ReportInput, RunResult> = {
  name: 'write-report',
  input: reportInputSchema,
  output: runResultSchema,
  async run(input, { ports, key }) {
    const reportKey = key('report.html');
    const { data, result, review } = await gatherReport(input, reportKey, ports);
    const encode = (text: string) => new TextEncoder().encode(text);
    await ports.objects.put(key('data-curation.md'), encode(renderCurationLog(data)));
    await writeJsonl(ports.objects, key(reviewFile), review.lines);
    if (data.calibration !== null) await writeJson(ports.objects, key(calibrationFile), data.calibration);
    await ports.objects.put(reportKey, encode(renderReport(data)));
    return result;
  },
  async afterwards({ run, lease }, result, ports) {
    const record = await ports.lineage.getRun(run.runId);
    if (record === undefined) throw new RatchetError('UnknownRun', `There is no record of run ${run.runId}.`);
    await checkLease({ run, lease }, ports);
    await ports.lineage.putRun({
      ...record,
      status: 'finished',
      finishedAt: new Date(ports.clock.now()).toISOString(),
      decision: result.decision,
      reason: [result.headline, result.why, result.notDeployed].filter((part) => part != null).join('. '),
      resultId: result.champion,
      reportKey: result.report,
      failure: null,
    });
    await giveLeaseBack(run, lease.owner, ports);
  },
};
