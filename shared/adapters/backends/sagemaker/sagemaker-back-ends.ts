import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Trainer } from '../../../ports/trainer.ts';
import { jobBackEnds } from '../jobs/job-back-ends.ts';
import { tinkerBackEnd } from '../jobs/tinker-facts.ts';
import type { SagemakerConfiguration } from './sagemaker-configuration.ts';
import type { createSagemakerTrainer } from './sagemaker-trainer.ts';

export interface SagemakerOptions {
  readonly objects: ObjectStore;
  readonly configuration: SagemakerConfiguration;
}

/**
 * Trainers whose jobs run on SageMaker, named like those of this machine with `-sagemaker` behind. Their checkpoints are
 * answered with by the predictors of this machine. The SDK is loaded with the first training.
 */
export function sagemakerBackEnds(options: SagemakerOptions): {
  readonly trainers: readonly Trainer[];
  /** Stops the jobs that are waited for here. */
  abort(): Promise<void>;
} {
  let loading: ReturnType<typeof load> | undefined;
  const begun = new Map<string, ReturnType<typeof createSagemakerTrainer>>();
  // Tinker trains on machines of its own.
  const ours = jobBackEnds.filter(({ name }) => name !== tinkerBackEnd);
  const { hourlyUsd, maxSeconds: mostSeconds } = options.configuration;
  const trainers = ours.map(({ name: backEnd, trainer, otherPredictors }): Trainer => {
    const predictors = [backEnd, ...otherPredictors];
    const facts = { ...trainer, name: `${backEnd}-sagemaker`, predictors, billing: { hourlyUsd, mostSeconds } };
    const made = async () => {
      loading ??= load(options);
      const known = begun.get(backEnd) ?? (await loading)(facts, backEnd);
      begun.set(backEnd, known);
      return known;
    };
    return {
      ...facts,
      start: async (...request) => (await made()).start(...request),
      advance: async (...request) => (await made()).advance(...request),
    };
  });
  return {
    trainers,
    abort: async () => {
      await Promise.all([...begun.values()].map((trainer) => trainer.abort()));
    },
  };
}

async function load({ objects, configuration }: SagemakerOptions) {
  const [{ S3Client }, { SageMakerClient }, { S3ObjectStore }, { SagemakerJobs }, { createSagemakerTrainer: create }] =
    await Promise.all([
      import('@aws-sdk/client-s3'),
      import('@aws-sdk/client-sagemaker'),
      import('../../aws/s3-object-store.ts'),
      import('./sagemaker-jobs.ts'),
      import('./sagemaker-trainer.ts'),
    ]);
  const { region, endpoint, bucket: name } = configuration;
  const where = { ...(region === undefined ? {} : { region }), ...(endpoint === undefined ? {} : { endpoint }) };
  // An endpoint of one's own seldom has a host name for each bucket.
  const s3 = new S3Client({ ...where, forcePathStyle: endpoint !== undefined });
  const jobs = new SagemakerJobs(new SageMakerClient(where), configuration);
  const bucket = new S3ObjectStore({ client: s3, bucket: name });
  return (facts: Omit<Trainer, 'start' | 'advance'>, backEnd: string) =>
    create({ facts, backEnd, objects, bucket, jobs, configuration });
}
