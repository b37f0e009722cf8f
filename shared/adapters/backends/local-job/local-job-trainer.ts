import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { RatchetError } from '../../../domain/base/errors.ts';
import { shortDigest } from '../../../domain/base/ids.ts';
import type { Clock } from '../../../ports/clock.ts';
import { readObject } from '../../../ports/documents.ts';
import { noUsage, type OnProgress, type Progress, type Usage } from '../../../ports/long-work.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Artifact, Trainer } from '../../../ports/trainer.ts';
import { errorCode, storageFailure } from '../../local/storage-failure.ts';
import { failedBy } from '../jobs/job-faults.ts';
import { artifactKeys, type JobNote, jobNoteSchema, missingModels, noteOf, storedArtifact } from '../jobs/job-note.ts';
import { jobOf } from '../jobs/job-of.ts';
import { storeArtifact } from '../store-artifact.ts';
import type { JobEnd, LocalJobs } from './local-jobs.ts';

export interface LocalJobTrainerOptions {
  readonly facts: Omit<Trainer, 'start' | 'advance'>;
  /** The name that jobs know what trains by. */
  readonly backEnd: string;
  readonly objects: ObjectStore;
  readonly jobs: LocalJobs;
  readonly clock: Clock;
}

const handleSchema = z.strictObject({ job: z.string() });

/**
 * A trainer whose trainings are jobs of this machine, long work that goes on by itself between two calls. What it has
 * trained lies in the object store; models that are there already are not trained again.
 */
export function createLocalJobTrainer({ facts, backEnd, objects, jobs, clock }: LocalJobTrainerOptions): Trainer {
  const follow = async (id: string, deadline: number, onProgress?: OnProgress): Promise<Progress<Artifact>> => {
    const note = await jobs.note(id, jobNoteSchema);
    if (note === null) {
      return failedBy({
        name: 'TrainingFailed',
        message: `There is no training job ${id} here.`,
        mend: 'It is begun anew.',
      });
    }
    const stored = jobs.isRunning(id) ? null : await storedArtifact(note, objects);
    if (stored !== null) return { status: 'done', value: stored, usage: noUsage };
    const job = jobs.run(id);
    const stop = onProgress === undefined ? () => undefined : job.listen(onProgress);
    try {
      const end = await endBefore(job.ended, deadline - clock.now());
      if (end === null) return { status: 'working', handle: { job: id }, ...job.progress, waitSeconds: 1 };
      if (end.kind === 'done') await store(end, note, objects);
      const loss = end.kind === 'done' ? end.manifest.models.find(({ name }) => name === 'served')?.finalLoss : null;
      // Another program may have stored it all meanwhile, and cleared the job away.
      const value = await storedArtifact({ ...note, finalLoss: loss ?? null }, objects);
      if (value !== null) {
        await jobs.clear(id);
        return { status: 'done', value, usage: usageOf(end) };
      }
      if (end.kind === 'failed') return failedBy(end.fault);
      throw new RatchetError('StorageFailure', 'What was trained was removed before it was stored.');
    } finally {
      stop();
    }
  };

  return {
    ...facts,
    async start(key, request, deadline, onProgress) {
      const dataset = await readObject(objects, request.datasetKey);
      const note = noteOf(request, dataset);
      const stored = await storedArtifact(note, objects);
      if (stored !== null) return { status: 'done', value: stored, usage: noUsage };
      const id = shortDigest(facts.name, key);
      if (!jobs.isRunning(id)) {
        const missing = await missingModels(request, objects);
        await jobs.prepare(id, jobOf({ backEnd, key }, request, missing, dataset), dataset, note);
      }
      return follow(id, deadline, onProgress);
    },
    advance: async (handle, deadline, onProgress) => follow(handleSchema.parse(handle).job, deadline, onProgress),
  };
}

/** Puts what a job made where it belongs; what is there already stays. */
async function store(
  { manifest, output }: JobEnd & { kind: 'done' },
  note: JobNote,
  objects: ObjectStore,
): Promise<void> {
  const keys = artifactKeys(note);
  for (const { name, path } of manifest.models) {
    const key = keys.get(name);
    const bytes = await readFile(join(output, path)).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw storageFailure('read', join(output, path), error);
    });
    if (key !== undefined && bytes !== undefined) await storeArtifact(objects, key, bytes);
  }
}

/** What a job took: its seconds, and what it had others' machines do. */
function usageOf(end: JobEnd): Usage {
  if (end.kind !== 'done') return noUsage;
  const { models, seconds } = end.manifest;
  const used = models.flatMap(({ usage }) => usage ?? []);
  return {
    ...noUsage,
    seconds,
    inputTokens: used.reduce((sum, { tokens, read }) => sum + tokens + read, 0),
    outputTokens: used.reduce((sum, { written }) => sum + written, 0),
    usd: used.reduce((sum, { usd }) => sum + usd, 0),
  };
}

/** The end of a job; null where it does not come within the time. */
async function endBefore(ended: Promise<JobEnd>, milliseconds: number): Promise<JobEnd | null> {
  if (milliseconds === Number.POSITIVE_INFINITY) return ended;
  const waiting = new AbortController();
  const late = sleep(Math.max(0, milliseconds), null, { signal: waiting.signal }).catch(() => null);
  try {
    return await Promise.race([ended, late]);
  } finally {
    waiting.abort();
  }
}
