import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Trainer } from '../../../ports/trainer.ts';
import { jobBackEnds } from '../jobs/job-back-ends.ts';
import type { SagemakerConfiguration } from './sagemaker-configuration.ts';

export interface SagemakerOptions {
  readonly objects: ObjectStore;
  readonly configuration: SagemakerConfiguration;
}

/**
 * Trainers whose jobs run on SageMaker, named like those of this machine with `-sagemaker` behind. Their checkpoints are
 * answered with by the predictors of this machine. The SDK is loaded with the first training.
 */
export function sagemakerBackEnds(options: SagemakerOptions): readonly Trainer[] {
  let loading: ReturnType<typeof load> | undefined;
  return jobBackEnds.map(({ name: backEnd, trainer }) => {
    const facts = { ...trainer, name: `${backEnd}-sagemaker`, predictors: [backEnd] };
    const made = async () => {
      loading ??= load(options);
      return (await loading)(facts, backEnd);
    };
    return {
      ...facts,
      start: async (...request) => (await made()).start(...request),
      advance: async (...request) => (await made()).advance(...request),
    };
  });
}

async function load({ objects, configuration }: SagemakerOptions) {
  const [{ S3Client }, { SageMakerClient }, { S3ObjectStore }, { SagemakerJobs }, { createSagemakerTrainer }] =
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
    createSagemakerTrainer({ facts, backEnd, objects, bucket, jobs, configuration });
}
