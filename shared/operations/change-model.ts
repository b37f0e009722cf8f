import { RatchetError } from '../domain/base/errors.ts';
import type { Model } from '../domain/models/model.ts';
import { type ModelChange, withModelChange } from '../domain/models/model-change.ts';
import type { Ports } from '../ports/ports.ts';
import { unknownModel } from '../ports/unknown-model.ts';

/** How often a change is tried against others that come in between. */
const attempts = 20;

/** A model's next form, with what is entered in its record. */
export interface NextModel {
  readonly model: Pick<Model, 'task' | 'settings'>;
  readonly change: ModelChange;
}

/**
 * Changes a model by compare-and-set, reading it anew when another writer was quicker, and enters the change in its
 * record.
 * @param next the model to write, or null to leave it as it is
 * @throws RatchetError UnknownModel, StaleVersion, and whatever `next` throws
 */
export async function changeModel(
  modelId: string,
  ports: Pick<Ports, 'lineage'>,
  next: (model: Model) => Promise<NextModel | null>,
): Promise<Model> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const model = await ports.lineage.getModel(modelId);
    if (model === undefined) throw await unknownModel(modelId, ports);
    const wanted = await next(model);
    if (wanted === null) return model;
    const { task, settings } = wanted.model;
    const changes = withModelChange(model.changes, wanted.change);
    const changed: Model = { ...model, task, settings, revision: model.revision + 1, changes };
    if (await ports.lineage.replaceModel(model.revision, changed)) return changed;
  }
  throw new RatchetError('StaleVersion', `Model ${modelId} changed ${attempts} times while it was being written.`, {
    mend: 'Somebody else changes it over and over. Give the same command again.',
  });
}
