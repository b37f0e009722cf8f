import { z } from 'zod';

/** On what a champion answers that is deployed to an endpoint, and how it is brought there. */
const servingSchema = z.strictObject({
  instanceType: z.string().regex(/^ml\./, 'must be an instance type such as ml.g5.xlarge').default('ml.g5.xlarge'),
  instances: z.int().min(1).max(100).default(1),
  /** CloudWatch alarms of this account that turn an update back, by name. */
  alarms: z.array(z.string().min(1).max(255)).max(10).default([]),
  /** How long the alarms are watched before the instances of the champion before are given up, in seconds. */
  watchSeconds: z.int().min(0).max(3_600).default(300),
  /** How long an endpoint may take to answer with the new champion, in seconds. */
  maxSeconds: z.int().min(600).max(28_800).default(1_800),
});

/** Where training jobs run on Amazon SageMaker, and as what. */
export const sagemakerConfigurationSchema = z.strictObject({
  /** What SageMaker works as: it reads and writes below `prefix` of the bucket, and pulls the image. */
  roleArn: z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'must be the ARN of a role'),
  /** In ECR, built from `training/Dockerfile`. */
  image: z.string().min(1).max(255),
  bucket: z.string().min(3).max(63),
  /** Of the keys of jobs. */
  prefix: z
    .string()
    .regex(/^([A-Za-z0-9_-]+\/)*$/, 'must be folders, each ended by a slash')
    .default('ratchet-training/'),
  instanceType: z.string().regex(/^ml\./, 'must be an instance type such as ml.g5.xlarge').default('ml.g5.xlarge'),
  volumeGb: z.int().min(1).max(16_384).default(50),
  /** Whether spare capacity is used, at up to nine tenths less: a job may then be interrupted, and goes on. */
  spot: z.boolean().default(true),
  /** How long a job may work, in seconds; SageMaker stops it then. */
  maxSeconds: z.int().min(60).max(432_000).default(14_400),
  /** How long a job may wait for spare capacity and work, in seconds. */
  maxWaitSeconds: z.int().min(60).max(864_000).default(28_800),
  /** US dollars of an hour of the instance, for the report; 0 tells nothing. */
  hourlyUsd: z.number().nonnegative().default(0),
  serving: servingSchema.prefault({}),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  /** An endpoint of one's own, as of an emulator. */
  endpoint: z.url().optional(),
  region: z.string().min(1).optional(),
});
export type SagemakerConfiguration = z.infer<typeof sagemakerConfigurationSchema>;
