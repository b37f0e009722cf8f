import { type ZodType, z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { readJson } from '../../ports/documents.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { StageHead } from '../state/stage-head.ts';
import { completedFile, stageKey } from './stage.ts';

const recordSchema = z.object({ output: z.unknown() });

/**
 * What a completed stage of a run gave, for people who look at the run afterwards; null where it is not complete, or
 * gave what this version does not read.
 */
export async function completedOutput<T>(
  stage: string,
  head: Pick<StageHead, 'run' | 'iteration' | 'item'>,
  schema: ZodType<T>,
  objects: ObjectStore,
): Promise<T | null> {
  try {
    const { output } = await readJson(objects, stageKey(stage, head, completedFile), recordSchema);
    const parsed = schema.safeParse(output);
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof RatchetError && ['ObjectMissing', 'CorruptArtifact'].includes(error.name)) return null;
    throw error;
  }
}
