import { z } from 'zod';
import { RatchetError } from '../../../domain/base/errors.ts';
import { shortDigest } from '../../../domain/base/ids.ts';
import { readJson, readObject, writeJson } from '../../../ports/documents.ts';
import { noUsage, type Progress, type Usage } from '../../../ports/long-work.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Artifact, Trainer, TrainingRequest } from '../../../ports/trainer.ts';
import { failedBy, type JobFault } from '../jobs/job-faults.ts';
import { artifactKeys, type JobNote, jobNoteSchema, missingModels, noteOf, storedArtifact } from '../jobs/job-note.ts';
import { datasetFile, jobOf } from '../jobs/job-of.ts';
import { jobErrorSchema, jobManifestSchema, jobProgressSchema } from '../jobs/job-schema.ts';
import { storeArtifact } from '../store-artifact.ts';
import type { SagemakerConfiguration } from './sagemaker-configuration.ts';
import { foundationInContainer, type SagemakerJob, type SagemakerJobs } from './sagemaker-jobs.ts';

export interface SagemakerTrainerOptions {
  readonly facts: Omit<Trainer, 'start' | 'advance'>;
  /** The name that jobs know what trains by. */
  readonly backEnd: string;
  /** Datasets and artifacts. */
  readonly objects: ObjectStore;
  /** The bucket of the jobs. */
  readonly bucket: ObjectStore;
  readonly jobs: SagemakerJobs;
  readonly configuration: SagemakerConfiguration;
}

const handleSchema = z.strictObject({ job: z.string(), attempt: z.int().nonnegative() });
type Handle = z.infer<typeof handleSchema>;

/** How long it makes no sense to ask again, in seconds: an instance takes minutes to come. */
const waitSeconds = 60;

/** A job that failed so often is not begun again under its name; the next one needs another key. */
const mostAttempts = 10;

/**
 * A trainer whose trainings are SageMaker training jobs. A job's name follows from the key of the work, so that nobody
 * begins it twice; an attempt that failed or was interrupted leaves what it trained in S3, from where the next one goes on.
 */
export function createSagemakerTrainer(options: SagemakerTrainerOptions): Trainer & {
  /** Stops the jobs that calls here have waited for, and that are not over; what they trained so far is kept. */
  abort(): Promise<void>;
} {
  const { facts, objects, jobs } = options;
  const followed = new Map<string, Handle>();
  return {
    ...facts,
    async abort() {
      await Promise.all([...followed.values()].map((handle) => jobs.stop(nameOf(handle))));
    },
    async start(key, request) {
      const dataset = await readObject(objects, request.datasetKey);
      const note = noteOf(request, dataset);
      const stored = await storedArtifact(note, objects);
      if (stored !== null) return done(stored, noUsage);
      const job = shortDigest(facts.name, key);
      for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
        const found = await jobs.describe(nameOf({ job, attempt }));
        if (found.status === 'failed') continue;
        // One that is done, and whose models are gone since, is done anew.
        if (found.status === 'completed' && !(await hasMade(job, options))) continue;
        if (found.status === 'absent') await begin({ job, attempt }, { key, request, dataset, note }, options);
        const wait = found.status === 'completed' ? 0 : waitSeconds;
        followed.set(job, { job, attempt });
        return { status: 'working', handle: { job, attempt }, done: 0, total: 1, waitSeconds: wait };
      }
      throw new RatchetError('TrainingFailed', `The training job ${job} failed ${mostAttempts} times.`, {
        mend: 'See its last attempts in the SageMaker console; another seed or configuration begins a new job.',
      });
    },
    async advance(given) {
      const handle = handleSchema.parse(given);
      const note = await readJson(options.bucket, `${folderOf(handle.job, options)}note.json`, jobNoteSchema);
      const found = await jobs.describe(nameOf(handle));
      if (found.status === 'working') followed.set(handle.job, handle);
      else followed.delete(handle.job);
      switch (found.status) {
        case 'completed':
          return collect(handle, note, found, options);
        case 'failed':
          return failedBy(await faultOf(handle, found, options));
        case 'absent':
          return failedBy(lost(handle));
        default:
          return working(handle, options);
      }
    },
  };
}

async function hasMade(job: string, options: SagemakerTrainerOptions): Promise<boolean> {
  return (await options.bucket.get(`${folderOf(job, options)}work/manifest.json`)) !== undefined;
}

/** SageMaker's name of a job's attempt: at most 63 characters, used once in an account and region. */
function nameOf({ job, attempt }: Handle): string {
  return `ratchet-${job}-${attempt}`;
}

function folderOf(job: string, { configuration }: SagemakerTrainerOptions): string {
  return `${configuration.prefix}${job}/`;
}

interface Begun {
  readonly key: string;
  readonly request: TrainingRequest;
  readonly dataset: Uint8Array;
  readonly note: JobNote;
}

async function begin(handle: Handle, { key, request, dataset, note }: Begun, options: SagemakerTrainerOptions) {
  const { backEnd, objects, bucket, jobs } = options;
  const folder = folderOf(handle.job, options);
  const spec = jobOf({ backEnd, key }, request, await missingModels(request, objects), dataset);
  const inS3 = spec.foundation.startsWith('s3://');
  const job = JSON.stringify(inS3 ? { ...spec, foundation: foundationInContainer } : spec);
  const input = `${folder}input/`;
  const before = await bucket.get(`${input}job.json`);
  // What an attempt of another job has left would be refused.
  if (before !== undefined && new TextDecoder().decode(before) !== job) await clear(`${folder}work/`, bucket);
  // What the last attempt said of itself is not this one's.
  await bucket.delete(`${folder}work/error.json`);
  await bucket.put(`${input}${datasetFile}`, dataset);
  await bucket.put(`${input}job.json`, new TextEncoder().encode(job));
  await writeJson(bucket, `${folder}note.json`, note);
  const foundation = inS3 ? spec.foundation : null;
  await jobs.create({ name: nameOf(handle), input, work: `${folder}work/`, foundation });
}

async function working(handle: Handle, options: SagemakerTrainerOptions): Promise<Progress<Artifact>> {
  const bytes = await options.bucket.get(`${folderOf(handle.job, options)}work/progress.jsonl`);
  const last = bytes === undefined ? '' : (new TextDecoder().decode(bytes).trimEnd().split('\n').at(-1) ?? '');
  const told = last === '' ? undefined : jobProgressSchema.safeParse(JSON.parse(last)).data;
  return { status: 'working', handle, done: told?.done ?? 0, total: told?.total ?? 1, waitSeconds };
}

/** Brings what a job made to where it belongs, and removes its texts. */
async function collect(
  handle: Handle,
  note: JobNote,
  { billableSeconds }: SagemakerJob & { status: 'completed' | 'failed' },
  options: SagemakerTrainerOptions,
): Promise<Progress<Artifact>> {
  const { objects, bucket, configuration } = options;
  const folder = folderOf(handle.job, options);
  const usage = { ...noUsage, usd: (billableSeconds / 3_600) * configuration.hourlyUsd, seconds: billableSeconds };
  const before = await storedArtifact(note, objects);
  if (before !== null) return done(before, usage);
  if (!(await hasMade(handle.job, options))) return failedBy(lost(handle));
  const manifest = await readJson(bucket, `${folder}work/manifest.json`, jobManifestSchema);
  const keys = artifactKeys(note);
  for (const { name, path } of manifest.models) {
    const key = keys.get(name);
    if (key !== undefined) await storeArtifact(objects, key, await readObject(bucket, `${folder}work/${path}`));
  }
  const finalLoss = manifest.models.find(({ name }) => name === 'served')?.finalLoss ?? null;
  const stored = await storedArtifact({ ...note, finalLoss }, objects);
  if (stored === null) return failedBy(lost(handle));
  await clear(`${folder}input/`, bucket);
  await clear(`${folder}work/`, bucket);
  return done(stored, usage);
}

/** What a job says of its failure itself, else what SageMaker says. */
async function faultOf(
  handle: Handle,
  { reason }: SagemakerJob & { status: 'completed' | 'failed' },
  options: SagemakerTrainerOptions,
): Promise<JobFault> {
  const key = `${folderOf(handle.job, options)}work/error.json`;
  if ((await options.bucket.get(key)) !== undefined) return readJson(options.bucket, key, jobErrorSchema);
  return {
    name: 'TrainingFailed',
    message: `The training job ${nameOf(handle)} ended: ${reason.slice(0, 600)}`,
    mend: 'See its log in CloudWatch, group /aws/sagemaker/TrainingJobs. What it trained so far is kept.',
  };
}

function lost(handle: Handle): JobFault {
  return {
    name: 'TrainingFailed',
    message: `What the training job ${nameOf(handle)} made is not there.`,
    mend: 'It is begun anew.',
  };
}

async function clear(prefix: string, bucket: ObjectStore): Promise<void> {
  for (const key of await bucket.list(prefix)) await bucket.delete(key);
}

function done(value: Artifact, usage: Usage): Progress<Artifact> {
  return { status: 'done', value, usage };
}
