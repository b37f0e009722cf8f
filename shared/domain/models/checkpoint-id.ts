import { canonicalJson, shortDigest } from '../base/ids.ts';
import type { Configuration } from './configuration.ts';

/** All that determines a checkpoint's artifact. */
export interface CheckpointOrigin {
  readonly modelId: string;
  readonly datasetId: string;
  readonly trainer: string;
  readonly configuration: Configuration;
  readonly seed: number;
  /** The checkpoint that is distilled or interpolated with; null for none. */
  readonly teacherId: string | null;
  /** Fold models that it is the average of, or trained beside; null for none. */
  readonly parts: number | null;
}

/** A checkpoint's id: a digest of what determines it, so that training the same twice names one checkpoint. */
export function checkpointId(origin: CheckpointOrigin): string {
  return shortDigest(
    origin.modelId,
    origin.datasetId,
    origin.trainer,
    canonicalJson(origin.configuration),
    String(origin.seed),
    origin.teacherId ?? '',
    ...(origin.parts === null ? [] : [String(origin.parts)]),
  );
}

/** Object key of a checkpoint's artifact. */
export function artifactKey(modelId: string, id: string): string {
  return `models/${modelId}/checkpoints/${id}/artifact.bin`;
}

/** Object key of the artifact of one of a checkpoint's fold models. */
export function foldArtifactKey(modelId: string, id: string, parts: number, part: number): string {
  return `models/${modelId}/checkpoints/${id}/fold-${part}-of-${parts}.bin`;
}

/** Object key of a dataset's examples, JSON lines. */
export function datasetKey(modelId: string, datasetId: string): string {
  return `models/${modelId}/datasets/${datasetId}/examples.jsonl`;
}
