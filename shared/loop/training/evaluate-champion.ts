import { z } from 'zod';
import { evaluationItemSchema } from '../../domain/evaluation/evaluation-set.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import { evaluateInSlices } from '../engine/evaluate.ts';
import { type LongStage, Unfinished } from '../engine/stage.ts';
import { championEvaluationSchema } from '../state/evaluation.ts';
import { lineageSchema } from '../state/lineage.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: splitSchema.pick({ sets: true }),
  lineage: lineageSchema.pick({ preceding: true, earlier: true }),
});

/**
 * The champion's own answers on everything a candidate is compared on: the run's held-out traffic and the frozen sets.
 */
export const evaluateChampion: LongStage<z.infer<typeof inputSchema>, z.infer<typeof championEvaluationSchema>> = {
  name: 'evaluate-champion',
  long: true,
  input: inputSchema,
  output: championEvaluationSchema,
  async run({ prepared, split, lineage }, context) {
    const { ports, key } = context;
    const { champion } = await readPlan(prepared, ports);
    const traffic = split.sets.find((set) => set.name === 'traffic-validation');
    const keys = [lineage.earlier.key, lineage.preceding.key, ...(traffic === undefined ? [] : [traffic.key])];
    const items = (
      await Promise.all(keys.map((setKey) => readJsonl(ports.objects, setKey, evaluationItemSchema)))
    ).flat();
    const newest = new Map(items.map((item) => [item.exampleId, item]));
    const answers = await evaluateInSlices('answers', champion, [...newest.values()], context);
    if (answers instanceof Unfinished) return answers;
    const answersKey = key('answers.jsonl');
    await writeJsonl(ports.objects, answersKey, answers);
    return { answersKey, size: answers.length, right: answers.filter((answer) => answer.right).length };
  },
};
