import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { decisionSchema } from '../../domain/models/run.ts';
import { checkLease, giveLeaseBack } from '../../operations/hold-lease.ts';
import { decisionRefSchema } from '../decision/decide-next.ts';
import { finalTestRefSchema } from '../decision/final-test.ts';
import { taxonomyRefSchema } from '../diagnosis/build-taxonomy.ts';
import { weaknessRefSchema } from '../diagnosis/confirm-weaknesses.ts';
import { type Stage, stageHead } from '../engine/stage.ts';
import { judgedSchema } from '../snapshot/judge-traces.ts';
import { splitSchema } from '../snapshot/split-traces.ts';
import { triagedSchema } from '../snapshot/triage-traces.ts';
import { preparedSchema } from '../state/run-plan.ts';
import { gatherReport } from './gather-report.ts';
import { renderCurationLog } from './render-curation-log.ts';
import { renderReport } from './render-report.ts';

export const reportInputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  judged: judgedSchema,
  triaged: triagedSchema,
  split: splitSchema,
  taxonomy: taxonomyRefSchema,
  weaknesses: z.array(weaknessRefSchema),
  decision: decisionRefSchema,
  finalTest: finalTestRefSchema,
});
export type ReportInput = z.infer<typeof reportInputSchema>;

/** What a run ends with; rates are fractions. */
export const runResultSchema = z.strictObject({
  run: z.string(),
  decision: decisionSchema,
  reason: z.string(),
  /** The champion after the run. */
  champion: z.string(),
  /** Score on traffic-validation, and accuracy on the test sets, of the champion before and the candidate decided on; null where none was trained. */
  scores: z.strictObject({
    before: z.record(z.string(), z.number()),
    after: z.record(z.string(), z.number()).nullable(),
  }),
  /** Examples on record as right that the candidate decided on gets wrong, by what they are counted against. */
  regressions: z.record(z.string(), z.strictObject({ lost: z.int(), allowed: z.int(), of: z.int() })),
  /** Object key of the HTML report. */
  report: z.string(),
});
export type RunResult = z.infer<typeof runResultSchema>;

/** Writes the run's HTML report and data-curation.md. Once that is complete, the run's record is ended and the lease given back. */
export const writeReport: Stage<ReportInput, RunResult> = {
  name: 'write-report',
  input: reportInputSchema,
  output: runResultSchema,
  async run(input, { ports, key }) {
    const reportKey = key('report.html');
    const { data, result } = await gatherReport(input, reportKey, ports);
    const encode = (text: string) => new TextEncoder().encode(text);
    await ports.objects.put(key('data-curation.md'), encode(renderCurationLog(data)));
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
      reason: result.reason,
      resultId: result.champion,
      reportKey: result.report,
      failure: null,
    });
    await giveLeaseBack(run, lease.owner, ports);
  },
};
