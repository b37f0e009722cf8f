import { z } from 'zod';
import { firstRework } from '../../domain/policy/moves.ts';
import { policyBand } from '../../domain/policy/policy.ts';
import { weaknessRefSchema } from '../diagnosis/confirm-weaknesses.ts';
import { lineageSchema } from '../diagnosis/inspect-lineage.ts';
import { executeStage } from '../engine/execute-stage.ts';
import { type Stage, stageHead, stageKey } from '../engine/stage.ts';
import { splitSchema } from '../snapshot/split-traces.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { assembleCurriculum } from './assemble-curriculum.ts';
import { synthesizeCurriculum } from './synthesize-curriculum.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: splitSchema.pick({ sidedKey: true, sets: true }),
  taxonomyKey: z.string(),
  weaknesses: z.array(weaknessRefSchema),
  lineage: lineageSchema,
});

export const nextDatasetSchema = z.strictObject({ move: z.string(), reason: z.string() });

/**
 * While candidates train, does what the likely next iteration needs. A champion far below the bands will most likely be
 * followed by a rework of the data: its curriculum is built now, under the keys where that iteration looks for it, which
 * then passes over the completed stages. A tuning iteration needs no dataset, and an augmenting one has to see the
 * candidates' failures first.
 */
export const prepareNextDataset: Stage<z.infer<typeof inputSchema>, z.infer<typeof nextDatasetSchema>> = {
  name: 'prepare-next-dataset',
  input: inputSchema,
  output: nextDatasetSchema,
  async run({ run, lease, iteration, prepared, split, taxonomyKey, weaknesses, lineage }, { ports }) {
    const traffic = split.sets.find((set) => set.name === 'traffic-validation');
    const championScore = traffic === undefined || traffic.size === 0 ? 0 : traffic.right / traffic.size;
    if (iteration > 1 || policyBand(championScore) !== 'rework-data') {
      return { move: '', reason: 'the next iteration will most likely not begin with a new dataset' };
    }
    const { model } = await readPlan(prepared, ports);
    const move = firstRework(model.settings);
    const historyKey = stageKey('decide-next', { run, iteration, item: 'all' }, 'history.json');
    const step = { number: iteration + 1, kind: 'rework-data', move, historyKey };
    const next = { run, lease, iteration: iteration + 1, prepared, taxonomyKey, step };
    const parts = await Promise.all(
      weaknesses.map(async (weakness) => {
        const input = { ...next, item: weakness.clusterId, split: { sidedKey: split.sidedKey }, weakness };
        return (await executeStage(synthesizeCurriculum, input, ports)).output;
      }),
    );
    await executeStage(assembleCurriculum, { ...next, item: 'all', split, lineage, parts }, ports);
    return {
      move,
      reason: `the champion scores ${championScore.toFixed(3)}, so the data will most likely be reworked next`,
    };
  },
};
