import { taggerBackEnd } from '../../../shared/adapters/backends/tagger/facts.ts';
import { firstTaggerConfigurations } from '../../../shared/adapters/backends/tagger/tagger-configuration.ts';
import { defaultBackEnds } from '../../../shared/composition/default-back-ends.ts';
import { entitiesOf, entitiesOutput } from '../../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../../shared/tasks/extraction/extraction.ts';
import type { BenchTask } from './bench-task.ts';
import { carryEntities } from './carry-entities.ts';
import { wrongEntities } from './wrong-entities.ts';

const [first] = firstTaggerConfigurations;
if (first === undefined) throw new Error('the tagger has no first configuration');

/** Named entities, whose offsets move with the text; of a text that has nothing to do with the task none is right. */
export const entityTask: BenchTask = {
  kind: extraction,
  ofNothing: entitiesOutput([]),
  carry: carryEntities,
  withQuoted: (own, quoted) => entitiesOutput([...entitiesOf(own), ...entitiesOf(quoted)]),
  backEnds: { ...defaultBackEnds, trainer: taggerBackEnd, predictor: taggerBackEnd },
  trainerOptions: () => ({}),
  configuration: () => first,
  spec: (labels) => extraction.specFrom({ labels, outputs: [] }),
  wrongOutputs: wrongEntities,
};
