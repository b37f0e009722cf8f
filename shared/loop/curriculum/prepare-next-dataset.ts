import { z } from 'zod';
import { firstRework } from '../../domain/policy/moves.ts';
import { policyBand } from '../../domain/policy/policy.ts';
import { type Stage, stageKey } from '../engine/stage.ts';
import { nextDatasetSchema } from '../state/curriculum.ts';
import { weaknessRefSchema } from '../state/diagnosis.ts';
import { lineageSchema } from '../state/lineage.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: splitSchema.pick({ recordsKey: true, evidence: true }),
  taxonomyKey: z.string(),
  weaknesses: z.array(weaknessRefSchema),
  lineage: lineageSchema,
});

/**
 * While candidates train, does what the likely next iteration needs. A champion far below the bands will most likely be
 * followed by a rework of the data: its curriculum is built now, under the keys where that iteration looks for it,
 * which then passes over the completed stages. A tuning iteration needs no dataset, and an augmenting one has to see
 * the candidates' failures first.
 */
export const prepareNextDataset: Stage<z.infer<typeof inputSchema>, z.infer<typeof nextDatasetSchema>> = {
  name: 'prepare-next-dataset',
  input: inputSchema,
  output: nextDatasetSchema,
  async run({ run, lease, iteration, prepared, split, taxonomyKey, weaknesses, lineage }, { ports, execute }) {
    const { size, right } = split.evidence;
    const championScore = size === 0 ? 0 : right / size;
    if (iteration > 1 || policyBand(championScore) !== 'rework-data') {
      return { move: null, reason: 'the next iteration will most likely not begin with a new dataset' };
    }
    const later = { move: null, reason: 'the examples of the next dataset take longer to choose than one call' };
    const { model } = await readPlan(prepared, ports);
    const move = firstRework(model.settings);
    const historyKey = stageKey('decide-next', { run, iteration, item: 'all' }, 'history.json');
    const step = { number: iteration + 1, kind: 'rework-data', move, historyKey };
    const { preceding, earlier } = lineage;
    const next = { run, lease, iteration: iteration + 1, prepared, taxonomyKey, step };
    const parts = await Promise.all(
      weaknesses.map(async (weakness) => {
        const of = { item: weakness.clusterId, split: { recordsKey: split.recordsKey }, weakness };
        return execute('synthesize-curriculum', { ...next, ...of, lineage: { preceding, earlier } });
      }),
    );
    if (parts.includes(null)) return later;
    await execute('assemble-curriculum', {
      ...next,
      item: 'all',
      split: { recordsKey: split.recordsKey },
      lineage,
      parts,
    });
    return {
      move,
      reason: `the champion scores ${championScore.toFixed(3)}, so the data will most likely be reworked next`,
    };
  },
};
