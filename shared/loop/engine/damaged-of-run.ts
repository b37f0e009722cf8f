import { z } from 'zod';
import type { Run } from '../../domain/models/run.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { completedFile } from './stage.ts';
import { damagedFiles } from './written-files.ts';

const recordSchema = z.object({ files: z.record(z.string(), z.string()).default({}) });

/** Keys of what a run's completed stages wrote and what is no longer as it was written, their records included. */
export async function damagedOfRun(
  { modelId, runId }: Pick<Run, 'modelId' | 'runId'>,
  objects: ObjectStore,
): Promise<readonly string[]> {
  const keys = await objects.list(`runs/${modelId}/${runId}/`);
  const damaged: string[] = [];
  for (const key of keys.filter((one) => one.endsWith(`/${completedFile}`))) {
    const record = recordSchema.safeParse(parsed(await objects.get(key)));
    damaged.push(
      ...(record.success ? await damagedFiles(key.slice(0, -completedFile.length), record.data.files, objects) : [key]),
    );
  }
  return damaged;
}

function parsed(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
