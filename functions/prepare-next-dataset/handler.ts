import { assembleCurriculum } from '../../shared/loop/curriculum/assemble-curriculum.ts';
import { prepareNextDataset } from '../../shared/loop/curriculum/prepare-next-dataset.ts';
import { synthesizeCurriculum } from '../../shared/loop/curriculum/synthesize-curriculum.ts';
import { stateHandler } from '../../shared/loop/engine/run-state.ts';
import { stageFunctionReaching } from '../_middleware/stage-function.ts';

const ahead = new Map([
  [synthesizeCurriculum.name, stateHandler(synthesizeCurriculum)],
  [assembleCurriculum.name, stateHandler(assembleCurriculum)],
]);

export const handler = stageFunctionReaching(ahead, prepareNextDataset);
