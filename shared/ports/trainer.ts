import type { Checkpoint } from '../domain/models/checkpoint.ts';
import type { Configuration } from '../domain/models/hyperparameters.ts';
import type { Task } from '../domain/models/task.ts';

export interface TrainingRequest {
  readonly task: Task;
  /** Object key of the dataset: JSON lines of `Example`. */
  readonly datasetKey: string;
  readonly configuration: Configuration;
  readonly seed: number;
  /** The champion to distil on the examples it gets right, or to interpolate with; null for none. */
  readonly teacher: Pick<Checkpoint, 'artifactKey' | 'artifactDigest'> | null;
  /** Where the artifact goes. */
  readonly artifactKey: string;
}

export interface TrainingResult {
  readonly artifactKey: string;
  /** SHA-256 of the artifact, hex. */
  readonly artifactDigest: string;
  readonly artifactBytes: number;
  readonly examples: number;
  readonly finalLoss: number;
}

/** Trains one checkpoint from the foundation. The same request gives the same artifact, byte for byte. */
export interface Trainer {
  readonly name: string;
  train(request: TrainingRequest, onProgress?: (done: number, total: number) => void): Promise<TrainingResult>;
}
