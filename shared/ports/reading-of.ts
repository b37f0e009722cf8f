import type { LabelReading } from '../domain/base/label-change.ts';
import type { Model } from '../domain/models/model.ts';
import { labelChangesOf } from '../domain/models/model-change.ts';
import { kindOf } from './kind-of.ts';
import type { Ports } from './ports.ts';

/**
 * How outputs that were stored at any time read in the labels that the model has today; null where these were never
 * changed, so that all read as they are.
 */
export function readingOf(model: Pick<Model, 'task' | 'changes'>, ports: Pick<Ports, 'tasks'>): LabelReading | null {
  const changes = labelChangesOf(model);
  return changes.length === 0 ? null : (kindOf(model, ports).relabelling?.reading(changes) ?? null);
}
