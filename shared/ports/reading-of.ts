import type { LabelReading } from '../domain/base/label-change.ts';
import type { Model } from '../domain/models/model.ts';
import { labelReadingOf } from '../domain/models/model-change.ts';
import { kindOf } from './kind-of.ts';
import type { Ports } from './ports.ts';

/** {@link labelReadingOf} the model, by the kind of its task. */
export function readingOf(model: Pick<Model, 'task' | 'changes'>, ports: Pick<Ports, 'tasks'>): LabelReading | null {
  return labelReadingOf(model, kindOf(model, ports));
}
