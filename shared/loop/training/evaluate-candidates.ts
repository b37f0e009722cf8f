import { z } from 'zod';
import type { EvaluationAnswer } from '../../domain/evaluation/evaluation-set.ts';
import { evidenceRecordSchema } from '../../domain/evaluation/evidence-record.ts';
import { honestModel } from '../../domain/models/fold-models.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import { answerOutOfFold } from '../engine/answer-out-of-fold.ts';
import { readCheckpoint } from '../engine/evaluate.ts';
import { type LongStage, Unfinished } from '../engine/stage.ts';
import { candidateRefSchema } from '../state/candidate.ts';
import { type Evaluated, evaluatedSchema } from '../state/evaluation.ts';
import { lineageSchema } from '../state/lineage.ts';
import { splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  split: splitSchema.pick({ evidence: true }),
  lineage: lineageSchema.pick({ preceding: true, earlier: true }),
  candidate: candidateRefSchema,
});

/**
 * Asks one candidate about the evidence and about what earlier promotions froze: each record of its fold model that has
 * not seen it. A record that no model of the candidate can answer so is left out.
 */
export const evaluateCandidates: LongStage<z.infer<typeof inputSchema>, Evaluated> = {
  name: 'evaluate-candidates',
  long: true,
  input: inputSchema,
  output: evaluatedSchema,
  async run({ run, split, lineage, candidate: ref }, context) {
    const { ports, key } = context;
    const candidate = await readCheckpoint(run.modelId, ref.checkpointId, ports);
    const kind = kindOf(candidate, ports);
    const keys = [lineage.earlier.key, lineage.preceding.key, split.evidence.key];
    const files = await Promise.all(keys.map((file) => readJsonl(ports.objects, file, evidenceRecordSchema)));
    const newest = new Map(files.flat().map((record) => [record.exampleId, record]));
    const items = [...newest.values()]
      .map((record) => ({ ...record, use: 'evidence' as const }))
      .filter((record) => honestModel(record, candidate) !== null);
    const predictions = await answerOutOfFold({ name: 'answers', checkpoint: candidate, items }, context);
    if (predictions instanceof Unfinished) return predictions;
    const answers = items.map(({ exampleId, expected }, at): EvaluationAnswer => {
      const output = predictions[at]?.output ?? null;
      const confidence = predictions[at]?.confidence ?? 0;
      return { exampleId, output, confidence, right: kind.grade(expected, output).right };
    });
    const answersKey = key('answers.jsonl');
    await writeJsonl(ports.objects, answersKey, answers);
    return {
      candidateId: ref.candidateId,
      answersKey,
      size: answers.length,
      right: answers.filter((answer) => answer.right).length,
    };
  },
};
