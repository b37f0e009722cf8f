import type { Model } from '../../domain/models/model.ts';
import type { TriagedRecord } from '../../domain/traces/trace-record.ts';
import { judgeNamed } from '../../ports/back-ends.ts';
import type { AnswerToJudge } from '../../ports/judge.ts';
import { goOn } from '../engine/go-on.ts';
import { type StageContext, Unfinished } from '../engine/stage.ts';

/**
 * Asks the model's second judge, where it has one, whether the outputs given to suspect records are right; it is not
 * told why they are suspect. Those that it bears out are suspect no more; the others, and those it says nothing of,
 * wait for a person.
 */
export async function withSecondOpinion(
  records: readonly TriagedRecord[],
  { task, secondOpinion }: Pick<Model, 'task' | 'secondOpinion'>,
  context: StageContext,
): Promise<readonly TriagedRecord[] | Unfinished> {
  const asked = records.flatMap(({ traceId, input, expected, triage }): AnswerToJudge[] =>
    triage.category === 'suspect-judgement' && expected !== null
      ? [{ traceId, input, answer: expected, expected: null }]
      : [],
  );
  if (secondOpinion === null || asked.length === 0) return records;
  const judge = judgeNamed(secondOpinion, context.ports);
  const request = () => ({ task, answers: asked });
  const progress = await goOn(judge, context.key('second-opinion'), request, context, 'suspects');
  if (progress instanceof Unfinished) return progress;
  const borneOut = new Set(progress.value.filter(({ verdict }) => verdict === 'pass').map(({ traceId }) => traceId));
  return records.map((record) => {
    if (record.triage.category !== 'suspect-judgement' || !borneOut.has(record.traceId)) return record;
    const reason = `${record.triage.reason}; judge ${judge.name} bears the given output out`;
    return { ...record, triage: { category: 'clean', kind: 'none', reason } };
  });
}
