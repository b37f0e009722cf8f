import { describe, expect, it } from 'vitest';
import type { EvaluationItem } from '../../../../shared/domain/evaluation/evaluation-set.ts';
import { gateCandidates } from '../../../../shared/loop/decision/gate-candidates.ts';
import { writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleCheckpoint, sampleDataset, sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const rights = 400;
const wrongs = 100;
const items = Array.from(
  { length: rights + wrongs },
  (_, at): EvaluationItem => ({
    exampleId: `e${String(at).padStart(3, '0')}`,
    input: `text ${at}`,
    expected: labelOutput('spam'),
    right: at < rights,
  }),
);

/** A candidate that loses so many of the champion's right answers and wins so many of its wrong ones. */
interface Made {
  readonly lost: number;
  readonly gained: number;
}

async function gate(made: Readonly<Record<string, Made>>) {
  const ports = memoryPorts();
  const model = sampleModel();
  const champion = sampleCheckpoint();
  await ports.lineage.createModel(model);
  const answer = (item: EvaluationItem, right: boolean) => ({
    exampleId: item.exampleId,
    output: right ? 'spam' : 'ham',
    confidence: 0.8,
    right,
  });
  await writeJson(ports.objects, 'plan.json', {
    run: sampleRun(),
    model,
    champion,
    parentDataset: sampleDataset(),
    parentExamplesKey: '',
    frozenSets: [],
    logVersion: '',
  });
  const sets = [
    { name: 'traffic-validation' as const, members: items },
    { name: 'regression' as const, members: items.filter(({ right }) => right) },
  ];
  for (const { name, members } of sets) await writeJsonl(ports.objects, name, members);
  await writeJsonl(ports.objects, 'none', []);
  await writeJsonl(
    ports.objects,
    'champion',
    items.map((item) => answer(item, item.right)),
  );
  const evaluated = [];
  for (const [candidateId, { lost, gained }] of Object.entries(made)) {
    await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: candidateId }));
    const answers = items.map((item, at) => answer(item, item.right ? at >= lost : at - rights < gained));
    await writeJsonl(ports.objects, candidateId, answers);
    const right = answers.filter((given) => given.right).length;
    evaluated.push({
      candidateId,
      set: 'traffic-validation' as const,
      answersKey: candidateId,
      size: items.length,
      right,
    });
  }
  const none = { key: 'none', size: 0, right: 0 };
  return gateCandidates.run(
    {
      run: { runId: 'r1', modelId: model.modelId, seed: 1 },
      lease: { owner: 'test', fencingToken: 1 },
      iteration: 1,
      item: 'all',
      prepared: { planKey: 'plan.json', championId: champion.checkpointId, traces: items.length },
      split: {
        sidedKey: '',
        sets: sets.map(({ name, members }) => ({ name, key: name, size: members.length, right: rights })),

        failures: wrongs,
        enoughEvidence: true,
        reason: '',
      },
      lineage: {
        champion: 'first',
        parentDatasetId: '',
        parentExamples: 0,
        modes: ['complement'],
        preceding: none,
        earlier: none,
        correctedSets: 0,
      },
      champion: { answersKey: 'champion', size: items.length, right: rights },
      candidates: Object.keys(made).map((candidateId) => ({ candidateId, checkpointId: candidateId, key: '' })),
      evaluated,
    },
    stageContext(ports),
  );
}

describe('gate-candidates', () => {
  it('names the higher score best among those that lose no more than allowed', async () => {
    const { best, score } = await gate({ c1: { lost: 1, gained: 40 }, c2: { lost: 4, gained: 60 } });
    expect(best.candidateId).toBe('c2');
    expect(score).toBeCloseTo(456 / 500, 9);
  });

  it('sets one that loses no more than allowed before a higher score', async () => {
    const { best } = await gate({ c1: { lost: 12, gained: 90 }, c2: { lost: 4, gained: 30 } });
    expect(best.candidateId).toBe('c2');
  });

  it('sets the one nearest to what is allowed first when all lose more', async () => {
    const { best, outcome } = await gate({
      c1: { lost: 20, gained: 95 },
      c2: { lost: 10, gained: 30 },
      c3: { lost: 14, gained: 60 },
    });
    expect(best.candidateId).toBe('c2');
    expect(outcome).toBe('rejected');
  });
});
