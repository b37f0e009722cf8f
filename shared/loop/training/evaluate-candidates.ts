import { z } from 'zod';
import type { EvaluationAnswer } from '../../domain/evaluation/evaluation-set.ts';
import { type EvidenceRecord, evidenceRecordSchema } from '../../domain/evaluation/evidence-record.ts';
import type { Checkpoint } from '../../domain/models/checkpoint.ts';
import { honestModel } from '../../domain/models/fold-models.ts';
import type { AnalystRun } from '../../ports/analyst.ts';
import { trainerNamed } from '../../ports/back-ends.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import { analystRun } from '../engine/analyst-run.ts';
import { answerOutOfFold } from '../engine/answer-out-of-fold.ts';
import { evaluateInSlices, readCheckpoint } from '../engine/evaluate.ts';
import { type LongStage, type StageContext, Unfinished } from '../engine/stage.ts';
import { candidateRefSchema } from '../state/candidate.ts';
import { type Evaluated, evaluatedSchema } from '../state/evaluation.ts';
import { lineageSchema } from '../state/lineage.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: splitSchema.pick({ evidence: true }),
  lineage: lineageSchema.pick({ preceding: true, earlier: true }),
  candidate: candidateRefSchema,
});

/**
 * Asks one candidate about the evidence and about what earlier promotions froze: each record of its fold model that has
 * not seen it. A record that no model of the candidate can answer so is left out, and one that the budget does not cover.
 */
export const evaluateCandidates: LongStage<z.infer<typeof inputSchema>, Evaluated> = {
  name: 'evaluate-candidates',
  long: true,
  input: inputSchema,
  output: evaluatedSchema,
  async run({ run, prepared, split, lineage, candidate: ref }, context) {
    const { ports, key } = context;
    const candidate = await readCheckpoint(run.modelId, ref.checkpointId, ports);
    const kind = kindOf(candidate, ports);
    const keys = [lineage.earlier.key, lineage.preceding.key, split.evidence.key];
    const files = await Promise.all(keys.map((file) => readJsonl(ports.objects, file, evidenceRecordSchema)));
    const newest = new Map(files.flat().map((record) => [record.exampleId, record]));
    const items = [...newest.values()]
      .map((record) => ({ ...record, traceId: record.exampleId, use: 'evidence' as const }))
      .filter((record) => honestModel(record, candidate) !== null);
    const paidBy = analystRun(await readPlan(prepared, ports));
    const predictions = await answerOutOfFold({ name: 'answers', checkpoint: candidate, items, paidBy }, context);
    if (predictions instanceof Unfinished) return predictions;
    const answers = items.flatMap(({ exampleId, expected }, at): EvaluationAnswer[] => {
      const prediction = predictions[at] ?? null;
      if (prediction === null) return [];
      const { output, confidence } = prediction;
      const undecided = output !== null && kind.same(output, expected) === 'undecided';
      const right = kind.grade(expected, output).right;
      return [{ exampleId, output, confidence, right, ...(undecided && { undecided }) }];
    });
    const notAsked = items.length - answers.length;
    const fit = await fitOf(candidate, files.at(-1) ?? [], answers, { context, paidBy });
    if (fit instanceof Unfinished) return fit;
    const answersKey = key('answers.jsonl');
    await writeJsonl(ports.objects, answersKey, answers);
    return {
      candidateId: ref.candidateId,
      answersKey,
      size: answers.length,
      right: answers.filter((answer) => answer.right).length,
      fit,
      ...(notAsked > 0 && { notAsked }),
    };
  },
};

/** Records of the training pool that are enough to tell whether a served model fits what it was trained on. */
const enoughOfPool = 2_000;

/**
 * How a served model that is no average of its fold models does on what it was trained on, beside what they do there
 * out of fold: one that does worse was trained badly, whatever its fold models say.
 */
async function fitOf(
  candidate: Checkpoint,
  evidence: readonly EvidenceRecord[],
  answers: readonly EvaluationAnswer[],
  { context, paidBy }: { readonly context: StageContext; readonly paidBy: AnalystRun },
): Promise<Evaluated['fit'] | Unfinished> {
  const { ports } = context;
  if (trainerNamed(candidate.trainer, ports).foldModels === 'all') return null;
  const outOfFold = new Map(answers.map((answer) => [answer.exampleId, answer]));
  const pool = evidence.filter(({ kept, exampleId }) => kept && outOfFold.has(exampleId)).slice(0, enoughOfPool);
  const given = await evaluateInSlices({ name: 'pool', checkpoint: candidate, items: pool, paidBy }, context);
  if (given instanceof Unfinished) return given;
  const before = given.flatMap(({ exampleId }) => outOfFold.get(exampleId) ?? []);
  return { pool: shareRight(given), outOfFold: shareRight(before) };
}

function shareRight(answers: readonly EvaluationAnswer[]): number {
  return answers.length === 0 ? 0 : answers.filter(({ right }) => right).length / answers.length;
}
