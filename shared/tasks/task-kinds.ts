import type { TaskKind } from '../domain/base/task-kind.ts';
import { classification } from './classification/classification.ts';
import { extraction } from './extraction/extraction.ts';
import { generation } from './generation/generation.ts';

/** The kinds of tasks there are, by name. */
export const taskKinds: ReadonlyMap<string, TaskKind> = new Map<string, TaskKind>([
  [classification.kind, classification],
  [extraction.kind, extraction],
  [generation.kind, generation],
]);
