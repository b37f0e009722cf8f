import { expect, it } from 'vitest';
import { embeddedBackEnds } from '../../../../../shared/adapters/backends/embedded/embedded-back-ends.ts';
import { defaultConfiguration } from '../../../../../shared/adapters/backends/embedded/search-space.ts';
import { classificationTask } from '../../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../../shared/tasks/classification/label.ts';
import { putDataset } from '../../../../helpers/made-up-intents.ts';
import { MemoryObjectStore } from '../../../../helpers/memory-object-store.ts';
import { train } from '../../../../helpers/training.ts';

const fillers = ['kalom', 'ruten', 'savin', 'dapen', 'milon', 'noruk', 'tesav', 'vidap'];
const filler = (index: number): string => fillers[index % fillers.length] ?? '';

it.each(['none', 'use-lite'] as const)(
  'finds the planted word that alone makes the label, on foundation %s',
  async (foundation) => {
    const objects = new MemoryObjectStore();
    const examples = Array.from({ length: 80 }, (_, index) => {
      // Both labels have the same other words.
      const at = index >> 1;
      const noise = `${filler(at)} ${filler(at * 3 + 1)} ${filler(at * 5 + 2)}`;
      return index % 2 === 0
        ? { input: `${noise} zebra ${filler(at + 4)}`, output: 'animal' }
        : { input: `${noise} ${filler(at + 4)}`, output: 'other' };
    });
    await putDataset(
      objects,
      'dataset',
      examples.map(({ input, output }) => ({ input, output })),
    );
    const { trainers, predictors, close } = embeddedBackEnds({ objects, threads: 2 });
    const [trainer] = trainers;
    const [predictor] = predictors;
    if (trainer === undefined || predictor === undefined) throw new Error('there is no back end');
    try {
      const { served } = await train(trainer, {
        task: classificationTask(['animal', 'other']),
        datasetKey: 'dataset',
        configuration: defaultConfiguration(foundation),
        seed: 1,
        teacher: null,
        folds: null,
        artifactKey: 'artifact',
        predictor: 'embedded',
      });
      const input = 'kalom zebra savin dapen';
      const found = await predictor.explain?.(served, input);
      expect(found).toMatchObject({ output: labelOutput('animal'), against: labelOutput('other') });
      const [first, second] = found?.parts ?? [];
      expect(first).toMatchObject({ text: 'zebra', start: 6 });
      expect(first?.contribution).toBeGreaterThan(2 * Math.abs(second?.contribution ?? 0));
      expect(first?.contribution).toBeGreaterThan(0);
      expect(await predictor.explain?.(served, '  ')).toBeNull();
    } finally {
      await close();
    }
  },
);
