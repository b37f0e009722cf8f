import { z } from 'zod';
import { jsonSchema } from '../../../domain/base/json.ts';
import { partsSchema } from '../../../domain/evaluation/fold.ts';

/** A path relative to the job's folder, of plain names. */
const pathSchema = z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/);

const nameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);

const fileSchema = z.strictObject({
  path: pathSchema,
  /** SHA-256, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const modelSchema = z.strictObject({
  /** Names its artifact, its checkpoints and its predictions. */
  name: nameSchema,
  /** The part whose examples it must not train; null trains all. An example's folds say which parts it lies in. */
  heldOut: z.strictObject({ part: z.int().nonnegative(), parts: partsSchema }).nullable(),
});
export type JobModel = z.infer<typeof modelSchema>;

/**
 * What a training job is told, whoever runs it: the file `job.json` of a folder that also holds the files it names. The
 * same job gives the same models as far as its back end can; it writes nothing outside its output folder.
 */
export const jobSpecSchema = z.strictObject({
  version: z.literal(1),
  /** Names the job among all others. */
  key: z.string().min(1).max(200),
  /** What trains: a name that the Python package knows. */
  backEnd: nameSchema,
  task: z.looseObject({ kind: z.string().min(1) }),
  /** JSON lines of examples, as a dataset version has them: input, output, weight, folds. */
  dataset: fileSchema,
  /** The models to train, one after the other. */
  models: z.array(modelSchema).min(1).max(11),
  /**
   * JSON lines of `{"id", "input", "expected"?}` that every model answers once it is trained, into
   * `output/predictions/<model>/<set>.jsonl`: a line of `{"id", "output", "confidence"}` each.
   */
  evaluationSets: z.array(z.strictObject({ name: nameSchema, ...fileSchema.shape })).max(20),
  /** The back end's own; it checks it. */
  configuration: jsonSchema,
  seed: z.int().nonnegative(),
  /** What training starts from: a directory of the machine, or a name of a model hub. */
  foundation: z.string().min(1).max(1_000),
  /** How often what is trained so far is written down, in seconds; an interruption costs no more than that. */
  checkpointSeconds: z.number().min(0).max(3_600),
});
export type JobSpec = z.infer<typeof jobSpecSchema>;

/** A line of `output/progress.jsonl`, and of the process's standard output: steps over all models. */
export const jobProgressSchema = z.strictObject({
  done: z.int().nonnegative(),
  total: z.int().positive(),
  model: nameSchema,
  /** Of the last step; null before the first. */
  loss: z.number().nullable(),
});

/** `output/manifest.json`, which is written last: when it is there, the job is done. */
export const jobManifestSchema = z.strictObject({
  version: z.literal(1),
  key: z.string(),
  /** SHA-256 of `job.json` as it was. */
  job: z.string(),
  models: z.array(
    z.strictObject({
      name: nameSchema,
      /** The artifact, relative to the output folder. */
      path: pathSchema,
      sha256: z.string(),
      bytes: z.int().nonnegative(),
      /** Examples trained on. */
      examples: z.int().nonnegative(),
      steps: z.int().nonnegative(),
      finalLoss: z.number().nullable(),
      /** By evaluation set whose items say what is expected: the task's metric and how many items it is of. */
      metrics: z.record(z.string(), z.strictObject({ metric: z.string(), value: z.number(), of: z.int() })),
      /**
       * What somebody else's machines trained, who asks money for it: tokens, those read and written for the evaluation
       * sets, and US dollars by the prices that are configured.
       */
      usage: z
        .strictObject({
          tokens: z.int().nonnegative(),
          read: z.int().nonnegative().default(0),
          written: z.int().nonnegative().default(0),
          usd: z.number().nonnegative(),
        })
        .optional(),
    }),
  ),
  /** Versions of what trained, by name. */
  versions: z.record(z.string(), z.string()),
  /** `cpu`, or the accelerator's name. */
  device: z.string(),
  /** Wall time of all attempts that wrote something down, in seconds. */
  seconds: z.number().nonnegative(),
  /** How often the job was begun or resumed. */
  attempts: z.int().positive(),
});
export type JobManifest = z.infer<typeof jobManifestSchema>;

/** `output/error.json`, where a job failed. `name` is one of the table of faults. */
export const jobErrorSchema = z.strictObject({ name: z.string(), message: z.string(), mend: z.string() });
