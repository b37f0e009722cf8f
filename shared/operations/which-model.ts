import { RatchetError } from '../domain/base/errors.ts';
import type { Model } from '../domain/models/model.ts';
import type { Ports } from '../ports/ports.ts';
import { unknownModel } from '../ports/unknown-model.ts';

const mostNamed = 20;

/**
 * The model of that name; without a name the only one there is.
 * @throws RatchetError UnknownModel, and InvalidInput where several could be meant
 */
export async function whichModel(modelId: string | null, ports: Pick<Ports, 'lineage'>): Promise<Model> {
  if (modelId !== null) {
    const model = await ports.lineage.getModel(modelId);
    if (model === undefined) throw await unknownModel(modelId, ports);
    return model;
  }
  const models = await ports.lineage.listModels();
  const [only] = models;
  if (only === undefined) {
    throw new RatchetError('UnknownModel', 'There are no models here yet.', {
      mend: 'Make one: ratchet create MODEL --examples FILE.',
    });
  }
  if (models.length === 1) return only;
  const names = models.map((model) => model.modelId);
  throw new RatchetError('InvalidInput', `There are ${models.length} models here, and none is named.`, {
    mend: `Name one: ${names.slice(0, mostNamed).join(', ')}${names.length > mostNamed ? ', …' : ''}.`,
  });
}
