import { z } from 'zod';
import { idSchema } from '../base/ids.ts';
import { jsonSchema } from '../base/json.ts';
import { taskSpecSchema } from '../base/task-spec.ts';
import { modelChangeSchema, mostChanges } from './model-change.ts';
import { mostClusters, settingsSchema } from './settings.ts';

/** Which back ends a model works with, by name. */
export const backEndNamesSchema = z.strictObject({
  trainer: z.string().min(1),
  /** What answers with its checkpoints. */
  predictor: z.string().min(1),
  analyst: z.string().min(1),
  judge: z.string().min(1),
  /** The judge that is asked about judgements which triage suspects; null for none. */
  secondOpinion: z.string().min(1).nullable().default(null),
});
export type BackEndNames = z.infer<typeof backEndNamesSchema>;

const currentSchema = z.strictObject({
  modelId: idSchema,
  task: taskSpecSchema,
  ...backEndNamesSchema.shape,
  /** What of the trainer's configurations is fixed for this model, such as the embedded trainer's foundation. */
  trainerOptions: jsonSchema,
  settings: settingsSchema,
  /** Secret salt of the split hash; fixed for the life of the model. */
  splitSalt: z.string().min(1),
  createdAt: z.string(),
  /** Where a new champion is brought to, after a promotion or a rollback; absent where nothing has to be. */
  deployTo: z.string().min(1).max(1_000).optional(),
  /** How often the model was changed since it was registered; rises by one with each change. */
  revision: z.int().nonnegative().default(0),
  /** What people changed, newest last. Label changes stay for the life of the model: what is stored is read by them. */
  changes: z.array(modelChangeSchema).max(mostChanges).readonly().default([]),
});

/** Models of version 0.1.0 name their trainer alone, and its foundation among the settings. */
const firstVersionSchema = z
  .looseObject({ trainer: z.string(), settings: z.looseObject({ foundation: z.string() }) })
  .transform(({ settings: { foundation, ...settings }, ...rest }) => ({
    ...rest,
    predictor: rest.trainer,
    analyst: 'statistical',
    judge: 'rule',
    trainerOptions: { foundation },
    settings,
  }));

/** The most clusters that fit into the state; earlier versions allowed twice as many. */
const boundedSchema = z
  .looseObject({ settings: z.looseObject({ maxClusters: z.number() }) })
  .transform(({ settings, ...rest }) => ({
    ...rest,
    settings: { ...settings, maxClusters: Math.min(mostClusters, settings.maxClusters) },
  }));

/** Settings of the gate before it went by folds; what was allowed to be lost still is, net. */
const countedLimitsSchema = z
  .looseObject({ settings: z.looseObject({ regressionsAbsolute: z.number(), regressionsFraction: z.number() }) })
  .transform(({ settings, ...rest }) => {
    const {
      regressionsAbsolute: memoryAbsolute,
      regressionsFraction: memoryFraction,
      regressionsFractionOutweighed: _outweighed,
      enoughTraffic: _traffic,
      enoughRegression: _regression,
      regressionSetLimit: _limit,
      ...kept
    } = settings;
    return { ...rest, settings: { memoryAbsolute, memoryFraction, ...kept } };
  });

const upgrades = [firstVersionSchema, boundedSchema, countedLimitsSchema];

/** A stored model in the form of today. */
function upgraded(stored: unknown): unknown {
  return upgrades.reduce((model, upgrade) => upgrade.safeParse(model).data ?? model, stored);
}

/** A deployed task model under Ratchet's care. Its champion and lease live in its {@link Control} item. */
export const modelSchema = z.preprocess(upgraded, currentSchema);
export type Model = z.infer<typeof currentSchema>;
