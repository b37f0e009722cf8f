import { describe, expect, test } from 'vitest';
import { prepareNextDataset } from '../../../../shared/loop/curriculum/prepare-next-dataset.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const lineage = {
  champion: 'first',
  parentDatasetId: 'd1',
  parentExamples: 0,
  modes: ['extend'] as 'extend'[],
  preceding: { key: 'preceding', size: 0, right: 0 },
  earlier: { key: 'earlier', size: 0, right: 0 },
  correctedSets: 0,
} as const;
const weaknesses = ['c1', 'c2'].map((clusterId) => ({
  clusterId,
  weaknessKey: `${clusterId}/weakness`,
  probesKey: `${clusterId}/probes`,
  verdict: 'confirmed' as const,
}));

interface Given {
  readonly size?: number;
  readonly right?: number;
  readonly iteration?: number;
  readonly hardNegativesPerFailure?: number;
  /** What the stage that chooses examples of a cluster gives. */
  readonly part?: (cluster: string) => unknown;
}

/** What is prepared after a champion with so many records right, and the stages that were run. */
async function prepare({ size = 100, right = 60, iteration = 1, hardNegativesPerFailure, part }: Given = {}) {
  const ports = memoryPorts();
  const { settings } = sampleModel();
  await putPlan(ports, {
    model: sampleModel({
      settings: { ...settings, ...(hardNegativesPerFailure !== undefined && { hardNegativesPerFailure }) },
    }),
  });
  const run: { stage: string; input: Readonly<Record<string, unknown>> }[] = [];
  const output = await prepareNextDataset.run(
    {
      ...sampleHead,
      iteration,
      prepared: samplePrepared,
      split: { recordsKey: 'records', evidence: { size, right } as never },
      taxonomyKey: 'taxonomy.json',
      weaknesses,
      lineage: { ...lineage },
    },
    {
      ...stageContext(ports),
      execute: async (stage, given) => {
        const input = given as Readonly<Record<string, unknown>>;
        run.push({ stage, input });
        return stage === 'synthesize-curriculum' ? (part ?? ((cluster) => ({ of: cluster })))(String(input.item)) : {};
      },
    },
  );
  return { output, run };
}

describe('the dataset of the likely next iteration', () => {
  test('is built under the keys of that iteration, where the champion is far below the bands', async () => {
    const { output, run } = await prepare();
    expect(output.move).toBe('more-hard-negatives');
    expect(output.reason).toContain('0.600');
    expect(run.map(({ stage }) => stage)).toEqual([
      'synthesize-curriculum',
      'synthesize-curriculum',
      'assemble-curriculum',
    ]);
    const head = {
      run: sampleHead.run,
      lease: sampleHead.lease,
      iteration: 2,
      prepared: samplePrepared,
      taxonomyKey: 'taxonomy.json',
      step: {
        number: 2,
        kind: 'rework-data',
        move: 'more-hard-negatives',
        historyKey: 'runs/m1/r1/1/decide-next/all/history.json',
      },
      split: { recordsKey: 'records' },
    };
    const { preceding, earlier } = lineage;
    expect(run.map(({ input }) => input)).toEqual([
      { ...head, item: 'c1', weakness: weaknesses[0], lineage: { preceding, earlier } },
      { ...head, item: 'c2', weakness: weaknesses[1], lineage: { preceding, earlier } },
      { ...head, item: 'all', lineage, parts: [{ of: 'c1' }, { of: 'c2' }] },
    ]);
  });

  test('is the one of the first move that the model allows', async () => {
    const { output, run } = await prepare({ hardNegativesPerFailure: 0 });
    expect(output.move).toBe('more-boundary-gold');
    expect(run.at(-1)?.input).toMatchObject({ step: { move: 'more-boundary-gold' } });
  });

  test('is built where nothing is known of the champion, which counts as 0', async () => {
    expect((await prepare({ size: 0, right: 0 })).output.move).toBe('more-hard-negatives');
  });

  test('is not built after a better champion, nor in a later iteration', async () => {
    for (const given of [{ right: 80 }, { right: 99 }, { iteration: 2 }]) {
      const { output, run } = await prepare(given);
      expect(output).toEqual({ move: null, reason: expect.stringContaining('not begin with a new dataset') });
      expect(run).toEqual([]);
    }
  });

  test('is left to that iteration where choosing examples takes longer than one call', async () => {
    const { output, run } = await prepare({ part: (cluster) => (cluster === 'c2' ? null : { of: cluster }) });
    expect(output).toEqual({ move: null, reason: expect.stringContaining('longer') });
    expect(run.some(({ stage }) => stage === 'assemble-curriculum')).toBe(false);
  });
});
