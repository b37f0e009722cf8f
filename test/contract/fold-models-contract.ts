import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Output } from '../../shared/domain/base/output.ts';
import type { TaskKind } from '../../shared/domain/base/task-kind.ts';
import type { TaskSpec } from '../../shared/domain/base/task-spec.ts';
import { isHeldOut } from '../../shared/domain/evaluation/fold.ts';
import type { Configuration } from '../../shared/domain/models/configuration.ts';
import type { Example } from '../../shared/domain/models/example.ts';
import type { Served } from '../../shared/domain/models/served.ts';
import type { FoldPlan, TrainingRequest } from '../../shared/ports/trainer.ts';
import { foldPlan } from '../helpers/fold-plan.ts';
import { putExamples } from '../helpers/made-up-intents.ts';
import { train } from '../helpers/training.ts';
import type { TrainerAndPredictor } from './trained.ts';

/** What a trainer learns in the suite. */
export interface FoldCase {
  readonly task: TaskSpec;
  readonly configuration: Configuration;
  /** Of all folds, a few of several or none. What only those of part {@link onlyPart} show is {@link secret}. */
  readonly examples: readonly Example[];
  /** Tells outputs apart. */
  readonly kind: Pick<TaskKind, 'key'>;
  /** An output that a model has only from the examples of {@link onlyPart} of five, and an input that asks for it. */
  readonly secret: { readonly input: string; readonly output: Output };
  /** The same example with another output. */
  readonly relabelled: (example: Example) => Example;
}

export const onlyPart = 2;
const parts = 5;

/** What every trainer does that is asked for fold models, and never may do. */
export function foldModelsContract(
  name: string,
  makeTrainerAndPredictor: () => Promise<TrainerAndPredictor>,
  { task, kind, configuration, examples, secret, relabelled }: FoldCase,
): void {
  describe(`fold models: ${name}`, { timeout: 60_000 }, () => {
    let made: TrainerAndPredictor;
    const inputs = examples.map(({ input }) => input);
    const request = (artifactKey: string, folds: FoldPlan | null, datasetKey = 'datasets/folds.jsonl') =>
      ({
        task,
        datasetKey,
        configuration,
        seed: 7,
        teacher: null,
        folds,
        artifactKey,
        predictor: made.predictor.name,
      }) satisfies TrainingRequest;
    /** A plan as the trainer wants it asked: of every part, or of so many. */
    const wanted = (artifactKey: string): FoldPlan => {
      const { foldModels } = made.trainer;
      return foldModels === 'all'
        ? foldPlan(artifactKey, parts)
        : foldPlan(artifactKey, parts, [onlyPart, 0, 1, 3, 4].slice(0, foldModels));
    };
    const answers = async (served: Served | null | undefined, asked: readonly string[] = inputs) => {
      if (served === null || served === undefined) throw new Error('there is no such model');
      return made.predictor.predict(served, asked, { alternatives: 99 });
    };
    /** What a model answers, in its order: how sure it is may hang on all models together. */
    const ranked = async (served: Served | null | undefined) =>
      (await answers(served)).map(({ alternatives }) => alternatives.map(({ output }) => output));

    beforeAll(async () => {
      made = await makeTrainerAndPredictor();
      await putExamples(made.objects, 'datasets/folds.jsonl', examples);
    });
    afterAll(() => made.close());

    it('trains none where none are asked for', async () => {
      expect((await train(made.trainer, request('artifacts/alone', null))).folds).toBeNull();
    });

    it('names the models by part, each where the plan has put it, and null for parts without one', async () => {
      const plans = [
        wanted('artifacts/named'),
        foldPlan('artifacts/few', parts, [3]),
        foldPlan('artifacts/no', 10, []),
      ];
      for (const plan of plans) {
        const artifactKey = plan.models.length === 1 ? 'artifacts/few' : `artifacts/named-${plan.models.length}`;
        const { served, folds } = await train(made.trainer, request(artifactKey, plan));
        expect(folds?.parts).toBe(plan.parts);
        expect(folds?.models).toHaveLength(plan.parts);
        for (const [part, model] of (folds?.models ?? []).entries()) {
          const ref = plan.models.find((one) => one.part === part)?.artifactKey;
          expect(model?.ref).toBe(ref);
          if (model === null) continue;
          const bytes = (await made.objects.get(model.ref)) ?? new Uint8Array();
          expect(model.digest).toBe(createHash('sha256').update(bytes).digest('hex'));
          expect(model.predictor).toBe(served.predictor);
        }
        expect(served.ref).toBe(artifactKey);
      }
    });

    it('never overwrites a fold model that is there, and names the one that is', async () => {
      const plan = wanted('artifacts/kept');
      const first = await train(made.trainer, request('artifacts/kept', plan));
      const before = await Promise.all(plan.models.map(({ artifactKey }) => made.objects.get(artifactKey)));
      await made.objects.delete('artifacts/kept');
      await putExamples(made.objects, 'datasets/more.jsonl', [...examples, ...examples.slice(0, 9).map(relabelled)]);
      const again = await train(made.trainer, request('artifacts/kept', plan, 'datasets/more.jsonl'));
      expect(again.folds).toEqual(first.folds);
      const after = await Promise.all(plan.models.map(({ artifactKey }) => made.objects.get(artifactKey)));
      expect(after).toEqual(before);
    });

    it('keeps the examples of a part, whatever they say, from the model of the part', async () => {
      const plan = wanted('artifacts/true');
      const honest = await train(made.trainer, request('artifacts/true', plan));
      const whole = await answers(honest.served);
      for (const { part } of plan.models) {
        const poisoned = examples.map((one) => (isHeldOut(one.folds, part, parts) ? relabelled(one) : one));
        const datasetKey = `datasets/poisoned-${part}.jsonl`;
        await putExamples(made.objects, datasetKey, poisoned);
        const key = `artifacts/poisoned-${part}`;
        const other = await train(made.trainer, request(key, wanted(key), datasetKey));
        expect(await ranked(other.folds?.models[part])).toEqual(await ranked(honest.folds?.models[part]));
        expect(await answers(other.served)).not.toEqual(whole);
      }
    });

    it('has in what it serves what each part has to teach, and in no fold model what is of its part alone', async () => {
      const { served, folds } = await train(made.trainer, request('artifacts/secret', wanted('artifacts/secret')));
      const key = (output: Output | null | undefined): string => kind.key(output ?? null);
      expect(key((await answers(served, [secret.input]))[0]?.output)).toBe(kind.key(secret.output));
      for (const [part, model] of (folds?.models ?? []).entries()) {
        if (model === null) continue;
        const [answer] = await answers(model, [secret.input]);
        const possible = answer?.alternatives
          .filter(({ confidence }) => confidence > 0)
          .map(({ output }) => key(output));
        if (part === onlyPart) expect(possible).not.toContain(kind.key(secret.output));
        else expect(key(answer?.output)).toBe(kind.key(secret.output));
      }
    });
  });
}
