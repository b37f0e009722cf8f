import { describe, expect, it } from 'vitest';
import { embeddedPredictorFacts } from '../../../../../shared/adapters/backends/embedded/facts.ts';
import { defaultSettings } from '../../../../../shared/domain/models/settings.ts';
import { analystRun } from '../../../../../shared/loop/engine/analyst-run.ts';
import { answerInSlices } from '../../../../../shared/loop/engine/answer-in-slices.ts';
import { memoryPorts } from '../../../../helpers/memory-ports.ts';
import { samplePlan } from '../../../../helpers/record-samples.ts';
import { stageContext } from '../../../../helpers/stage-context.ts';

describe('the embedded predictor', () => {
  it('is asked for a chunk of traces in slices, so that one who is killed has lost the last of them alone', async () => {
    const inputs = Array.from({ length: defaultSettings.chunkSize }, (_, at) => `text ${at}`);
    const ports = memoryPorts({ answer: () => 'spam' });
    const checkpoint = { served: { predictor: embeddedPredictorFacts.name, ref: 'a', digest: 'd' } };
    const asked: string[] = [];
    let killed = false;
    const predictors = new Map(
      [...ports.predictors].map(([name, predictor]): [string, typeof predictor] => [
        name,
        {
          ...predictor,
          async predict(served, slice, options) {
            if (asked.length > inputs.length / 2 && !killed) {
              killed = true;
              throw new Error('killed');
            }
            asked.push(...slice);
            return predictor.predict(served, slice, options);
          },
        },
      ]),
    );
    const answer = () =>
      answerInSlices(
        { name: 'answers', checkpoint, inputs, paidBy: analystRun(samplePlan()) },
        stageContext({ ...ports, predictors }),
      );
    await expect(answer()).rejects.toThrow('killed');
    expect(await answer()).toHaveLength(inputs.length);
    expect(asked).toEqual(inputs);
  });
});
