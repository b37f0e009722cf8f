import { z } from 'zod';
import { evaluationItemSchema } from '../domain/evaluation-set.ts';
import { candidateRefSchema } from './candidate.ts';
import { evaluate, readCheckpoint } from './evaluate.ts';
import { readJsonl, writeJsonl } from './jsonl.ts';
import { type Stage, stageHead } from './stage.ts';

/** The sets a candidate is evaluated on: all held-out traffic of the run, and what earlier promotions froze. */
export const evaluatedSetSchema = z.enum(['traffic-validation', 'preceding', 'earlier']);
export type EvaluatedSet = z.infer<typeof evaluatedSetSchema>;

/** One cell of candidate × set. */
export const evaluationPlanSchema = z.strictObject({
  item: z.string(),
  candidate: candidateRefSchema,
  set: evaluatedSetSchema,
  setKey: z.string(),
});

const inputSchema = z.strictObject({ ...stageHead, evaluation: evaluationPlanSchema });

export const evaluatedSchema = z.strictObject({
  candidateId: z.string(),
  set: evaluatedSetSchema,
  answersKey: z.string(),
  size: z.int(),
  right: z.int(),
});
export type Evaluated = z.infer<typeof evaluatedSchema>;

/** Answers one evaluation set with one candidate. */
export const evaluateCandidates: Stage<z.infer<typeof inputSchema>, Evaluated> = {
  name: 'evaluate-candidates',
  input: inputSchema,
  output: evaluatedSchema,
  async run({ run, evaluation }, { ports, key }) {
    const candidate = await readCheckpoint(run.modelId, evaluation.candidate.checkpointId, ports);
    const items = await readJsonl(ports.objects, evaluation.setKey, evaluationItemSchema);
    const answers = await evaluate(candidate, items, ports);
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
};
