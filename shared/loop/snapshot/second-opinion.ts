import type { Model } from '../../domain/models/model.ts';
import type { TriagedRecord } from '../../domain/traces/trace-record.ts';
import type { AnalystRun } from '../../ports/analyst.ts';
import { judgeNamed } from '../../ports/back-ends.ts';
import type { AnswerToJudge } from '../../ports/judge.ts';
import { askJudge } from '../engine/ask-judge.ts';
import { type StageContext, Unfinished } from '../engine/stage.ts';
import type { JudgeReport } from '../state/judge-report.ts';
import { judgeReport } from './count-verdicts.ts';

/** Records after a second opinion, and what is to be told of who gave it; null where that judge need not agree with people. */
export interface SecondOpinion {
  readonly records: readonly TriagedRecord[];
  readonly report: JudgeReport | null;
}

/**
 * Asks the model's second judge, where it has one, whether the outputs given to suspect records are right; it is not
 * told why they are suspect. Those that it bears out are suspect no more; the others, those it says nothing of, and all
 * where it must agree with people and does not, wait for a person.
 */
export async function withSecondOpinion(
  records: readonly TriagedRecord[],
  model: Pick<Model, 'task' | 'secondOpinion' | 'settings'>,
  context: StageContext,
  run?: AnalystRun,
): Promise<SecondOpinion | Unfinished> {
  const open = records.flatMap(({ traceId, input, expected, triage }): AnswerToJudge[] =>
    triage.category === 'suspect-judgement' && expected !== null
      ? [{ traceId, input, answer: expected, expected: null }]
      : [],
  );
  if (model.secondOpinion === null || open.length === 0) return { records, report: null };
  const judge = judgeNamed(model.secondOpinion, context.ports);
  const asked = await askJudge(
    {
      judge,
      model,
      run,
      name: 'second-opinion',
      unit: 'suspects',
      open,
      records: records.filter(({ triage }) => triage.category === 'clean'),
      sample: model.settings.agreementSample,
    },
    context,
  );
  if (asked instanceof Unfinished) return asked;
  const { answers, ...rest } = asked;
  const report = judge.mustAgree ? judgeReport({ ...rest, name: judge.name, said: answers }) : null;
  if (report?.counts === false) return { records, report };
  const borneOut = new Set(answers.filter(({ verdict }) => verdict === 'pass').map(({ traceId }) => traceId));
  return {
    report,
    records: records.map((record) => {
      if (record.triage.category !== 'suspect-judgement' || !borneOut.has(record.traceId)) return record;
      const reason = `${record.triage.reason}; judge ${judge.name} bears the given output out`;
      return { ...record, triage: { category: 'clean', kind: 'none', reason } };
    }),
  };
}
