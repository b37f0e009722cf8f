import type { Ports } from '../../ports/ports.ts';
import type { StageHead } from '../state/stage-head.ts';
import { stageKey } from './stage.ts';

/**
 * The file of a fold of a stage's cross-validation: its dataset or its model.
 * @param name tells apart what one stage folds
 */
export function foldFile(name: string, fold: number, kind: 'jsonl' | 'bin'): string {
  return `${name}fold-${fold}.${kind}`;
}

/**
 * Removes the datasets and models of a stage's folds. Only once the stage is complete: until then a stage that is run
 * again asks the trainer for the same work under the same key, and gets what was made.
 */
export async function removeFoldFiles(stage: string, head: StageHead, ports: Pick<Ports, 'objects'>): Promise<void> {
  const keys = await ports.objects.list(stageKey(stage, head, ''));
  for (const key of keys.filter((name) => /fold-\d+\.(?:jsonl|bin)$/.test(name))) await ports.objects.delete(key);
}
