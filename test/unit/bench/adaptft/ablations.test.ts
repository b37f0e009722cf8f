import { describe, expect, it } from 'vitest';
import { ablations } from '../../../../bench/adaptft/arms/ablations.ts';
import { ablatedArms } from '../../../../bench/adaptft/arms/unit-result.ts';
import { embeddedTrainerFacts } from '../../../../shared/adapters/backends/embedded/facts.ts';
import { defaultConfiguration } from '../../../../shared/adapters/backends/embedded/search-space.ts';
import type { Example } from '../../../../shared/domain/models/example.ts';
import { exampleSchema } from '../../../../shared/domain/models/example.ts';
import { settingsSchema } from '../../../../shared/domain/models/settings.ts';
import { triagedRecordSchema } from '../../../../shared/domain/traces/trace-record.ts';
import { trainerNamed } from '../../../../shared/ports/back-ends.ts';
import { readJsonl, writeJsonl } from '../../../../shared/ports/documents.ts';
import { doneAtOnce } from '../../../../shared/ports/long-work.ts';
import type { Trainer, TrainingRequest } from '../../../../shared/ports/trainer.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { train } from '../../../helpers/training.ts';

const example = (slice: Example['slice'], weight: number): Example => ({
  exampleId: `${slice}-${weight}`,
  input: `${slice} ${weight}`,
  output: labelOutput('a'),
  weight,
  slice,
  provenance: { kind: 'file', line: 1 },
  folds: [3],
});
const dataset = [example('gold', 1), example('gold', 3), example('hard-negative', 0.5), example('replay', 0.4)];

const teacher = { served: { predictor: 'embedded', ref: 'k', digest: 'd' }, folds: null };

/** What a trainer behind an ablation is told to train, on what, and what is served in the end. */
async function asked(arm: keyof typeof ablations, datasetKey = 'models/m/datasets/d.jsonl') {
  const requests: TrainingRequest[] = [];
  const trainer: Trainer = {
    ...embeddedTrainerFacts,
    ...doneAtOnce(async (request) => {
      requests.push(request);
      const served = { predictor: 'embedded', ref: request.artifactKey, digest: '' };
      return { served, folds: null, bytes: 0, examples: 0, finalLoss: null };
    }),
  };
  const ports = ablations[arm]?.ports({ ...memoryPorts(), trainers: new Map([['embedded', trainer]]) });
  if (ports === undefined) throw new Error('no such arm');
  await writeJsonl(ports.objects, datasetKey, dataset);
  const { served } = await train(trainerNamed('embedded', ports), {
    task: classificationTask(['a', 'b']),
    datasetKey,
    configuration: { ...defaultConfiguration('none'), interpolation: 0.4, distillation: 0.3 },
    seed: 1,
    teacher,
    folds: { parts: 5, models: [{ part: 0, artifactKey: 'a-0' }] },
    artifactKey: 'a',
    predictor: 'embedded',
  });
  const [request] = requests;
  if (request === undefined) throw new Error('nothing was trained');
  return { requests, request, served, examples: await readJsonl(ports.objects, request.datasetKey, exampleSchema) };
}

describe('ablations', () => {
  it('leave Ratchet alone where nothing is taken away', async () => {
    const { request, examples } = await asked('ratchet');
    expect(examples).toEqual(dataset);
    expect(request.configuration).toMatchObject({ interpolation: 0.4, distillation: 0.3 });
  });

  it('take replay out of what trains', async () => {
    expect((await asked('ratchet-replay')).examples.map(({ slice }) => slice)).toEqual([
      'gold',
      'gold',
      'hard-negative',
    ]);
  });

  it('weigh hard negatives as any gold', async () => {
    expect((await asked('ratchet-hard-negatives')).examples.map(({ weight }) => weight)).toEqual([1, 3, 2, 0.4]);
  });

  it('keep candidates from learning from the champion', async () => {
    const { request } = await asked('ratchet-distillation');
    expect(request.teacher).toBeNull();
    expect(request.configuration).toMatchObject({ interpolation: 0, distillation: 0 });
  });

  it('serve one model of everything, and keep the fold models as evidence', async () => {
    const { requests, served } = await asked('ratchet-averaging');
    expect(requests.map(({ folds, artifactKey }) => [folds?.parts ?? null, artifactKey])).toEqual([
      [5, 'a'],
      [null, 'a.whole'],
    ]);
    expect(served.ref).toBe('a.whole');
  });

  it('leave the passes of triage alone', async () => {
    const key = 'runs/m/r/0/triage-traces/all/first-fold-0.jsonl';
    for (const arm of ['ratchet-replay', 'ratchet-hard-negatives', 'ratchet-averaging'] as const) {
      const { requests, examples } = await asked(arm, key);
      expect(requests).toHaveLength(1);
      expect(examples).toEqual(dataset);
    }
  });

  it('keep the folds of what trains', async () => {
    const { examples } = await asked('ratchet-hard-negatives');
    expect(examples.every(({ folds }) => folds.length === 1 && folds[0] === 3)).toBe(true);
  });

  it('count everything that triage has sorted as clean', async () => {
    const ports = ablations['ratchet-triage']?.ports(memoryPorts());
    if (ports === undefined) throw new Error('no such arm');
    const record = {
      traceId: 't',
      groupId: 'g',
      folds: [3],
      use: 'evidence',
      timestamp: '2026-01-05T08:00:00.000Z',
      input: 'x',
      slice: null,
      steps: null,
      recorded: 'a',
      judgement: null,
      answer: 'a',
      confidence: 1,
      runnerUp: null,
      verdict: 'fail',
      expected: 'b',
      judgedBy: null,
      triage: { category: 'poison', kind: 'gibberish', reason: 'mash' },
    };
    const key = 'runs/m/r/0/triage-traces/all/triaged.jsonl';
    await writeJsonl(ports.objects, key, [record]);
    const [read] = await readJsonl(ports.objects, key, triagedRecordSchema);
    expect(read?.triage.category).toBe('clean');
  });

  it('ask for settings that a model can have', () => {
    for (const arm of ablatedArms) expect(settingsSchema.safeParse(ablations[arm]?.settings).success).toBe(true);
  });
});
