import { RatchetError } from '../domain/base/errors.ts';
import type { Ports } from './ports.ts';

const mostNamed = 20;

/** The fault for a name that no model has, with the names there are. */
export async function unknownModel(modelId: string, ports: Pick<Ports, 'lineage'>): Promise<RatchetError> {
  const models = (await ports.lineage.listModels()).map((model) => model.modelId);
  const more = models.length > mostNamed ? ', …' : '';
  return new RatchetError('UnknownModel', `There is no model named ${JSON.stringify(modelId.slice(0, 120))}.`, {
    mend:
      models.length === 0
        ? 'There are no models here yet: ratchet create MODEL --examples FILE.'
        : `Models here: ${models.slice(0, mostNamed).join(', ')}${more}. Or make one: ratchet create MODEL --examples FILE.`,
  });
}
