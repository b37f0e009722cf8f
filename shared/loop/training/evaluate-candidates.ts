import { z } from 'zod';
import { type EvaluationAnswer, evaluationItemSchema } from '../../domain/evaluation/evaluation-set.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import { evaluateInSlices, readCheckpoint } from '../engine/evaluate.ts';
import { removeFoldFiles } from '../engine/fold-files.ts';
import { type LongStage, type StageContext, Unfinished } from '../engine/stage.ts';
import { readCandidate } from '../state/candidate.ts';
import { type Evaluated, evaluatedSchema, evaluationPlanSchema } from '../state/evaluation.ts';
import { readTrainingSide } from '../state/material.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { stageHead } from '../state/stage-head.ts';
import { crossFit } from './cross-fit.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema, evaluation: evaluationPlanSchema });
type Input = z.infer<typeof inputSchema>;

/** Answers one evaluation set with one candidate, or with its recipe where the set is part of what it trained on. */
export const evaluateCandidates: LongStage<Input, Evaluated> = {
  name: 'evaluate-candidates',
  long: true,
  input: inputSchema,
  output: evaluatedSchema,
  async run(input, context) {
    const { ports, key } = context;
    const { evaluation } = input;
    const answers = await (evaluation.set === 'cross-fit' ? crossFitted(input, context) : answered(input, context));
    if (answers instanceof Unfinished) return answers;
    const answersKey = key('answers.jsonl');
    await writeJsonl(ports.objects, answersKey, answers);
    return {
      candidateId: evaluation.candidate.candidateId,
      set: evaluation.set,
      answersKey,
      size: answers.length,
      right: answers.filter((answer) => answer.right).length,
    };
  },
  afterwards: (input, _output, ports) => removeFoldFiles('evaluate-candidates', input, ports),
};

async function answered({ run, evaluation }: Input, context: StageContext): Promise<EvaluationAnswer[] | Unfinished> {
  const { ports } = context;
  const candidate = await readCheckpoint(run.modelId, evaluation.candidate.checkpointId, ports);
  const items = await readJsonl(ports.objects, evaluation.setKey, evaluationItemSchema);
  return evaluateInSlices('answers', candidate, items, context);
}

async function crossFitted({ run, prepared, evaluation }: Input, context: StageContext): Promise<EvaluationAnswer[]> {
  const { ports } = context;
  const plan = await readPlan(prepared, ports);
  const candidate = await readCandidate(evaluation.candidate, ports);
  const records = await readTrainingSide({ sidedKey: evaluation.setKey }, ports);
  return crossFit({ candidate, plan, records, seed: run.seed }, context);
}
